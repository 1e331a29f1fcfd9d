import { IpamError } from '../../resources/errors.ts';
import type { Environment } from './environment.ts';
import { storageError } from './storage-error.ts';

/** An undefined record deletes what the key has. */
export interface Write {
  readonly key: string;
  readonly record: Buffer | undefined;
}

interface Waiting {
  readonly writes: readonly Write[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that need to read nothing first, committed by LMDB's own thread: the event loop goes on while the disk
 * syncs, and what comes meanwhile forms the next group, with one sync for all of it.
 */
export class BatchWriter {
  readonly #environment: Environment;
  readonly #directory: string;
  #waiting: Waiting[] = [];
  /** Settles when nothing waits any more. */
  #underway: Promise<void> | undefined;
  #closed = false;

  constructor(environment: Environment, directory: string) {
    this.#environment = environment;
    this.#directory = directory;
  }

  /** All of the writes or none, on disk when it resolves. @throws IpamError storage-full, store-unavailable */
  write(writes: readonly Write[]): Promise<void> {
    if (this.#closed) {
      return Promise.reject(new IpamError('store-unavailable', `the database in ${this.#directory} is closed`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ writes, resolve, reject });
    this.#underway ??= this.#run();
    return promise;
  }

  /** Writes what waits, and refuses what comes later. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#underway;
  }

  async #run(): Promise<void> {
    // The calls of one turn of the event loop go together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit(group.flatMap(({ writes }) => writes));
        for (const { resolve } of group) resolve();
      } catch (error) {
        const reason = storageError(error, this.#directory);
        for (const { reject } of group) reject(reason);
      }
    }
    this.#underway = undefined;
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    const outcomes = new Set<Promise<boolean>>();
    const batch = this.#environment.batch(() => {
      for (const { key, record } of writes) {
        outcomes.add(record === undefined ? this.#environment.remove(key) : this.#environment.put(key, record));
      }
    });
    const settled = await Promise.allSettled([...outcomes, batch]);
    const failed = settled.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw await causeOf(failed.reason);
  }
}

/** A failed commit rejects every write with a promise of the reason, which itself is rejected. */
async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<never> };
  try {
    await commitError;
  } catch (cause) {
    return cause;
  }
  return error;
}
