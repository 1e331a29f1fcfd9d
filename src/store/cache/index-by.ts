/** What users of an index read. */
export interface ReadIndex<T> {
  /** The members of a group by their keys; empty when there is no such group. */
  of(group: string): ReadonlyMap<string, T>;
  groups(): IterableIterator<string>;
}

/** Objects by a property that several of them share: claims by pool, blocks by node. */
export class IndexBy<T> implements ReadIndex<T> {
  readonly #groups = new Map<string, Map<string, T>>();
  readonly #none: ReadonlyMap<string, T> = new Map();

  of(group: string): ReadonlyMap<string, T> {
    return this.#groups.get(group) ?? this.#none;
  }

  groups(): IterableIterator<string> {
    return this.#groups.keys();
  }

  put(group: string, key: string, member: T): void {
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, new Map([[key, member]]));
    else members.set(key, member);
  }

  remove(group: string, key: string): void {
    const members = this.#groups.get(group);
    members?.delete(key);
    if (members?.size === 0) this.#groups.delete(group);
  }
}
