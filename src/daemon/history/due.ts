import type { Clock } from '../../platform/clock.ts';
import { digest } from '../../resources/digest.ts';

/** What a node does every so often, at a time of its own: of a thousand nodes that were started together not all do it at once. */
export class Due {
  readonly #clock: Clock;
  /** 0..1: where in each span. */
  readonly #phase: number;
  #at: number | undefined;

  constructor({ node, clock }: { readonly node: string; readonly clock: Clock }) {
    this.#clock = clock;
    this.#phase = (Number.parseInt(digest(node).slice(0, 4), 36) % 1_000) / 1_000;
  }

  /** Is it time? Then the next time is so much later. @param everyMs milliseconds */
  isDue(everyMs: number): boolean {
    const now = this.#clock.now();
    this.#at ??= now + everyMs * this.#phase;
    // Somebody may have put the clock back.
    if (now < this.#at && this.#at - now <= everyMs) return false;
    this.#at = now + everyMs;
    return true;
  }
}
