import { sinceBoot } from './since-boot.ts';

/** Time as the daemon sees it; the simulator has its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Milliseconds since any time, of a clock that nobody sets, and that goes on while the machine sleeps: for what is waited for within a
   * process. By the time of day, which somebody may set, what is waited for would be over too early, or in an hour.
   */
  elapsed(): number;
  /** Resolves after the time, or early, without error, when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: sinceBoot(Date.now),
  pause: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    }),
};
