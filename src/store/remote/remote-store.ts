import { IpamError, isIpamError, isOvertaken } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { GetOptions, ResourceKey, ResourceList, Selection, Store, WatchEvent } from '../store.ts';
import type { Servers } from './servers.ts';

export interface RemoteStoreOptions {
  readonly servers: Servers;
  /**
   * The store as one server shows it; every call is one attempt with a deadline. `not-ready` says that the call was
   * surely not carried out, `store-unavailable` that nobody knows.
   */
  readonly open: (address: string) => Store;
  readonly newUid: () => string;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** Resolves early, without error, when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How long a call is tried on one server after the other while the cluster was heard lately: it elects a leader in less. */
const patienceMs = 4_000;
/** A cluster that has been silent for longer is asked once, so that callers hear soon that it is unreachable. */
const latelyMs = 10_000;
const firstPauseMs = 50;
const longestPauseMs = 500;
/** A watch that ends sooner than this is not made again at once. */
const shortWatchMs = 1_000;

/** One attempt's view of those before it. */
interface Attempts {
  /** An earlier attempt may have been carried out. */
  maybeDone: boolean;
}

/**
 * A store that others keep, over any of several servers that show the same state: versions and uids are the same on
 * all. A call that a server does not answer goes to the next one. A repeated create is known by its uid; of an update
 * or a delete whose repetition finds another version nobody knows who made that, and the caller is told so.
 */
export class RemoteStore implements Store {
  readonly #options: RemoteStoreOptions;
  readonly #stores = new Map<string, Store>();
  readonly #closing = new AbortController();
  /** Long ago, until somebody answers. */
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(options: RemoteStoreOptions) {
    this.#options = options;
  }

  get<R extends Resource>(key: ResourceKey, options?: GetOptions): Promise<Stored<R> | undefined> {
    return this.#anywhere((store) => store.get<R>(key, options));
  }

  list<R extends Resource>(kind: string, selection?: Selection): Promise<ResourceList<R>> {
    return this.#anywhere((store) => store.list<R>(kind, selection));
  }

  create<R extends Resource>(resource: R, uid = this.#options.newUid()): Promise<Stored<R>> {
    return this.#anywhere((store) => store.create(resource, uid));
  }

  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#anywhere((store, attempts) => certain(attempts, () => store.update(resource)));
  }

  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#anywhere((store, attempts) => certain(attempts, () => store.updateStatus(resource)));
  }

  delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    return this.#anywhere((store, attempts) =>
      certain(attempts, () => store.delete(key, resourceVersion)).catch((error: unknown) => {
        // Gone is what was wanted, whichever attempt it was.
        if (!(error instanceof Uncertain) || !isIpamError(error.cause, 'not-found')) throw error;
      }),
    );
  }

  async *watch<R extends Resource>(
    kind: string,
    fromVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<R>> {
    const { servers, now, pause } = this.#options;
    const end = AbortSignal.any([signal, this.#open()]);
    let version = fromVersion;
    let failures = 0;
    while (!end.aborted) {
      const [address] = servers.order(now());
      if (address === undefined) throw this.#unreachable([]);
      const began = now();
      let reason: unknown;
      try {
        for await (const event of this.#storeOf(address).watch<R>(kind, version, end)) {
          this.#heard(address);
          failures = 0;
          version = event.type === 'bookmark' ? event.version : event.resource.metadata.resourceVersion;
          yield event;
        }
        reason = new IpamError('store-unavailable', `${address} ended the watch`);
      } catch (error) {
        if (end.aborted) return;
        if (!isAway(error)) throw error;
        reason = error;
      }
      if (end.aborted) return;
      servers.failed(address, now());
      failures += 1;
      if (failures > servers.count) throw this.#unreachable([reason]);
      yield { type: 'bookmark', version, interrupted: true };
      if (now() - began < shortWatchMs) await pause(firstPauseMs, end);
    }
  }

  /** Opens servers anew from now on, with other credentials; what is under way goes on. */
  renew(): void {
    const former = [...this.#stores.values()];
    this.#stores.clear();
    for (const store of former) void store.close();
  }

  /** Ends its watches and gives its calls up. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#stores.values()].map((store) => store.close()));
  }

  /** @throws what a server refused with, or store-unavailable when none answers */
  async #anywhere<T>(act: (store: Store, attempts: Attempts) => Promise<T>): Promise<T> {
    const { servers, now, pause } = this.#options;
    const closing = this.#open();
    const began = now();
    const patient = began - this.#heardAt < latelyMs;
    const attempts: Attempts = { maybeDone: false };
    for (let wait = firstPauseMs; ; wait = Math.min(wait * 2, longestPauseMs)) {
      const reasons: unknown[] = [];
      for (const address of servers.order(now())) {
        try {
          const value = await act(this.#storeOf(address), attempts);
          this.#heard(address);
          return value;
        } catch (error) {
          if (!isAway(error)) {
            this.#heard(address);
            throw error instanceof Uncertain ? error.told : error;
          }
          if (!isIpamError(error, 'not-ready')) attempts.maybeDone = true;
          servers.failed(address, now());
          reasons.push(error);
        }
        this.#open();
      }
      if (!patient || now() - began + wait > patienceMs) throw this.#unreachable(reasons);
      await pause(wait, closing);
      this.#open();
    }
  }

  #storeOf(address: string): Store {
    const known = this.#stores.get(address);
    if (known !== undefined) return known;
    const store = this.#options.open(address);
    this.#stores.set(address, store);
    return store;
  }

  #heard(address: string): void {
    this.#options.servers.answered(address);
    this.#heardAt = this.#options.now();
  }

  #unreachable(reasons: readonly unknown[]): IpamError {
    const why = reasons.map((reason) => (reason as Error).message).join('; ');
    return new IpamError('store-unavailable', `no server of the cluster answers${why === '' ? '' : `: ${why}`}`, {
      cause: reasons.at(-1),
    });
  }

  /** @throws IpamError store-unavailable when it is closed */
  #open(): AbortSignal {
    if (this.#closing.signal.aborted) throw new IpamError('store-unavailable', 'the store is closed');
    return this.#closing.signal;
  }
}

function isAway(error: unknown): boolean {
  return isIpamError(error, 'store-unavailable') || isIpamError(error, 'not-ready');
}

/** Ends a call although servers answer: what they say cannot tell whether an earlier attempt was carried out. */
class Uncertain extends Error {
  readonly told: IpamError;

  constructor(cause: Error) {
    super(cause.message, { cause });
    this.told = new IpamError('store-unavailable', `nobody knows whether the write happened: ${cause.message}`, {
      advice: 'read it again, and repeat the change if it is not there',
      cause,
    });
  }
}

/** After an attempt of which nobody knows, another version than expected may be its own work. */
async function certain<T>(attempts: Attempts, write: () => Promise<T>): Promise<T> {
  const { maybeDone } = attempts;
  try {
    return await write();
  } catch (error) {
    throw maybeDone && isOvertaken(error) ? new Uncertain(error) : error;
  }
}
