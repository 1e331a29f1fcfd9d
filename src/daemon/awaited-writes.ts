/**
 * Joins a write with the watch event that it causes, whichever comes first. Events seen while any write
 * is under way are remembered, so that one which overtakes its own write's answer is not missed.
 */
export class AwaitedWrites {
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();
  readonly #seen = new Set<string>();
  #writing = 0;

  async after<T>(write: () => Promise<T>, idOf: (result: T) => string): Promise<T> {
    this.#writing += 1;
    try {
      const result = await write();
      const id = idOf(result);
      if (!this.#seen.has(id)) {
        const waiter = this.#waiting.get(id) ?? Promise.withResolvers<void>();
        this.#waiting.set(id, waiter);
        await waiter.promise;
      }
      return result;
    } finally {
      this.#writing -= 1;
      if (this.#writing === 0) this.#seen.clear();
    }
  }

  release(id: string): void {
    if (this.#writing === 0) return;
    this.#seen.add(id);
    this.#waiting.get(id)?.resolve();
    this.#waiting.delete(id);
  }

  /** After a fresh list: every write made before it is in it. */
  releaseAll(): void {
    for (const waiter of this.#waiting.values()) waiter.resolve();
    this.#waiting.clear();
  }
}
