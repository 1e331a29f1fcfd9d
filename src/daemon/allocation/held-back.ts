import { emptyRangeSet, type RangeSet, rangeSet, union } from '../../ip/range-set.ts';
import type { Clock } from '../../platform/clock.ts';

/** Addresses that are out of use until a time: somebody else may still hold them, and nobody can tell. */
export class HeldBack {
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #onChange: () => void;
  #parts: { readonly set: RangeSet; readonly until: number }[] = [];
  #sum: RangeSet = emptyRangeSet;

  /** @param onChange told when `all` is another than before */
  constructor(clock: Pick<Clock, 'elapsed'>, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get all(): RangeSet {
    return this.#sum;
  }

  /** @param forMs how long from now, milliseconds */
  add(set: RangeSet, forMs: number): void {
    if (set.ranges.length === 0) return;
    const until = this.#clock.elapsed() + forMs;
    this.#parts.push({ set, until });
    this.#sum = union(this.#sum, set);
    this.#onChange();
  }

  /** Lets go what has had its time. */
  expire(): void {
    const now = this.#clock.elapsed();
    if (this.#parts.every(({ until }) => until > now)) return;
    this.#parts = this.#parts.filter(({ until }) => until > now);
    this.#sum = rangeSet(this.#parts.flatMap(({ set }) => set.ranges));
    this.#onChange();
  }
}
