/** Objects by a property that several of them share: claims by pool, blocks by node. */
export class IndexBy<T> {
  readonly #groups = new Map<string, Map<string, T>>();
  readonly #none: ReadonlyMap<string, T> = new Map();

  /** The members of a group by their names; empty when there is no such group. */
  of(group: string): ReadonlyMap<string, T> {
    return this.#groups.get(group) ?? this.#none;
  }

  groups(): IterableIterator<string> {
    return this.#groups.keys();
  }

  put(group: string, name: string, member: T): void {
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, new Map([[name, member]]));
    else members.set(name, member);
  }

  remove(group: string, name: string): void {
    const members = this.#groups.get(group);
    members?.delete(name);
    if (members?.size === 0) this.#groups.delete(group);
  }
}
