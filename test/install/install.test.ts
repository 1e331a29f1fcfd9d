import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../kit/paths.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { must, run } from '../kit/run.ts';

const nobody = 65_534;

describe.skipIf(needsRoot !== '')(asRoot('make install under umask 077'), () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-install-'));
  chmodSync(directory, 0o755);
  const [prefix, cniBin] = [join(directory, 'usr', 'local'), join(directory, 'opt', 'cni', 'bin')];
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('installs programs that every user can run, and files that every user can read', async () => {
    await must('sh', ['-c', `umask 077 && make -C ${root} install PREFIX=${prefix} CNI_BIN=${cniBin}`]);
    const closed = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => {
      const { mode } = statSync(join(directory, name));
      const needed = statSync(join(directory, name)).isDirectory() ? 0o755 : 0o644;
      return (mode & needed) !== needed || (mode & 0o022) !== 0;
    });
    expect(closed).toEqual([]);
    const nowhere = { NODE_COMPILE_CACHE: '' };
    for (const program of ['ipam-cli', 'ipam-daemon', 'ipam-controller', 'cilium-ipam-controller']) {
      expect(await run(join(prefix, 'bin', program), ['--version'], { uid: nobody, env: nowhere })).toMatchObject({
        exit: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      });
    }
    const shared = (...path: string[]) => join(prefix, 'share', ...path);
    await must('bash', ['-n', shared('bash-completion', 'completions', 'ipam-cli')]);
    await must('zsh', ['-n', shared('zsh', 'site-functions', '_ipam-cli')]);
    await must('fish', ['-n', shared('fish', 'vendor_completions.d', 'ipam-cli.fish')]);
    const version = { CNI_COMMAND: 'VERSION' };
    expect(
      await run(join(cniBin, 'ipam-plugin'), [], { uid: nobody, env: version, stdin: '{"cniVersion":"1.0.0"}' }),
    ).toMatchObject({ exit: 0, stdout: expect.stringContaining('supportedVersions') });
  });
});
