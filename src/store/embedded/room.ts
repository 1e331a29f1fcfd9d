import { accessSync, constants, statfsSync } from 'node:fs';
import { IpamError } from '../../resources/errors.ts';

/** Less than this is no room for a commit, bytes. */
const leastRoom = 1024 * 1024;

/**
 * Refuses before LMDB writes what no longer fits: lmdb 3.5 prints its account of a refused write into a buffer that
 * is too short, which ends the process at some later allocation of memory. Costs under two microseconds.
 * @throws IpamError storage-full
 */
export function requireRoom(directory: string): void {
  if (isFull(directory)) throw storageFull(directory);
}

export function isFull(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < leastRoom;
}

/** Why no commit would succeed there, as far as the system tells without one; empty: nothing is known against it. */
export function diskTrouble(directory: string): string {
  try {
    if (isFull(directory)) return storageFull(directory).message;
    // The file system's answer, also to root: it is mounted read-only, as some are after an error.
    accessSync(directory, constants.W_OK);
    return '';
  } catch (error) {
    return `the database in ${directory} cannot be written: ${(error as Error).message}`;
  }
}

export function storageFull(directory: string, cause?: unknown): IpamError {
  return new IpamError('storage-full', `no space left for the database in ${directory}`, {
    advice: 'free some space; nothing was changed, and the call can be repeated',
    ...(cause === undefined ? {} : { cause }),
  });
}
