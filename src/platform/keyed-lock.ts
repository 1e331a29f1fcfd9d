/** One at a time per key, in the order of arrival; different keys do not wait for each other. */
export class KeyedLock {
  /** Who waits for a key that somebody holds: nearly always nobody, and then there is no promise to wait for either. */
  readonly #waiting = new Map<string, (() => void)[]>();

  async run<T>(key: string, action: () => Promise<T>): Promise<T> {
    const others = this.#waiting.get(key);
    const waiting = others ?? [];
    if (others === undefined) this.#waiting.set(key, waiting);
    else await new Promise<void>((resolve) => void others.push(resolve));
    try {
      return await action();
    } finally {
      const next = waiting.shift();
      if (next === undefined) this.#waiting.delete(key);
      else next();
    }
  }

  /** Keys that somebody holds or waits for. */
  get size(): number {
    return this.#waiting.size;
  }
}
