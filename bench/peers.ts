import { referencePlugins } from '../test/kit/paths.ts';
import { type Finished, run } from '../test/kit/run.ts';

/** Versions of the programs that we are measured against; one that cannot be told is left out. */
export async function peerVersions(): Promise<Readonly<Record<string, string>>> {
  const hostLocal = (await ownVersion('host-local')) ?? (await packageVersion('containernetworking-plugins'));
  return hostLocal === undefined ? {} : { 'host-local': hostLocal };
}

/** A reference plugin that is run without a command says what it is, if its build knew. */
async function ownVersion(plugin: string): Promise<string | undefined> {
  const { stdout, stderr } = await quiet(`${referencePlugins}/${plugin}`, []);
  const version = /plugin (?:version )?(\S+)/.exec(stdout + stderr)?.[1];
  return version === 'unknown' ? undefined : version;
}

async function packageVersion(name: string): Promise<string | undefined> {
  const { stdout } = await quiet('dpkg-query', ['--show', name]);
  return stdout.trim().split('\t')[1];
}

/** A program that is not there has nothing to say. */
async function quiet(program: string, args: readonly string[]): Promise<Finished> {
  return run(program, args).catch(() => ({ exit: null, signal: null, stdout: '', stderr: '' }));
}
