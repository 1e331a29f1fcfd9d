import { Crowd } from '../api/crowd.ts';

export interface UnderwayLimits {
  readonly inAll: number;
  readonly fromOne: number;
  /** How long a review waits for its turn, milliseconds. */
  readonly waitMs: number;
}

/** A review that has come, from where it came until it is answered. */
export interface Turn {
  /** False: it did not come to its turn in time. */
  readonly begun: Promise<boolean>;
  /** Answered, or given up; again and again, if it must be. */
  end(): void;
}

interface Entry {
  readonly source: string;
  readonly giveWay: () => void;
}

interface Waiting extends Entry {
  readonly decide: (isTurn: boolean) => void;
}

/**
 * The reviews under way, in all and from one source. More wait, as an API server that many clients write to sends them at
 * once. When all places are taken, the oldest of the source that has most gives way to one that has fewer.
 */
export class Underway {
  readonly #limits: UnderwayLimits;
  readonly #under = new Crowd<Entry>();
  readonly #waiting = new Set<Waiting>();

  constructor(limits: UnderwayLimits) {
    this.#limits = limits;
  }

  /** @param giveWay ends the review: its place is another's then */
  enter(source: string, giveWay: () => void): Turn {
    const { promise: begun, resolve } = Promise.withResolvers<boolean>();
    const late = setTimeout(() => decide(false), this.#limits.waitMs);
    const decide = (isTurn: boolean): void => {
      clearTimeout(late);
      this.#waiting.delete(entry);
      if (isTurn) this.#under.enter(entry);
      resolve(isTurn);
    };
    const entry: Waiting = { source, giveWay, decide };
    this.#waiting.add(entry);
    this.#next();
    return {
      begun,
      end: () => {
        if (this.#waiting.has(entry)) decide(false);
        else if (this.#under.leave(entry)) this.#next();
      },
    };
  }

  #next(): void {
    for (const entry of this.#waiting) {
      if (this.#under.countOf(entry.source) < this.#limits.fromOne && this.#hasRoomFor(entry)) entry.decide(true);
    }
  }

  #hasRoomFor({ source }: Entry): boolean {
    if (this.#under.size < this.#limits.inAll) return true;
    const oldest = this.#under.oldestOfFullest();
    // By two: else both would take turns in sending each other away.
    if (oldest === undefined || this.#under.countOf(oldest.source) < this.#under.countOf(source) + 2) return false;
    this.#under.leave(oldest);
    oldest.giveWay();
    return true;
  }
}
