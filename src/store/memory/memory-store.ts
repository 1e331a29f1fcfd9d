import { IpamError } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { isSelected } from '../select.ts';
import type { Change, ResourceKey, ResourceList, Selection, Store } from '../store.ts';
import { Wakers } from '../wakers.ts';
import {
  ownOf,
  type Written,
  writtenByCreate,
  writtenByDelete,
  writtenByStatusUpdate,
  writtenByUpdate,
} from '../write-semantics.ts';

export interface MemoryStoreOptions {
  readonly now: () => number;
  readonly newUid: () => string;
  readonly keptChanges?: number;
  /** Which store it is; absent: it does not say. */
  readonly origin?: string;
}

export interface MemorySnapshot {
  readonly objects: ReadonlyMap<string, Stored<Resource>>;
  readonly version: number;
}

/** The resource port in memory: for tests and simulation. Same rules, nothing durable. What it returns is frozen. */
export class MemoryStore implements Store {
  readonly #options: MemoryStoreOptions & { readonly keptChanges: number };
  readonly #objects = new Map<string, Stored<Resource>>();
  #changes: Change<Resource>[] = [];
  /** Version of the change before the first one in the list. */
  #before = 0;
  /** Version of the change before the first one that may be asked for. */
  #compacted = 0;
  #version = 0;
  #closed = false;
  readonly #wakers = new Wakers();

  constructor(options: MemoryStoreOptions) {
    this.#options = { keptChanges: 10_000, ...options };
  }

  async get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    this.#requireOpen();
    return this.#objects.get(textOf(key)) as Stored<R> | undefined;
  }

  async list<R extends Resource>(kind: string, selection?: Selection): Promise<ResourceList<R>> {
    this.#requireOpen();
    const items = [...this.#objects.entries()]
      .filter(([, resource]) => resource.kind === kind && isSelected(resource, selection))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, resource]) => resource as Stored<R>);
    const { origin } = this.#options;
    return { items, version: String(this.#version), ...(origin === undefined ? {} : { origin }) };
  }

  async create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>> {
    this.#requireOpen();
    const present = this.#objects.get(textOf(keyOf(resource)));
    if (present !== undefined) return ownOf(present as Stored<R>, uid);
    const given = { uid: uid ?? this.#options.newUid(), creationTimestamp: this.#now() };
    return this.#write(writtenByCreate(resource, given)) as Stored<R>;
  }

  async update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    this.#requireOpen();
    const present = this.#present(keyOf(resource), resource.metadata.resourceVersion);
    return this.#write(writtenByUpdate(present, resource)) as Stored<R>;
  }

  async updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    this.#requireOpen();
    const present = this.#present(keyOf(resource), resource.metadata.resourceVersion);
    return this.#write(writtenByStatusUpdate(present, resource)) as Stored<R>;
  }

  async delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    this.#requireOpen();
    const written = writtenByDelete(this.#present(key, resourceVersion), this.#now());
    if (written !== undefined) this.#write(written);
  }

  async *watch<R extends Resource>(kind: string, fromVersion: string, signal: AbortSignal): AsyncIterable<Change<R>> {
    this.#requireOpen();
    let seen = Number(fromVersion);
    if (!Number.isSafeInteger(seen))
      throw new IpamError('invalid-argument', `"${fromVersion}" is not a version of this store`);
    const watch = this.#wakers.join(signal);
    try {
      while (!signal.aborted && !this.#closed) {
        watch.looking();
        if (seen < this.#compacted || seen > this.#version)
          throw new IpamError('compacted', `changes after version ${seen} are no longer kept`);
        const changes = this.#changes.slice(seen - this.#before);
        for (const change of changes) {
          seen += 1;
          if (change.resource.kind !== kind) continue;
          if (signal.aborted) return;
          yield change as Change<R>;
        }
        if (!watch.isWoken && !signal.aborted && !this.#closed) await watch.woken();
      }
    } finally {
      watch.leave();
    }
  }

  /** All that there is now, for `restore`. */
  snapshot(): MemorySnapshot {
    return { objects: new Map(this.#objects), version: this.#version };
  }

  /** Everything is as it was, the count of versions too; of what came between, nothing is known any more. */
  restore({ objects, version }: MemorySnapshot): void {
    this.#objects.clear();
    for (const [key, object] of objects) this.#objects.set(key, object);
    this.#forget(version);
  }

  /** Objects are gone, and no change tells of it. */
  lose(isLost: (object: Stored<Resource>) => boolean): void {
    for (const [key, object] of this.#objects) if (isLost(object)) this.#objects.delete(key);
    this.#forget(this.#version + 1);
  }

  #forget(version: number): void {
    this.#version = version;
    this.#changes = [];
    this.#before = version;
    this.#compacted = version;
    this.#wakers.wake();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wakers.wake();
  }

  #present(key: ResourceKey, resourceVersion: string | undefined): Stored<Resource> {
    const present = this.#objects.get(textOf(key));
    if (present === undefined) throw new IpamError('not-found', `no ${key.kind} is named "${key.name}"`);
    if (resourceVersion !== undefined && resourceVersion !== present.metadata.resourceVersion) {
      throw new IpamError('conflict', `${key.kind} "${key.name}" has changed`);
    }
    return present;
  }

  #now(): string {
    return new Date(this.#options.now()).toISOString();
  }

  #write({ type, resource }: Written): Stored<Resource> {
    this.#version += 1;
    const copy = structuredClone(resource);
    const metadata = { ...copy.metadata, resourceVersion: String(this.#version) };
    const stored = deepFreeze({ ...copy, metadata }) as Stored<Resource>;
    if (type === 'deleted') this.#objects.delete(textOf(keyOf(stored)));
    else this.#objects.set(textOf(keyOf(stored)), stored);
    this.#changes.push({ type, resource: stored });
    this.#compacted = Math.max(this.#compacted, this.#version - this.#options.keptChanges);
    // What is no longer kept goes in large steps: each costs a copy.
    const excess = this.#compacted - this.#before;
    if (excess > this.#options.keptChanges) {
      this.#changes = this.#changes.slice(excess);
      this.#before += excess;
    }
    this.#wakers.wake();
    return stored;
  }

  #requireOpen(): void {
    if (this.#closed) throw new IpamError('store-unavailable', 'the store is closed');
  }
}

function keyOf({ kind, metadata }: Resource): ResourceKey {
  return { kind, name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) };
}

function textOf({ kind, namespace, name }: ResourceKey): string {
  return `${kind} ${namespace ?? ''} ${name}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
