import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { IpamError } from '../resources/errors.ts';

const run = promisify(execFile);

/** The oldest version with learners. */
const oldest = [3, 4] as const;
const advice = 'install it (Debian and Ubuntu: apt-get install etcd-server), or name it with raft.etcd';

export interface EtcdExecutable {
  readonly path: string;
  readonly version: string;
}

/** @throws IpamError invalid-config when there is none, it does not run, or it is too old */
export async function findEtcd(named: string | undefined): Promise<EtcdExecutable> {
  const path = named ?? inPath('etcd');
  if (path === undefined) {
    throw new IpamError('invalid-config', 'a member of a cluster runs etcd, and there is no etcd in PATH', { advice });
  }
  let text: string;
  try {
    ({ stdout: text } = await run(path, ['--version']));
  } catch (error) {
    throw new IpamError('invalid-config', `${path} --version: ${(error as Error).message}`, { advice, cause: error });
  }
  const [, version = '', major, minor] = /etcd Version: ((\d+)\.(\d+)\S*)/.exec(text) ?? [];
  if (Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1]))
    return { path, version };
  throw new IpamError('invalid-config', `${path} is ${version === '' ? 'no etcd' : `etcd ${version}`}`, {
    advice: `etcd ${oldest.join('.')} or newer is needed: ${advice}`,
  });
}

/**
 * What runs a program so that it dies with us, however we die: an orphan would keep the data directory.
 * Empty where util-linux is too old or absent; then the next start ends the orphan.
 */
export async function dyingWithParent(): Promise<readonly string[]> {
  const setpriv = inPath('setpriv');
  if (setpriv === undefined) return [];
  try {
    const { stdout } = await run(setpriv, ['--help']);
    return stdout.includes('--pdeathsig') ? [setpriv, '--pdeathsig', 'KILL'] : [];
  } catch {
    // Busybox's has no such option, and says so with a failure.
    return [];
  }
}

function inPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(':')
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
