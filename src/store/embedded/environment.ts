import { mkdirSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';
import { preflight } from './preflight.ts';
import { storageError } from './storage-error.ts';

/** Keys are text; values are records (see record.ts). */
export type Environment = RootDatabase<Buffer, string>;

/**
 * Opens (or makes) a database. A commit returns after the data is on disk.
 * @throws IpamError storage-damaged, storage-full, store-unavailable
 */
export function openEnvironment(directory: string, mode: 'write' | 'read' = 'write'): Environment {
  try {
    preflight(directory);
    if (mode === 'write') mkdirSync(directory, { recursive: true, mode: 0o700 });
    return open<Buffer, string>({
      path: directory,
      encoding: 'binary',
      // The default answers before the sync.
      overlappingSync: false,
      readOnly: mode === 'read',
      maxReaders: 126,
    });
  } catch (error) {
    throw storageError(error, directory);
  }
}
