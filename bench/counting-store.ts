import type { Resource, Stored } from '../src/resources/resource.ts';
import type { ResourceKey, ResourceList, Store, WatchEvent } from '../src/store/store.ts';

export interface Counted {
  readonly operations: number;
  readonly creates: number;
  readonly bytesWritten: number;
  readonly events: number;
  readonly eventBytes: number;
}

/** Counts what goes through to a store; bytes are those of the resources as JSON. */
export class CountingStore implements Store {
  readonly #store: Store;
  #operations = 0;
  #creates = 0;
  #bytesWritten = 0;
  #events = 0;
  #eventBytes = 0;
  readonly #listBytes = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
  }

  counted(): Counted {
    return {
      operations: this.#operations,
      creates: this.#creates,
      bytesWritten: this.#bytesWritten,
      events: this.#events,
      eventBytes: this.#eventBytes,
    };
  }

  /** Size of the last list of a kind. */
  listBytes(kind: string): number {
    return this.#listBytes.get(kind) ?? 0;
  }

  get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    this.#operations += 1;
    return this.#store.get(key);
  }

  async list<R extends Resource>(kind: string): Promise<ResourceList<R>> {
    this.#operations += 1;
    const list = await this.#store.list<R>(kind);
    const [first] = list.items;
    this.#listBytes.set(kind, first === undefined ? 0 : sizeOf(first) * list.items.length);
    return list;
  }

  create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>> {
    this.#operations += 1;
    this.#creates += 1;
    this.#bytesWritten += sizeOf(resource);
    return this.#store.create(resource, uid);
  }

  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    this.#operations += 1;
    this.#bytesWritten += sizeOf(resource);
    return this.#store.update(resource);
  }

  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    this.#operations += 1;
    this.#bytesWritten += sizeOf(resource);
    return this.#store.updateStatus(resource);
  }

  delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    this.#operations += 1;
    return this.#store.delete(key, resourceVersion);
  }

  async *watch<R extends Resource>(
    kind: string,
    fromVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<R>> {
    for await (const event of this.#store.watch<R>(kind, fromVersion, signal)) {
      if (event.type !== 'bookmark') {
        this.#events += 1;
        this.#eventBytes += sizeOf(event.resource);
      }
      yield event;
    }
  }

  /** A daemon that stops closes its store; the others go on with it. */
  async close(): Promise<void> {}
}

function sizeOf(resource: Resource): number {
  return JSON.stringify(resource).length;
}
