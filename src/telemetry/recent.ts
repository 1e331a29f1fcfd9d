/** Rendered no more often than this, milliseconds, and at most a twentieth of the time is spent on it. */
const leastMs = 250;
const restPerWork = 20;

/** What is costly to make and asked for by anybody: made once for all who ask within a short time. */
export class Recent<T> {
  readonly #make: () => Promise<T>;
  /** Milliseconds, monotonic. */
  readonly #clock: () => number;
  #made: Promise<T> | undefined;
  /** Infinity: it is being made. */
  #staleAt = 0;

  constructor(make: () => Promise<T>, clock: () => number) {
    this.#make = make;
    this.#clock = clock;
  }

  get(): Promise<T> {
    const begun = this.#clock();
    if (this.#made !== undefined && begun < this.#staleAt) return this.#made;
    const made = this.#make();
    this.#made = made;
    this.#staleAt = Number.POSITIVE_INFINITY;
    const done = (): void => {
      const now = this.#clock();
      this.#staleAt = now + Math.max(leastMs, restPerWork * (now - begun));
    };
    made.then(done, () => {
      done();
      // Who asks next gets an answer of his own.
      this.#made = undefined;
    });
    return made;
  }
}
