/**
 * Who is to be told when a signal aborts. The signals of a client live as long as it, and each request waits for two of
 * them: a listener of its own on each is dear, so a signal has one, for all requests.
 */
export class AbortListeners {
  readonly #bySignal = new WeakMap<AbortSignal, Set<() => void>>();

  /** @param signal not aborted yet */
  add(signal: AbortSignal, listener: () => void): void {
    const present = this.#bySignal.get(signal);
    if (present !== undefined) {
      present.add(listener);
      return;
    }
    const listeners = new Set([listener]);
    this.#bySignal.set(signal, listeners);
    signal.addEventListener('abort', () => {
      for (const told of listeners) told();
    });
  }

  delete(signal: AbortSignal, listener: () => void): void {
    this.#bySignal.get(signal)?.delete(listener);
  }
}
