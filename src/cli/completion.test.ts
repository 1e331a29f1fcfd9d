import { describe, expect, it } from 'vitest';
import { run } from '../../test/kit/run.ts';
import { completionLines, completionScript, kubectlLines, shells } from './completion.ts';

/** What bash is offered at the end of a line, where the program answers so. */
async function offered(line: string, answer: string) {
  const words = line
    .split(/(?=[:= ])|(?<=[:=])/)
    .map((word) => word.trim())
    .filter((word, n) => n === 0 || word !== '');
  if (line.endsWith(' ')) words.push('');
  const { stdout, stderr } = await run('bash', [
    '-c',
    `
    ipam-cli() { printf '%s|' "$@" >&3; printf -- '${answer}'; }
    ${completionScript('bash', 'ipam-cli')}
    compopt() { :; }
    COMP_LINE='${line}' COMP_POINT=${line.length}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
    _ipam_cli 3>&2
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  ]);
  return { asked: stderr, offered: stdout.split('\n').filter((one) => one !== '') };
}

describe('completion', () => {
  it('is told as lines: a word, what it is, and whether paths may stand there', () => {
    const candidates = [
      { value: 'stats', help: 'the totals' },
      { value: 'node1', help: '' },
    ];
    expect(completionLines({ candidates, files: false })).toBe('stats\tthe totals\nnode1\n');
    expect(completionLines({ candidates: [], files: true })).toBe(':files\n');
  });

  it.each([
    ['names', { candidates: [{ value: 'a', help: 'the first' }], files: false }, 'a\tthe first\n:4\n'],
    ['paths', { candidates: [], files: true }, ':0\n'],
  ])('is told to kubectl as it asks plugins, of %s', (_what, found, lines) => expect(kubectlLines(found)).toBe(lines));

  it('of bash asks the program for what may stand at the cursor', async () => {
    expect(await offered('ipam-cli --daemon x ge', 'get\\tshow resources\\n')).toEqual({
      asked: '__complete|--|--daemon|x|ge|',
      offered: ['get'],
    });
    expect((await offered('ipam-cli get ', 'pool\\nblock\\n')).asked).toBe('__complete|--|get||');
  });

  it('of bash replaces what bash takes for the word: after a colon or an equals sign', async () => {
    expect((await offered('ipam-cli release n1 fd00:1', 'fd00:1::/64\\nfd00:12::/64\\n')).offered).toEqual([
      '1::/64',
      '12::/64',
    ]);
    expect((await offered('ipam-cli stats --output=j', '--output=json\\n')).offered).toEqual(['json']);
  });

  it('of bash knows paths where the program wants one', async () => {
    const { offered: paths } = await offered('ipam-cli apply -f /etc/host', ':files\\n');
    expect(paths).toContain('/etc/hostname');
  });

  it('is there for these shells', () => {
    for (const shell of shells) expect(completionScript(shell, 'ipam-cli')).toContain('ipam-cli');
    expect(() => completionScript('tcsh', 'ipam-cli')).toThrow('no completion for "tcsh"; shells: bash, zsh, fish');
  });
});
