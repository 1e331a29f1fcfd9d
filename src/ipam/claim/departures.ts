/** With which version the latest objects of a kind went: an answer that is not later says nothing of what is there now. */
export class Departures {
  readonly #kept: number;
  /** By uid, the latest last. */
  readonly #went = new Map<string, bigint>();

  /** @param kept so many are known */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /** @param order of the version that is known to be over, as `versionOrder` has it */
  went(uid: string, order: bigint): void {
    this.#went.delete(uid);
    this.#went.set(uid, order);
    const [oldest] = this.#went.keys();
    if (oldest !== undefined && this.#went.size > this.#kept) this.#went.delete(oldest);
  }

  /** Is this version of it over? Of a later one, and of what went long ago, nothing is known. */
  isOver(uid: string, order: bigint): boolean {
    const gone = this.#went.get(uid);
    return gone !== undefined && order <= gone;
  }
}
