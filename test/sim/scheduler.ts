interface Planned {
  readonly at: number;
  /** Ties go to what was planned first. */
  readonly order: number;
  readonly action: () => void;
}

/** Virtual time: what is planned happens in order, and nothing takes time by itself. */
export class Scheduler {
  readonly #heap: Planned[] = [];
  #order = 0;
  #now = 0;

  /** Milliseconds since the world began. */
  get now(): number {
    return this.#now;
  }

  get pending(): number {
    return this.#heap.length;
  }

  after(ms: number, action: () => void): void {
    this.at(this.#now + Math.max(ms, 0), action);
  }

  /** @param time now or later */
  at(time: number, action: () => void): void {
    const planned = { at: time, order: this.#order++, action };
    let at = this.#heap.push(planned) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(planned, this.#heap[parent])) break;
      this.#heap[at] = this.#heap[parent] as Planned;
      at = parent;
    }
    this.#heap[at] = planned;
  }

  /** Does what comes next. @returns false when nothing is planned */
  step(): boolean {
    const [next] = this.#heap;
    const last = this.#heap.pop();
    if (next === undefined || last === undefined) return false;
    if (this.#heap.length > 0) this.#sink(last);
    this.#now = next.at;
    next.action();
    return true;
  }

  #sink(planned: Planned): void {
    const { length } = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(this.#heap[child + 1] as Planned, this.#heap[child])) child += 1;
      if (!isBefore(this.#heap[child] as Planned, planned)) break;
      this.#heap[at] = this.#heap[child] as Planned;
      at = child;
    }
    this.#heap[at] = planned;
  }
}

function isBefore(a: Planned, b: Planned | undefined): boolean {
  return b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
}
