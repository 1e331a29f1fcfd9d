import { requireRoom } from '../../platform/free-space.ts';
import { IpamError } from '../../resources/errors.ts';
import { type Environment, openEnvironment } from './environment.ts';
import { decodeRecord, encodeRecord, isWholeInFirstFormat, recordValue } from './record.ts';
import { brokenSeal, emptySeal, type Seal, sealKey, withoutRecord, withRecord } from './seal.ts';
import { damaged, storageError } from './storage-error.ts';

/** Does a value belong under this key? Asked of records of the first format, whose checksums say nothing of keys. */
export type Belongs = (key: string, value: unknown) => boolean;

/** The records of one database: each with a checksum of key and value, and all together under a seal. */
export class Records {
  readonly directory: string;
  #environment: Environment | undefined;
  /** In a transaction: what it began with, and what it has written, by key. */
  #seal: Seal = emptySeal;
  #before = new Map<string, Buffer | undefined>();
  /** What the records were before a commit that failed: it may have happened all the same. */
  readonly #uncertain = new Map<string, Buffer | undefined>();
  /** The seal that was written last, as it is stored: what has not changed since need not be read again. */
  #written: { readonly record: Buffer; readonly seal: Seal } | undefined;

  /** @throws IpamError storage-damaged, storage-full, store-unavailable */
  constructor(directory: string, belongs: Belongs) {
    this.directory = directory;
    this.#environment = openEnvironment(directory);
    if (this.#open.get(sealKey) !== undefined) return;
    try {
      this.#sealAnew(belongs);
    } catch (error) {
      throw storageError(error, directory);
    }
  }

  /** From here on, what is read is what is there now, and one state of it. */
  refresh(): void {
    this.#open.resetReadTxn();
  }

  /** @throws IpamError storage-damaged when it is not whole; store-unavailable */
  read<T>(key: string): T | undefined {
    const record = this.#record(key);
    return record === undefined ? undefined : this.decode<T>(key, record);
  }

  get isEmpty(): boolean {
    return this.#readSeal().count === 0;
  }

  has(key: string): boolean {
    return this.#record(key) !== undefined;
  }

  /** For comparing: changes whenever the value does, in other processes too; empty: there is none, or nothing can be read. */
  latest(key: string): string {
    try {
      this.#environment?.resetReadTxn();
      return this.#environment?.get(key)?.toString('latin1') ?? '';
    } catch {
      // After a failed write LMDB reads nothing. A timer asks, and nobody above it would hear of an error.
      return '';
    }
  }

  /** Values from one key up to another, in order. @throws IpamError storage-damaged, store-unavailable */
  *range<T>(start: string, end: string): Generator<{ readonly key: string; readonly value: T }> {
    for (const { key, value } of this.#entries({ start, end })) {
      yield { key, value: this.decode<T>(key, value) };
    }
  }

  /** Records from one key up to another, as they are stored: most of the work is left to `decode`. @throws IpamError store-unavailable */
  encoded(start: string, end: string): readonly { readonly key: string; readonly value: Buffer }[] {
    return [...this.#entries({ start, end })];
  }

  /** @throws IpamError storage-damaged when it is not whole */
  decode<T>(key: string, record: Buffer): T {
    const value = decodeRecord<T>(key, record);
    if (value === undefined) throw notWhole(this.directory, key);
    return value;
  }

  /** Every record, each checked, and all of them together. @throws IpamError storage-damaged, store-unavailable */
  *all(): Generator<{ readonly key: string; readonly value: unknown }> {
    let found = emptySeal;
    for (const { key, value: record } of this.#entries({})) {
      const value = this.decode<unknown>(key, record);
      if (key === sealKey) continue;
      found = withRecord(found, record);
      yield { key, value };
    }
    const broken = brokenSeal(this.#readSeal(), found);
    if (broken !== undefined) throw damaged(this.directory, broken);
  }

  /** Inside a transaction. */
  put(key: string, value: unknown): void {
    this.putEncoded(key, encodeRecord(key, value));
  }

  /** @param record undefined: there is to be none */
  putEncoded(key: string, record: Buffer | undefined): void {
    const present = this.#open.get(key);
    if (present !== undefined) this.#seal = withoutRecord(this.#seal, present);
    if (record !== undefined) this.#seal = withRecord(this.#seal, record);
    if (!this.#before.has(key)) this.#before.set(key, present);
    if (record !== undefined) this.#open.putSync(key, record);
    else if (present !== undefined) this.#open.removeSync(key);
  }

  remove(key: string): void {
    this.putEncoded(key, undefined);
  }

  /** All that is put and removed meanwhile, or nothing; durable when it returns. */
  transaction(apply: () => void): void {
    this.#before = new Map();
    try {
      this.#open.transactionSync(() => {
        this.#seal = this.#readSeal();
        for (const [key, record] of this.#uncertain) this.#putBack(key, record);
        apply();
        this.#writeSeal();
      });
      this.#uncertain.clear();
    } catch (error) {
      for (const [key, record] of this.#before) if (!this.#uncertain.has(key)) this.#uncertain.set(key, record);
      throw error;
    }
  }

  #putBack(key: string, record: Buffer | undefined): void {
    const present = this.#open.get(key);
    if (present === undefined ? record !== undefined : record === undefined || !present.equals(record)) {
      this.putEncoded(key, record);
    }
  }

  /**
   * After it was closed: after a failed write LMDB refuses everything until its file is opened anew.
   * @throws IpamError storage-damaged, storage-full, store-unavailable
   */
  open(): void {
    this.#environment = openEnvironment(this.directory);
  }

  /** Until it is opened anew, what is read fails. */
  async close(): Promise<void> {
    const environment = this.#environment;
    this.#environment = undefined;
    await environment?.close();
  }

  get #open(): Environment {
    if (this.#environment !== undefined) return this.#environment;
    throw new IpamError('store-unavailable', `the database in ${this.directory} is closed`);
  }

  /** After a failed write LMDB reads nothing either. */
  #record(key: string): Buffer | undefined {
    const environment = this.#open;
    try {
      return environment.get(key);
    } catch (error) {
      throw storageError(error, this.directory);
    }
  }

  *#entries(bounds: { readonly start?: string; readonly end?: string }) {
    const environment = this.#open;
    try {
      yield* environment.getRange({ ...bounds, snapshot: true });
    } catch (error) {
      throw storageError(error, this.directory);
    }
  }

  /** Every transaction begins with it: decoding it each time cost more than the record of an address. */
  #readSeal(): Seal {
    const record = this.#record(sealKey);
    if (record === undefined) throw damaged(this.directory, 'its seal is gone');
    return this.#written?.record.equals(record) === true ? this.#written.seal : this.decode<Seal>(sealKey, record);
  }

  /** Inside a transaction. */
  #writeSeal(): void {
    const record = encodeRecord(sealKey, this.#seal);
    this.#open.putSync(sealKey, record);
    this.#written = { record, seal: this.#seal };
  }

  /** A new database, or one of the first format: its records are looked at once more, and written as they are now. */
  #sealAnew(belongs: Belongs): void {
    requireRoom(this.directory);
    this.#open.transactionSync(() => {
      const former = [...this.#open.getRange({})];
      for (const { key, value: record } of former) {
        if (!isWholeInFirstFormat(record)) throw notWhole(this.directory, key);
        if (!belongs(key, recordValue(record))) throw damaged(this.directory, `record "${key}" does not belong there`);
      }
      this.#seal = emptySeal;
      for (const { key, value: record } of former) {
        const now = encodeRecord(key, recordValue(record));
        this.#seal = withRecord(this.#seal, now);
        this.#open.putSync(key, now);
      }
      this.#writeSeal();
    });
  }
}

export function notWhole(directory: string, key: string) {
  return damaged(directory, `record ${JSON.stringify(key)} does not match its checksum`);
}
