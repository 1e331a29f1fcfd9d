/** Which nodes' daemons are there: each says so for as long as it runs and reaches the store. */
export interface Presences {
  /**
   * Says that the daemon of a node is there, until the signal aborts. Resolves when that has been taken back.
   * @param speaks may it speak for all daemons? Not so one that reaches the store through another
   */
  announce(node: string, signal: AbortSignal, speaks?: boolean): Promise<void>;
  /** False soon after its daemon has ended, or has not reached the store for some seconds. @throws IpamError store-unavailable */
  isPresent(node: string): Promise<boolean>;
  /** Of those who are there and may speak for all, exactly one does. @throws IpamError store-unavailable */
  isSpeaker(node: string): Promise<boolean>;
}

/** Of a store that one process has: who is there speaks with that process. */
export class MemoryPresences implements Presences {
  readonly #counts = new Map<string, number>();

  async announce(node: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#count(node, 1);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#count(node, -1);
  }

  async isPresent(node: string): Promise<boolean> {
    return this.#counts.has(node);
  }

  async isSpeaker(): Promise<boolean> {
    return true;
  }

  #count(node: string, more: number): void {
    const count = (this.#counts.get(node) ?? 0) + more;
    if (count === 0) this.#counts.delete(node);
    else this.#counts.set(node, count);
  }
}
