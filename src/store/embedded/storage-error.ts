import { isFull, storageFull } from '../../platform/free-space.ts';
import { IpamError } from '../../resources/errors.ts';

/** LMDB's and the system's codes that mean something to an operator. */
const fullCodes = new Set([28, -30792, 'ENOSPC', 122 /* EDQUOT */]);
/** EIO: what LMDB makes of a write that the system did in part, as it does when the disk fills up. */
const shortWrite = 5;
const damagedCodes = new Set([
  -30796 /* MDB_CORRUPTED */, -30797 /* MDB_PAGE_NOTFOUND */, -30793 /* MDB_INVALID */,
  -30794 /* MDB_VERSION_MISMATCH */,
]);

/** An error of LMDB in the domain's terms; one that is ours already passes. */
export function storageError(error: unknown, directory: string): unknown {
  if (!(error instanceof Error) || error instanceof IpamError) return error;
  const { code } = error as { code?: unknown };
  if (fullCodes.has(code as never) || (code === shortWrite && isFull(directory))) {
    return storageFull(directory, error);
  }
  if (damagedCodes.has(code as never)) return damaged(directory, error.message, error);
  return new IpamError('store-unavailable', `the database in ${directory} failed: ${error.message}`, { cause: error });
}

export function damaged(directory: string, found: string, cause?: unknown): IpamError {
  return new IpamError('storage-damaged', `the database in ${directory} is damaged: ${found}`, {
    advice:
      'nothing was changed. ipam-daemon --recover moves it aside, keeps every record that is still whole, and adds what the container runtime remembers; see docs/recovery.md',
    facts: { directory, found },
    ...(cause === undefined ? {} : { cause }),
  });
}
