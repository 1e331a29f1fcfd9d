/** Whose daemons are there, and where each answers gRPC calls of other daemons: `host:port`, or empty for nowhere. */
export interface PresenceList {
  /** By node. @throws IpamError store-unavailable */
  all(): Promise<ReadonlyMap<string, string>>;
}

/** Which nodes' daemons are there: each says so for as long as it runs and reaches the store. */
export interface Presences extends PresenceList {
  /**
   * Says that the daemon of a node is there, until the signal aborts. Resolves when that has been taken back.
   * @param endpoint where it answers other daemons; asked again whenever it is said anew
   * @param speaks may it speak for all daemons? Not so one that reaches the store through another
   */
  announce(node: string, endpoint: () => string, signal: AbortSignal, speaks?: boolean): Promise<void>;
  /** False soon after its daemon has ended, or has not reached the store for some seconds. @throws IpamError store-unavailable */
  isPresent(node: string): Promise<boolean>;
  /** Of those who are there and may speak for all, exactly one does. @throws IpamError store-unavailable */
  isSpeaker(node: string): Promise<boolean>;
}

/** Of a store that one process has: who is there speaks with that process. */
export class MemoryPresences implements Presences {
  /** Where each announcement of a node says that its daemon answers; the last one counts. */
  readonly #endpoints = new Map<string, readonly (() => string)[]>();

  async announce(node: string, endpoint: () => string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#endpoints.set(node, [...(this.#endpoints.get(node) ?? []), endpoint]);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const left = (this.#endpoints.get(node) ?? []).filter((one) => one !== endpoint);
    if (left.length === 0) this.#endpoints.delete(node);
    else this.#endpoints.set(node, left);
  }

  async isPresent(node: string): Promise<boolean> {
    return this.#endpoints.has(node);
  }

  async isSpeaker(): Promise<boolean> {
    return true;
  }

  async all(): Promise<ReadonlyMap<string, string>> {
    return new Map([...this.#endpoints].map(([node, endpoints]) => [node, endpoints.at(-1)?.() ?? '']));
  }
}
