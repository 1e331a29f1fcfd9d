/** So long a daemon must have run, and have had its way to the store, to have seen what was written before, milliseconds. */
export const followedMs = 10_000;

/** The way between a node and the store. */
export class Link {
  readonly #now: () => number;
  #isCut = false;
  #cutUntil = Number.NEGATIVE_INFINITY;

  /** @param now time of the world, milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  get cut(): boolean {
    return this.#isCut;
  }

  set cut(isCut: boolean) {
    if (this.#isCut) this.#cutUntil = this.#now();
    this.#isCut = isCut;
  }

  /** For how long it has been there without a break, milliseconds. */
  get wholeForMs(): number {
    return this.#isCut ? 0 : this.#now() - this.#cutUntil;
  }
}
