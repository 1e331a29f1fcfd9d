/** One run of a daemon's process. What belongs to a run that has ended never happens: its promises stay open. */
export class Lifetime {
  readonly #end = new AbortController();

  get alive(): boolean {
    return !this.#end.signal.aborted;
  }

  /** Aborts when the process ends. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  end(): void {
    this.#end.abort();
  }
}

/** What a dead process waits for. */
export function forever(): Promise<never> {
  return new Promise(() => {});
}
