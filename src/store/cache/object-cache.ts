import type { Resource, Stored } from '../../resources/resource.ts';
import { IndexBy, type ReadIndex } from './index-by.ts';
import type { Reflection } from './reflector.ts';

/** Names one object within its kind. Neither a namespace nor a name holds a slash. */
export function objectName({ metadata: { namespace, name } }: Resource): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Keeps all of an object. */
export function whole<R extends Resource>(resource: Stored<R>): Stored<R> {
  return resource;
}

export interface ObjectCacheOptions<R extends Resource, V> {
  /** Under what an object is kept; absent: its name, with its namespace where it has one. */
  readonly keyOf?: (resource: Stored<R>) => string;
  /** The version that a kept object is of. With it, an object that is told again as it is known is passed over. */
  readonly versionOf?: (kept: V) => string;
  /**
   * Told of every change, when all indexes have it: `before` is absent when the object is new, `after` when it is gone. May
   * not throw: the reflection of the kind would end.
   */
  readonly onChange?: (before: V | undefined, after: V | undefined) => void;
}

interface Grouping<V> {
  readonly groupOf: (kept: V) => string | undefined;
  readonly index: IndexBy<V>;
}

/** What is there of one kind, as it was listed, put and removed: of each object what its user asks for, and no more. */
export class ObjectCache<R extends Resource, V = Stored<R>> implements Reflection<R> {
  readonly #keep: (resource: Stored<R>) => V;
  readonly #keyOf: (resource: Stored<R>) => string;
  readonly #options: ObjectCacheOptions<R, V>;
  readonly #kept = new Map<string, V>();
  readonly #groupings: Grouping<V>[] = [];
  #isListed = false;

  /** @param keep what is kept of an object */
  constructor(keep: (resource: Stored<R>) => V, options: ObjectCacheOptions<R, V> = {}) {
    this.#keep = keep;
    this.#keyOf = options.keyOf ?? objectName;
    this.#options = options;
  }

  /** Has a list come? Before, nothing may be concluded from what is missing. */
  get isListed(): boolean {
    return this.#isListed;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(key: string): V | undefined {
    return this.#kept.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#kept.keys();
  }

  values(): IterableIterator<V> {
    return this.#kept.values();
  }

  entries(): IterableIterator<[key: string, kept: V]> {
    return this.#kept.entries();
  }

  /**
   * Keeps what is kept by a property that several objects share as well, from now on.
   * @param groupOf undefined: the object is in no group
   */
  indexBy(groupOf: (kept: V) => string | undefined): ReadIndex<V> {
    const index = new IndexBy<V>();
    const grouping = { groupOf, index };
    this.#groupings.push(grouping);
    for (const [key, kept] of this.#kept) enter(grouping, key, kept);
    return index;
  }

  replace(resources: readonly Stored<R>[]): void {
    const present = new Set(resources.map(this.#keyOf));
    for (const key of this.#kept.keys()) if (!present.has(key)) this.delete(key);
    for (const resource of resources) this.put(resource);
    this.#isListed = true;
  }

  /** @returns what was there */
  put(resource: Stored<R>): V | undefined {
    const { versionOf, onChange } = this.#options;
    const key = this.#keyOf(resource);
    const before = this.#kept.get(key);
    if (before !== undefined && versionOf?.(before) === resource.metadata.resourceVersion) return before;
    const after = this.#keep(resource);
    this.#kept.set(key, after);
    for (const grouping of this.#groupings) {
      if (before !== undefined) leave(grouping, key, before);
      enter(grouping, key, after);
    }
    onChange?.(before, after);
    return before;
  }

  /** @returns what was there */
  remove(resource: Stored<R>): V | undefined {
    return this.delete(this.#keyOf(resource));
  }

  /** @returns what was there */
  delete(key: string): V | undefined {
    const before = this.#kept.get(key);
    if (before === undefined) return undefined;
    this.#kept.delete(key);
    for (const grouping of this.#groupings) leave(grouping, key, before);
    this.#options.onChange?.(before, undefined);
    return before;
  }
}

function enter<V>({ groupOf, index }: Grouping<V>, key: string, kept: V): void {
  const group = groupOf(kept);
  if (group !== undefined) index.put(group, key, kept);
}

function leave<V>({ groupOf, index }: Grouping<V>, key: string, kept: V): void {
  const group = groupOf(kept);
  if (group !== undefined) index.remove(group, key);
}
