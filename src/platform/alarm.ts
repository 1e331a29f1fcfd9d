import type { Clock } from './clock.ts';

/** A pause that whoever has news can end. */
export class Alarm {
  #call = new AbortController();

  /** Ends the pause, or the next one where none goes on. */
  ring(): void {
    this.#call.abort();
  }

  /** Resolves after the time, when it is rung, or when the signal aborts. @returns whether it was rung since the last pause */
  async pause(clock: Pick<Clock, 'pause'>, ms: number, signal: AbortSignal): Promise<boolean> {
    await clock.pause(ms, AbortSignal.any([signal, this.#call.signal]));
    const isRung = this.#call.signal.aborted;
    if (isRung) this.#call = new AbortController();
    return isRung;
  }
}
