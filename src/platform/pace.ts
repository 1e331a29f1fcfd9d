import { setTimeout as pause } from 'node:timers/promises';

/** One slice of work, milliseconds, and the pause after it: an ADD waits for a slice at most. */
const sliceMs = 2;
const restMs = 4;
/** Steps between two looks at the clock. */
const stride = 32;

/**
 * Work over everything that is held, a slice at a time, with time for the runtime's calls between two slices. All such work
 * of a process shares one pace: however much of it is asked for, it gets a third of the time.
 */
export class Pace {
  #last: Promise<void> = Promise.resolve();

  /** Takes all steps of a generator. @returns what it returns */
  async run<T>(steps: Generator<unknown, T>): Promise<T> {
    for (;;) {
      const turn = Promise.withResolvers<void>();
      const before = this.#last;
      this.#last = turn.promise;
      await before;
      try {
        const slice = takeSlice(steps);
        if (slice.done) return slice.value;
      } finally {
        // Not counted as a reason to live: a daemon that ends need not wait for it.
        void pause(restMs, undefined, { ref: false }).then(() => turn.resolve());
      }
    }
  }
}

function takeSlice<T>(steps: Generator<unknown, T>): IteratorResult<unknown, T> {
  const end = performance.now() + sliceMs;
  for (;;) {
    for (let step = 0; step < stride; step += 1) {
      const result = steps.next();
      if (result.done) return result;
    }
    if (performance.now() >= end) return { done: false, value: undefined };
  }
}

/** The same at once, where time is not real. */
export function runAtOnce<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const result = steps.next();
    if (result.done) return result.value;
  }
}
