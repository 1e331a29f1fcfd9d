import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { IpamError } from '../resources/errors.ts';
import { isServed } from './is-served.ts';

/**
 * Takes a data directory for this process until it ends, however it ends: two daemons on one journal would give the
 * same addresses out. The socket that clients use is no such lock: its file can be removed, or be another one.
 * @throws IpamError invalid-config when another daemon has it
 */
export async function holdDataDirectory(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Node.js has no file locks; a listening socket is let go of by the system as one would be.
  const path = join(directory, 'daemon.lock');
  if (await isServed(path)) {
    throw new IpamError('invalid-config', `another daemon uses the data in ${directory}`, {
      advice: 'stop it first, or set dataDir',
    });
  }
  rmSync(path, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer((probe) => probe.destroy()).unref();
  server.once('error', reject).listen(path, resolve);
  await promise.catch((error: Error) => {
    throw new IpamError('invalid-config', `cannot lock ${directory}: ${error.message}`, { cause: error });
  });
}
