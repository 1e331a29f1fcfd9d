/**
 * What was written while something was on its way, by uid: an answer that was asked for before a write, and comes after it, may
 * show what was there before. What was deleted shortly before, a server that hears late of it may show still: no version of it says so.
 */
export class RecentWrites {
  readonly #open = new Set<Set<string>>();
  /** When each was deleted, milliseconds; the oldest first. */
  readonly #deletedAt = new Map<string, number>();
  readonly #now: () => number;
  readonly #lagMs: number;

  /** @param lagMs so old an answer may be when it is given */
  constructor(now: () => number, lagMs: number) {
    this.#now = now;
    this.#lagMs = lagMs;
  }

  /** Something is asked for. @returns to be called when its answer is there: what it may show as it was before a write */
  begin(): () => ReadonlySet<string> {
    this.#forgetOld();
    const written = new Set<string>(this.#deletedAt.keys());
    this.#open.add(written);
    return () => {
      this.#open.delete(written);
      return written;
    };
  }

  add(uid: string): void {
    for (const written of this.#open) written.add(uid);
  }

  /** It is being deleted. */
  deleting(uid: string): void {
    this.add(uid);
    this.#deletedAt.delete(uid);
    this.#deletedAt.set(uid, this.#now());
    this.#forgetOld();
  }

  /** Somebody may set the clock back: what seems to come is old. */
  #forgetOld(): void {
    for (const [uid, at] of this.#deletedAt) {
      if (Math.abs(this.#now() - at) < this.#lagMs) return;
      this.#deletedAt.delete(uid);
    }
  }
}
