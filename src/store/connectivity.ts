/** What helps while a store that daemons share is not reached. */
export const outageAdvice = 'retry; meanwhile addresses are given from the blocks that the node has leased';

/** Does a store answer? What those who ask it find; nobody else is asked. */
export class Connectivity {
  readonly #now: () => number;
  #heardAt: number | undefined;
  #unreachableSince: number | undefined;
  #reconnected = new AbortController();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** When the first of the calls failed that nothing was heard after, milliseconds since 1970; undefined: it answers. */
  get unreachableSince(): number | undefined {
    return this.#unreachableSince;
  }

  /** When it was heard last, milliseconds since 1970; undefined: never since the start. */
  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  /** Aborts as soon as it is heard again. */
  get reconnected(): AbortSignal {
    return this.#reconnected.signal;
  }

  heard(): void {
    this.#heardAt = this.#now();
    if (this.#unreachableSince === undefined) return;
    this.#unreachableSince = undefined;
    const reconnected = this.#reconnected;
    this.#reconnected = new AbortController();
    reconnected.abort();
  }

  lost(): void {
    this.#unreachableSince ??= this.#now();
  }

  /** For people; empty: it answers. */
  get outage(): string {
    if (this.#unreachableSince === undefined) return '';
    return `the cluster has been unreachable since ${new Date(this.#unreachableSince).toISOString()}`;
  }
}
