import { isIpamError } from '../../src/resources/errors.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import type { ResourceKey, ResourceList, Store, WatchEvent } from '../../src/store/store.ts';
import type { Action, Operation } from './operation.ts';
import { textOf, tokenOf } from './recorded-store.ts';

export interface LostAttemptsOptions {
  /** One server: a call is one attempt. */
  readonly store: Store;
  readonly client: string;
  readonly history: Operation[];
  readonly now: () => number;
}

/**
 * One server as a client sees it that repeats elsewhere what got no answer. An attempt without one goes into the history by
 * itself: it may be carried out long after the client has been answered by another server, and once more than asked.
 */
export class LostAttempts implements Store {
  readonly #options: LostAttemptsOptions;

  constructor(options: LostAttemptsOptions) {
    this.#options = options;
  }

  get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    return this.#options.store.get<R>(key);
  }

  create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>> {
    const { kind, metadata } = resource;
    const token = tokenOf(resource);
    return this.#noting({ kind, ...metadata }, { type: 'create', token }, () =>
      this.#options.store.create(resource, uid),
    );
  }

  /** Not noted: an update of a version that is no more does nothing. */
  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#options.store.update(resource);
  }

  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#options.store.updateStatus(resource);
  }

  /** Noted only when it is of any version, for the same reason. */
  delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    const act = (): Promise<void> => this.#options.store.delete(key, resourceVersion);
    return resourceVersion === undefined ? this.#noting(key, { type: 'delete', from: undefined }, act) : act();
  }

  list<R extends Resource>(kind: string): Promise<ResourceList<R>> {
    return this.#options.store.list<R>(kind);
  }

  watch<R extends Resource>(kind: string, fromVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent<R>> {
    return this.#options.store.watch<R>(kind, fromVersion, signal);
  }

  close(): Promise<void> {
    return this.#options.store.close();
  }

  async #noting<T>(key: ResourceKey, action: Action, act: () => Promise<T>): Promise<T> {
    const { client, history, now } = this.#options;
    const calledAt = now();
    try {
      return await act();
    } catch (error) {
      if (isIpamError(error, 'store-unavailable')) {
        const outcome = { type: 'unknown' } as const;
        history.push({ key: textOf(key), client, action, outcome, calledAt, answeredAt: Number.POSITIVE_INFINITY });
      }
      throw error;
    }
  }
}
