import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { IpamError } from '../resources/errors.ts';

/**
 * Puts a text in place of a file, all of it or nothing; it survives a power failure when this resolves. One at a time
 * for each file.
 * @param mode of the file, whatever the umask; absent: it is the owner's alone
 * @throws IpamError storage-full, store-unavailable
 */
export async function writeDurably(file: string, text: string, mode = 0o600): Promise<void> {
  const fresh = `${file}.new`;
  try {
    const handle = await open(fresh, 'w', 0o600);
    try {
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
    const folder = await open(dirname(file), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new IpamError(isFull ? 'storage-full' : 'store-unavailable', `cannot write ${file}: ${message}`, {
      cause: error,
    });
  }
}
