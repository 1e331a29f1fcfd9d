import { accessSync, constants, statfsSync } from 'node:fs';
import { IpamError } from '../resources/errors.ts';

/** Less than this is no room for a commit, bytes. */
const leastRoom = 1024 * 1024;

/**
 * Refuses before LMDB writes what no longer fits, or what a file system that is read-only by now would refuse: lmdb 3.5
 * prints its account of a refused write into a buffer that is too short, which ends the process at some later allocation
 * of memory. Costs some three microseconds.
 * @throws IpamError storage-full, store-unavailable
 */
export function requireRoom(directory: string): void {
  if (isFull(directory)) throw storageFull(directory);
  const readOnly = readOnlyReason(directory);
  if (readOnly !== '') throw new IpamError('store-unavailable', readOnly);
}

/** Why no commit would succeed there, as far as the system tells without one; empty: nothing is known against it. */
export function diskTrouble(directory: string): string {
  try {
    return isFull(directory) ? storageFull(directory).message : readOnlyReason(directory);
  } catch (error) {
    return `the database in ${directory} cannot be reached: ${(error as Error).message}`;
  }
}

/** As some file systems become after an error. The answer is the file system's, so root gets it too. */
function readOnlyReason(directory: string): string {
  try {
    accessSync(directory, constants.W_OK);
    return '';
  } catch (error) {
    return `the database in ${directory} cannot be written: ${(error as Error).message}`;
  }
}

export function isFull(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < leastRoom;
}

export function storageFull(directory: string, cause?: unknown): IpamError {
  return new IpamError('storage-full', `no space left for the database in ${directory}`, {
    advice: 'free some space; nothing was changed, and the call can be repeated',
    ...(cause === undefined ? {} : { cause }),
  });
}
