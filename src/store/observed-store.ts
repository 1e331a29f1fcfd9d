import type { Resource, Stored } from '../resources/resource.ts';
import type { ResourceKey, ResourceList, Store, WatchEvent } from './store.ts';

/** Told of every finished operation: its verb, how it ended, and how long it took, in seconds. */
export type StoreObserver = (operation: string, status: 'success' | 'error', seconds: number) => void;

/** Times what goes through to a store, and changes nothing. */
export class ObservedStore implements Store {
  readonly #store: Store;
  readonly #observe: StoreObserver;

  constructor(store: Store, observe: StoreObserver) {
    this.#store = store;
    this.#observe = observe;
  }

  get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    return this.#timed('get', () => this.#store.get<R>(key));
  }

  list<R extends Resource>(kind: string): Promise<ResourceList<R>> {
    return this.#timed('list', () => this.#store.list<R>(kind));
  }

  create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>> {
    return this.#timed('create', () => this.#store.create(resource, uid));
  }

  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#timed('update', () => this.#store.update(resource));
  }

  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#timed('update-status', () => this.#store.updateStatus(resource));
  }

  delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    return this.#timed('delete', () => this.#store.delete(key, resourceVersion));
  }

  watch<R extends Resource>(kind: string, fromVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent<R>> {
    return this.#store.watch<R>(kind, fromVersion, signal);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #timed<T>(operation: string, act: () => Promise<T>): Promise<T> {
    const start = performance.now();
    let status: 'success' | 'error' = 'error';
    try {
      const result = await act();
      status = 'success';
      return result;
    } finally {
      this.#observe(operation, status, (performance.now() - start) / 1000);
    }
  }
}
