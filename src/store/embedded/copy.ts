import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { preflight } from './database-file.ts';
import { storageError } from './storage-error.ts';

/**
 * Copies a database as of one moment into a folder that is made for it, also while another process writes to it.
 * @throws IpamError storage-damaged, storage-full, store-unavailable
 */
export async function copyEnvironment(directory: string, target: string): Promise<void> {
  try {
    preflight(directory);
    const environment = open<Buffer, string>({ path: directory, encoding: 'binary', readOnly: true });
    mkdirSync(target, { mode: 0o700 });
    try {
      await environment.backup(target, false);
    } finally {
      await environment.close();
    }
    const file = join(target, 'data.mdb');
    chmodSync(file, 0o600);
    for (const path of [file, target]) {
      const descriptor = openSync(path, 'r');
      fsyncSync(descriptor);
      closeSync(descriptor);
    }
  } catch (error) {
    throw storageError(error, directory);
  }
}
