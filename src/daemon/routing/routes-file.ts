import { readFile } from 'node:fs/promises';
import { writeDurably } from '../../platform/durable-file.ts';
import { IpamError } from '../../resources/errors.ts';

/** BIRD runs as a user of its own, and reads it. */
const mode = 0o644;

/** A file whose text another program reads. */
export interface TextFile {
  /** @returns undefined: it is not there @throws IpamError store-unavailable */
  read(): Promise<string | undefined>;
  /** All of it or nothing. @throws IpamError storage-full, store-unavailable */
  write(text: string): Promise<void>;
}

export class RoutesFile implements TextFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw new IpamError('store-unavailable', `cannot read ${this.#path}: ${message}`, { cause: error });
    }
  }

  write(text: string): Promise<void> {
    return writeDurably(this.#path, text, mode);
  }
}
