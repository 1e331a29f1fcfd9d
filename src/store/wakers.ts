/** Wakes watches that wait for the next change. */
export class Wakers {
  readonly #watches = new Set<() => void>();

  /** How many watches there are. */
  get size(): number {
    return this.#watches.size;
  }

  wake(): void {
    for (const wake of this.#watches) wake();
  }

  /** A watch that is woken from now on, also when the signal aborts. It is woken at first. */
  join(signal: AbortSignal): WokenWatch {
    let isWoken = true;
    let resolve: () => void = () => {};
    const wake = (): void => {
      isWoken = true;
      resolve();
    };
    this.#watches.add(wake);
    signal.addEventListener('abort', wake);
    return {
      get isWoken() {
        return isWoken;
      },
      looking: () => {
        isWoken = false;
      },
      woken: () =>
        new Promise<void>((told) => {
          resolve = told;
        }),
      leave: () => {
        this.#watches.delete(wake);
        signal.removeEventListener('abort', wake);
      },
    };
  }
}

export interface WokenWatch {
  /** Since it looked last? */
  readonly isWoken: boolean;
  /** Before a look at what has changed: what comes after it wakes again. */
  looking(): void;
  /** Resolves at the next wake. */
  woken(): Promise<void>;
  leave(): void;
}
