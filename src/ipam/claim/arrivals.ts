/**
 * In which order a watch has shown the latest objects of a kind for the first time: that is the order in which the store took
 * them, and the same on every node. What a list has shown came at once. Older ones are known to be older, and no more.
 */
export class Arrivals {
  readonly #kept: number;
  readonly #order = new Map<string, number>();
  #last = 0;

  /** @param kept so many are known */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /** A list begins. */
  listing(): void {
    this.#last += 1;
  }

  /** One of the list that has begun. */
  listed(uid: string): void {
    this.#order.set(uid, this.#last);
    for (const oldest of this.#order.keys()) {
      if (this.#order.size <= this.#kept) return;
      this.#order.delete(oldest);
    }
  }

  /** An event has shown it. */
  came(uid: string): void {
    this.listing();
    this.listed(uid);
  }

  /** Was this one shown later than the other? Not where nothing is known of either. */
  isAfter(uid: string, other: string): boolean {
    const [one, before] = [this.#order.get(uid), this.#order.get(other)];
    return one !== undefined && before !== undefined && one > before;
  }
}
