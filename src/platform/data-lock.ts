import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { IpamError } from '../resources/errors.ts';
import { lockUntilEnd } from './file-lock.ts';
import { isServed } from './socket-probe.ts';

const prefix = 'daemon.lock';

/** Databases in it: locked as well, for they may be mounted from elsewhere. */
const databases = ['store', 'journal'] as const;

/**
 * Takes a data directory for this process until it ends, however it ends: two daemons on one journal would give the
 * same addresses out. The socket that clients use is no such lock: its file can be removed, or be another one.
 *
 * The directory itself is locked, and so are those of the databases: that lock is on no file that could be removed. It is
 * let go of by the system, as is a listening socket: each process has one in the directory under a name of its own, which
 * appears when it listens already. Earlier versions, and daemons that cannot lock, see each other by it. A name that
 * nobody serves is nobody's for ever, and can be removed; of two that start together at least the later one sees the other.
 * @returns why there is no lock but the socket, for people; empty: there is
 * @throws IpamError invalid-config when another daemon has it, or tries to have it just now
 */
export async function holdDataDirectory(directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const weakness = lockAll([directory, ...databases.map((name) => join(directory, name)).filter(existsSync)]);
  const own = `${prefix}.${randomBytes(4).toString('hex')}`;
  await listen(directory, own).catch((error: Error) => {
    throw new IpamError('invalid-config', `cannot lock ${directory}: ${error.message}`, { cause: error });
  });
  if (await isAlone(directory, own)) return weakness;
  rmSync(join(directory, own), { force: true });
  throw usedBy(directory);
}

function lockAll(directories: readonly string[]): string {
  for (const directory of directories) {
    const outcome = lockUntilEnd(directory);
    if (outcome === 'taken') throw usedBy(directory);
    if (outcome !== 'held') {
      return `${directory} is locked by the sockets in it alone, which must not be removed: ${outcome.unable}`;
    }
  }
  return '';
}

function usedBy(directory: string): IpamError {
  return new IpamError('invalid-config', `another daemon uses the data in ${directory}`, {
    advice: 'stop it first, or set dataDir',
  });
}

async function listen(directory: string, name: string): Promise<void> {
  const made = join(directory, `new.${name}`);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer((probe) => probe.destroy()).unref();
  server.once('error', reject).listen(made, resolve);
  await promise;
  renameSync(made, join(directory, name));
}

async function isAlone(directory: string, own: string): Promise<boolean> {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix) || name === own) continue;
    if (await isServed(join(directory, name))) return false;
    rmSync(join(directory, name), { force: true });
  }
  return true;
}
