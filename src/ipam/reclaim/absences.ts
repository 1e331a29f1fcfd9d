interface Absence {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly looks: number;
}

/** Looks that must have missed something, however long ago the first one was: somebody may have set the clock. */
const leastLooks = 3;

/**
 * What was there and is not any more. What this process has never seen counts as never missed: the folder may be one that it
 * cannot see into.
 */
export class Absences {
  readonly #seen = new Set<string>();
  readonly #absent = new Map<string, Absence>();

  /** One look. @param now milliseconds since 1970 */
  look(key: string, isThere: boolean, now: number): void {
    if (isThere) {
      this.#seen.add(key);
      this.#absent.delete(key);
    } else if (this.#seen.has(key)) {
      const { since = now, looks = 0 } = this.#absent.get(key) ?? {};
      this.#absent.set(key, { since, looks: looks + 1 });
    }
  }

  /** Was it there once? */
  wasThere(key: string): boolean {
    return this.#seen.has(key);
  }

  /** Has it been away for so long, milliseconds? */
  isLongerThan(key: string, ms: number, now: number): boolean {
    const absence = this.#absent.get(key);
    return absence !== undefined && absence.looks >= leastLooks && Math.abs(now - absence.since) >= ms;
  }

  /** Forgets the others. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of this.#seen) if (!keys.has(key)) this.#seen.delete(key);
    for (const key of this.#absent.keys()) if (!keys.has(key)) this.#absent.delete(key);
  }
}
