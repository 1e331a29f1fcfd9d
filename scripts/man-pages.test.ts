import { describe, expect, it } from 'vitest';
import { run } from '../test/kit/run.ts';
import { manPages } from './man-pages.ts';

describe('the manual pages', () => {
  const pages = manPages('1.2.3');

  it('are of all programs, and have their commands, options and settings', () => {
    expect(pages.map(({ file }) => file)).toEqual([
      'man8/ipam-daemon.8',
      'man8/ipam-controller.8',
      'man8/cilium-ipam-controller.8',
      'man1/ipam-cli.1',
    ]);
    const [daemon = '', controller = '', cilium = '', cli = ''] = pages.map(({ text }) => text);
    for (const word of ['\\-\\-recover', 'store.engine', 'limits.node.claims', 'Exit status', '/var/lib/ipam'])
      expect(daemon).toContain(word);
    expect(controller).toContain('leaderElection.leaseName');
    expect(cilium).toContain('cepTerminationTimeout');
    for (const word of ['.SS members add', '.SS quarantine <address>', '\\-\\-reason <text>', 'IPAM_DAEMON'])
      expect(cli).toContain(word);
    expect(cli).not.toContain('__complete');
  });

  it.each(pages.map(({ file, text }) => [file, text] as const))(
    'are troff without a fault: %s',
    async (_file, text) => {
      if ((await run('sh', ['-c', 'command -v groff'])).exit !== 0) return;
      const { exit, stdout, stderr } = await run('groff', ['-man', '-ww', '-Tutf8', '-P-cbou'], { stdin: text });
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
      expect(stdout).toMatch(/NAME\n +(cilium-)?ipam-/);
    },
  );
});
