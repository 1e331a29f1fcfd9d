/** So many actions at once, and so many more that wait for their turn, in the order of arrival. */
export class Slots {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** @returns undefined, and nothing is done, when too many wait already */
  run<T>(action: () => Promise<T>): Promise<T> | undefined {
    if (this.#taken < this.#most) {
      this.#taken += 1;
      return this.#finish(action);
    }
    if (this.#waiting.length >= this.#mostWaiting) return undefined;
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#finish(action));
  }

  async #finish<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } finally {
      // Handed on, not given back: who comes at this moment may not overtake who waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken -= 1;
      else next();
    }
  }
}
