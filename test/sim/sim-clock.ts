import type { Clock } from '../../src/platform/clock.ts';
import type { Lifetime } from './lifetime.ts';
import { epoch, type World } from './world.ts';

/** How much faster or slower than the world a clock may go. */
export const largestDrift = 0.01;

/** A node's clock: off by some seconds, and a little too fast or too slow. */
export class SimClock implements Clock {
  readonly #world: World;
  readonly #lifetime: Lifetime;
  readonly #clock: Readonly<{ offsetMs: number }>;
  readonly #pace: number;

  /** @param clock somebody may set it meanwhile */
  constructor(world: World, lifetime: Lifetime, clock: { readonly offsetMs: number; readonly pace: number }) {
    this.#world = world;
    this.#lifetime = lifetime;
    this.#clock = clock;
    this.#pace = clock.pace;
  }

  now(): number {
    return Math.floor(epoch + this.#clock.offsetMs + this.#world.now * this.#pace);
  }

  elapsed(): number {
    return Math.floor(this.#world.now * this.#pace);
  }

  pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        if (this.#lifetime.alive) resolve();
      };
      if (signal.aborted) return end();
      signal.addEventListener('abort', end, { once: true });
      this.#world.scheduler.after(ms / this.#pace, () => {
        signal.removeEventListener('abort', end);
        end();
      });
    });
  }
}
