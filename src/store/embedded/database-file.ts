import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { currentMeta, type Meta, metaBytes, pageSizeOf } from './meta.ts';
import { damaged } from './storage-error.ts';

/** What the `lmdb` package takes where pages of memory have this size, bytes. */
const usualPageSize = 4_096;

export interface DatabaseFileOptions {
  /** It may be damaged anywhere, its first page too. */
  readonly isAnything?: boolean;
}

/** The file of a database, read page by page and never mapped: whatever is in it, reading it ends no process. */
export class DatabaseFile {
  readonly directory: string;
  readonly pageSize: number;
  /** Pages that the file has. */
  readonly pages: number;
  readonly #file: number;

  /** @throws IpamError storage-damaged: it is no database */
  constructor(directory: string, { isAnything = false }: DatabaseFileOptions = {}) {
    this.directory = directory;
    this.#file = openSync(join(directory, 'data.mdb'), 'r');
    try {
      const { size } = fstatSync(this.#file);
      if (size === 0 && !isAnything) throw damaged(directory, 'data.mdb is empty');
      const said = pageSizeOf(this.#read(0, metaBytes));
      const pageSize = isAnything && typeof said === 'string' ? usualPageSize : said;
      if (typeof pageSize === 'string') throw damaged(directory, pageSize);
      if (size < 2 * pageSize && !isAnything)
        throw damaged(directory, `data.mdb has ${size} bytes, less than two pages`);
      this.pageSize = pageSize;
      this.pages = Math.floor(size / pageSize);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws IpamError storage-damaged */
  meta(): Meta {
    const meta = currentMeta([this.#read(0, metaBytes), this.#read(this.pageSize, metaBytes)], this.pageSize);
    if (typeof meta === 'string') throw damaged(this.directory, meta);
    return meta;
  }

  /** @returns undefined when the file ends before */
  page(number: number): Buffer | undefined {
    return number < this.pages ? this.#read(number * this.pageSize, this.pageSize) : undefined;
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(at: number, bytes: number): Buffer {
    const buffer = Buffer.alloc(bytes);
    readSync(this.#file, buffer, 0, bytes, at);
    return buffer;
  }
}

/**
 * Looks at a database file before LMDB maps it: LMDB trusts what it finds, and a bad first page ends the process. A
 * directory without a file is a new database.
 * @throws IpamError storage-damaged
 */
export function preflight(directory: string): void {
  let file: DatabaseFile;
  try {
    file = new DatabaseFile(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    file.meta();
  } finally {
    file.close();
  }
}
