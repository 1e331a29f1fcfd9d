/**
 * What was written while something was on its way, by uid: an answer that was asked for before a write, and comes after it, may
 * show what was there before.
 */
export class RecentWrites {
  readonly #open = new Set<Set<string>>();

  /** Something is asked for. @returns to be called when its answer is there: what was written meanwhile */
  begin(): () => ReadonlySet<string> {
    const written = new Set<string>();
    this.#open.add(written);
    return () => {
      this.#open.delete(written);
      return written;
    };
  }

  add(uid: string): void {
    for (const written of this.#open) written.add(uid);
  }
}
