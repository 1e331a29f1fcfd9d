/** A member that has not noticed yet that its leader is dead loses what it takes: the first attempts are short. */
const quickAttempts = 3;
const growth = 1.5;
/** An answer may take this many times as long as the slowest of late. */
const roomFactor = 2;
const forgetFactor = 0.9;
const longestFirstMs = 2_000;

/** How long an attempt that may be repeated waits for its answer: little, but enough for this cluster and the way there. */
export class AttemptLimit {
  /** The slowest answer of late, milliseconds. */
  #slowestMs = 0;

  /** @param leastMs what a call wants to wait at least @param lostAttempts of the same call */
  next(leastMs: number, lostAttempts: number): number {
    const first = Math.max(leastMs, Math.min(this.#slowestMs * roomFactor, longestFirstMs));
    return first * growth ** Math.max(0, lostAttempts - quickAttempts);
  }

  answered(ms: number): void {
    this.#slowestMs = Math.max(ms, this.#slowestMs * forgetFactor);
  }
}
