import { diskTrouble, requireRoom } from '../../platform/free-space.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Records } from './records.ts';
import { storageError } from './storage-error.ts';
import { verifyEnvironments } from './verify.ts';

/** A turn with nothing to do takes some microseconds; one call alone waits for this many. */
const quietTurnsLimit = 4;
const turnsLimit = 64;

interface Waiting {
  readonly apply: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that come together share one transaction and one sync. LMDB's synchronous transaction is used: when it
 * fails, it fails to its caller, which the asynchronous one (lmdb 3.5) does not. While the sync
 * runs, new requests queue up in the kernel and form the next group.
 */
export class GroupCommit {
  readonly #records: Records;
  readonly #directory: string;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #closed = false;
  readonly #beforeCommit: () => void;
  /** Why the last commit failed. */
  #failure: Error | undefined;

  /** @param beforeCommit what is written once for all calls that share a transaction, inside of it */
  constructor(records: Records, beforeCommit: () => void = () => {}) {
    this.#records = records;
    this.#beforeCommit = beforeCommit;
    this.#directory = records.directory;
  }

  /** Why nothing can be kept now, by the last commit and by a look at the disk; empty: it can. Costs some microseconds. */
  trouble(): string {
    return this.#failure?.message ?? diskTrouble(this.#directory);
  }

  /** Commits next to nothing, to learn whether anything could be kept. After a failure, with the file opened anew. */
  async probe(): Promise<void> {
    if (this.#closed) return;
    try {
      if (this.#failure !== undefined && diskTrouble(this.#directory) === '') await this.#openAnew();
      await this.run(() => {});
    } catch (error) {
      this.#note(storageError(error, this.#directory));
    }
  }

  async #openAnew(): Promise<void> {
    await this.#records.close();
    await verifyEnvironments([this.#directory]);
    if (!this.#closed) this.#records.open();
  }

  #note(failure: unknown): void {
    this.#failure = failure instanceof Error ? failure : new Error(String(failure));
  }

  /**
   * @param apply reads and writes inside the transaction; when it throws it must have written nothing, and
   *   only its own caller sees the error
   */
  run<T>(apply: () => T): Promise<T> {
    if (this.#closed)
      return Promise.reject(new IpamError('store-unavailable', `the database in ${this.#directory} is closed`));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({ apply, resolve: resolve as (value: unknown) => void, reject });
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#linger(0, 0, 0);
    }
    return promise;
  }

  /**
   * Commits once nobody has joined for some turns of the event loop: calls of sixteen connections reach this point in
   * different turns, and without lingering each would pay for a sync of its own.
   */
  #linger(turns: number, quietTurns: number, known: number): void {
    if (quietTurns === quietTurnsLimit || turns === turnsLimit) {
      this.#commit();
      return;
    }
    setImmediate(() => {
      const joined = this.#waiting.length;
      this.#linger(turns + 1, joined === known ? quietTurns + 1 : 0, joined);
    });
  }

  /** Commits what waits, and refuses what comes later. */
  close(): void {
    this.#commit();
    this.#closed = true;
  }

  #commit(): void {
    const group = this.#waiting;
    this.#waiting = [];
    this.#scheduled = false;
    if (group.length === 0) return;
    const settle: (() => void)[] = [];
    try {
      requireRoom(this.#directory);
      this.#records.transaction(() => {
        for (const { apply, resolve, reject } of group) {
          try {
            const value = apply();
            settle.push(() => resolve(value));
          } catch (error) {
            if (!(error instanceof IpamError)) throw error;
            settle.push(() => reject(error));
          }
        }
        this.#beforeCommit();
      });
    } catch (error) {
      const reason = storageError(error, this.#directory);
      this.#note(reason);
      for (const { reject } of group) reject(reason);
      return;
    }
    this.#failure = undefined;
    for (const one of settle) one();
  }
}
