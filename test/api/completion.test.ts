import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { must } from '../kit/run.ts';

describe('completion in a shell', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-completion-'));
  const daemon = new DaemonProcess();
  const env = () => ({ PATH: `${bin}:${process.env.PATH}`, HOME: directory, IPAM_DAEMON: daemon.socket, TERM: 'dumb' });
  const script = async (shell: string): Promise<string> => {
    const file = join(directory, shell === 'zsh' ? '_ipam-cli' : `ipam-cli.${shell}`);
    writeFileSync(file, await must(join(bin, 'ipam-cli'), ['completion', shell]));
    return file;
  };

  beforeAll(async () => {
    await daemon.start();
    await daemon.cli('allocate', 'node7');
  });
  afterAll(async () => {
    await daemon.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  const bash = async (line: string): Promise<readonly string[]> => {
    const words = line.split(' ').map((word) => `'${word}'`);
    const ask = `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${words.join(' ')}) COMP_CWORD=${words.length - 1}`;
    const code = `source ${await script('bash')}; ${ask}; _ipam_cli ipam-cli; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return (await must('bash', ['-c', code], { env: env() })).split('\n').filter((one) => one !== '');
  };

  it.each([
    ['ipam-cli stats', ['stats']],
    ['ipam-cli get poo', ['pool']],
    ['ipam-cli addresses --pool cluster-ipv', ['cluster-ipv4', 'cluster-ipv6']],
    ['ipam-cli release node', ['node1', 'node7']],
    ['ipam-cli release node7 10.244.', ['10.244.0.0/24']],
    ['ipam-cli get pool cluster-ipv4', ['cluster-ipv4']],
    ['ipam-cli --daemon /nowhere blocks n', []],
  ])('of bash, of "%s", is %j', async (line, words) => expect(await bash(line)).toEqual(words));

  it('of fish knows commands with what they are, names of the daemon, and paths', async () => {
    const file = await script('fish');
    const fish = (line: string) => must('fish', ['-N', '-c', `source ${file}; complete -C '${line}'`], { env: env() });
    expect(await fish('ipam-cli chec')).toMatch(/^check\tverify the invariants/);
    expect(await fish('ipam-cli addresses --pool cluster-ipv4')).toBe('cluster-ipv4\n');
    expect(await fish(`ipam-cli apply -f ${directory}/ipam-cli.fi`)).toBe(`${directory}/ipam-cli.fish\n`);
    expect(await fish('ipam-cli ')).toContain('stats\t');
  });

  it('of zsh is found in $fpath, and knows the same', async () => {
    await script('zsh');
    // A terminal in which somebody writes, asks with the tabulator, and has the line shown.
    const code = `
      zmodload zsh/zpty
      zpty z "zsh -f -i"
      zpty -w z "PS1=; fpath=(${directory} \\$fpath); autoload -Uz compinit; compinit -u -d ${directory}/dump"
      zpty -w z "show() { zle -I; print -r -- \\"LINE=<\\$BUFFER>\\" }; zle -N show; bindkey '^Y' show; echo READ''Y"
      zpty -r z text '*READY*'
      zpty -w -n z "ipam-cli addresses --pool cluster-ipv4"$'\\t\\x19'
      zpty -r z text '*LINE=<*>*'
      print -r -- "$text"
      zpty -d z`;
    expect(await must('zsh', ['-f', '-c', code], { env: env() })).toContain(
      'LINE=<ipam-cli addresses --pool cluster-ipv4 >',
    );
  });
});
