/** When something was: at one time, or at some time between two, where the clock was put afterwards. Milliseconds since 1970. */
export interface Moment {
  readonly earliest: number;
  readonly latest: number;
}

/** That a clock was put, as the record has it. */
export interface ClockStep {
  readonly sequence: number;
  /** Milliseconds, forward. */
  readonly by: number;
}

/**
 * What later steps of a clock say of the times that were written before them: whether it was wrong before a step or is so
 * since, nothing tells, so that either may be right, and anything between.
 */
export class ClockDoubt {
  /** Of all entries before a step's, from the last step to the first: how far the true time may be from what was written. */
  readonly #before: { readonly sequence: number; readonly back: number; readonly forward: number }[] = [];

  /** @param steps in the order of the record */
  constructor(steps: readonly ClockStep[]) {
    let [back, forward] = [0, 0];
    for (const { sequence, by } of steps.toReversed()) {
      back = Math.min(0, by + back);
      forward = Math.max(0, by + forward);
      this.#before.push({ sequence, back, forward });
    }
  }

  /** @param at what was written @param sequence by which entry; 0: by one before all that are known */
  moment(at: number, sequence: number): Moment {
    const doubt = this.#before.findLast((step) => step.sequence > sequence);
    return doubt === undefined
      ? { earliest: at, latest: at }
      : { earliest: at + doubt.back, latest: at + doubt.forward };
  }
}
