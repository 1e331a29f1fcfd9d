import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { damaged } from './storage-error.ts';

/** LMDB's file format: the first two pages are meta pages, with a header of 24 bytes before the magic. */
const magic = 0xbeefc0de;
const dataVersion = 2;
const headerBytes = 24;
const offsets = { magic: headerBytes, version: headerBytes + 4, pageSize: headerBytes + 24 } as const;
const smallestPage = 256;
const largestPage = 65_536;

/**
 * Looks at a database file before LMDB maps it: LMDB trusts what it finds, and a bad first page ends the
 * process. A directory without a file is a new database.
 * @throws IpamError storage-damaged
 */
export function preflight(directory: string): void {
  let file: number;
  try {
    file = openSync(join(directory, 'data.mdb'), 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size === 0) throw damaged(directory, 'data.mdb is empty');
    const first = Buffer.alloc(headerBytes + 32);
    readSync(file, first, 0, first.length, 0);
    checkMeta(directory, first, 'first');
    const pageSize = first.readUInt32LE(offsets.pageSize);
    if (pageSize < smallestPage || pageSize > largestPage || (pageSize & (pageSize - 1)) !== 0) {
      throw damaged(directory, `its page size is ${pageSize}`);
    }
    if (size < 2 * pageSize) throw damaged(directory, `data.mdb has ${size} bytes, less than two pages`);
    const second = Buffer.alloc(first.length);
    readSync(file, second, 0, second.length, pageSize);
    checkMeta(directory, second, 'second');
  } finally {
    closeSync(file);
  }
}

function checkMeta(directory: string, page: Buffer, which: string): void {
  if (page.readUInt32LE(offsets.magic) !== magic) throw damaged(directory, `its ${which} page is not LMDB's`);
  const version = page.readUInt32LE(offsets.version) & 0xffff;
  if (version !== dataVersion) throw damaged(directory, `its ${which} page has format ${version}, not ${dataVersion}`);
}
