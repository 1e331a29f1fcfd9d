import { mkdirSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';
import { preflight } from './database-file.ts';
import { storageError } from './storage-error.ts';

/** Keys are text; values are records (see record.ts). */
export type Environment = RootDatabase<Buffer, string>;

/**
 * Opens (or makes) a database. A commit returns after the data is on disk.
 * @throws IpamError storage-damaged, storage-full, store-unavailable
 */
export function openEnvironment(directory: string): Environment {
  try {
    preflight(directory);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return open<Buffer, string>({
      path: directory,
      encoding: 'binary',
      // The default answers before the sync.
      overlappingSync: false,
      maxReaders: 126,
    });
  } catch (error) {
    throw storageError(error, directory);
  }
}
