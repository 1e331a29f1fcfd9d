interface Member {
  readonly source: string;
}

/** Those who are here at once, by where they come from, the oldest of each source first. */
export class Crowd<T extends Member> {
  readonly #bySource = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  countOf(source: string): number {
    return this.#bySource.get(source)?.size ?? 0;
  }

  enter(member: T): void {
    const own = this.#bySource.get(member.source) ?? new Set();
    this.#bySource.set(member.source, own.add(member));
    this.#size += 1;
  }

  /** @returns whether it was still here */
  leave(member: T): boolean {
    const own = this.#bySource.get(member.source);
    if (!own?.delete(member)) return false;
    if (own.size === 0) this.#bySource.delete(member.source);
    this.#size -= 1;
    return true;
  }

  /** Who gives way first when there are too many: one source that sends all it can leaves room for the others. */
  oldestOfFullest(): T | undefined {
    let fullest = new Set<T>();
    for (const own of this.#bySource.values()) if (own.size > fullest.size) fullest = own;
    const [oldest] = fullest;
    return oldest;
  }
}
