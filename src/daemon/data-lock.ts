import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { IpamError } from '../resources/errors.ts';
import { isServed } from './is-served.ts';

const prefix = 'daemon.lock';

/**
 * Takes a data directory for this process until it ends, however it ends: two daemons on one journal would give the
 * same addresses out. The socket that clients use is no such lock: its file can be removed, or be another one.
 *
 * Node.js has no file locks; a listening socket is let go of by the system as one would be. Each process has one under
 * a name of its own, which appears when it listens already. So a name that nobody serves is nobody's for ever, and can be
 * removed; and of two that start together at least the later one sees the other.
 * @throws IpamError invalid-config when another daemon has it, or tries to have it just now
 */
export async function holdDataDirectory(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const own = `${prefix}.${randomBytes(4).toString('hex')}`;
  await listen(directory, own).catch((error: Error) => {
    throw new IpamError('invalid-config', `cannot lock ${directory}: ${error.message}`, { cause: error });
  });
  if (await isAlone(directory, own)) return;
  rmSync(join(directory, own), { force: true });
  throw new IpamError('invalid-config', `another daemon uses the data in ${directory}`, {
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
