import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Slots } from './slots.ts';

/** No resolv.conf has a hundredth of it. */
const mostBytes = 64 * 1024;
/** A file on a disk is read in a millisecond; one that a process or a network serves may never come. */
const longestMs = 2_000;
/** The process has four threads for files and names: readings that hang must leave some. */
const mostAtOnce = 2;
const mostWaiting = 1_000;

/**
 * Reads files whose paths others name: what is no regular file is not opened (a FIFO waits for a writer, a device may do
 * anything), a large one is not read to its end, and nobody waits longer than two seconds.
 */
export class RegularFiles {
  readonly #slots = new Slots(mostAtOnce, mostWaiting);
  /** A hundred Pods of one network read its file once. */
  readonly #underway = new Map<string, Promise<string>>();

  /** @throws Error that says what is wrong with the file */
  async read(path: string): Promise<string> {
    let reading = this.#underway.get(path);
    if (reading === undefined) {
      reading = this.#slots.run(() => readRegularFile(path));
      if (reading === undefined) throw new Error('too many files are being read');
      const done = (): void => void this.#underway.delete(path);
      this.#underway.set(path, reading);
      reading.then(done, done);
    }
    return inTime(reading);
  }
}

async function readRegularFile(path: string): Promise<string> {
  // Before it is opened: of some devices that alone has an effect.
  requireRegular((await stat(path)).isFile());
  // It may be another one by now.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    requireRegular((await file.stat()).isFile());
    return await textOf(file);
  } finally {
    await file.close();
  }
}

/** Its size is no measure: files of /proc say zero. */
async function textOf(file: FileHandle): Promise<string> {
  const bytes = Buffer.alloc(mostBytes + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) return bytes.toString('utf8', 0, length);
    length += bytesRead;
    if (length > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
  }
}

function requireRegular(isRegular: boolean): void {
  if (!isRegular) throw new Error('it is no regular file');
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it does not come within ${longestMs} ms`)), longestMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
