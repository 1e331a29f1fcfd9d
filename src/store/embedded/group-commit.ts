import { IpamError } from '../../resources/errors.ts';
import type { Environment } from './environment.ts';
import { storageError } from './storage-error.ts';

interface Waiting {
  readonly apply: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that come together share one transaction and one sync. LMDB's synchronous transaction is used: it
 * fails cleanly when the disk is full, which its asynchronous one (lmdb 3.5) does not. While the sync
 * runs, new requests queue up in the kernel and form the next group.
 */
export class GroupCommit {
  readonly #environment: Environment;
  readonly #directory: string;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #closed = false;

  constructor(environment: Environment, directory: string) {
    this.#environment = environment;
    this.#directory = directory;
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
      setImmediate(() => this.#commit());
    }
    return promise;
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
      this.#environment.transactionSync(() => {
        for (const { apply, resolve, reject } of group) {
          try {
            const value = apply();
            settle.push(() => resolve(value));
          } catch (error) {
            if (!(error instanceof IpamError)) throw error;
            settle.push(() => reject(error));
          }
        }
      });
    } catch (error) {
      const reason = storageError(error, this.#directory);
      for (const { reject } of group) reject(reason);
      return;
    }
    for (const one of settle) one();
  }
}
