import type { HistoryTime } from '../../src/ipam/history/recorder.ts';
import { Random } from '../kit/random.ts';
import { epoch, type World } from './world.ts';

/** By how much a clock is put, milliseconds: NTP after a start, a wrong zone, a machine that stood still. */
const steps = [-3_600_000, -40_000, -2_000, 2_000, 40_000, 3_600_000] as const;
/** Between two steps, world milliseconds, in the mean. */
const everyMs = 400_000;
/** How long the past is kept where clocks are not put, milliseconds. */
const shortMs = 25 * 60_000;
const longMs = 365 * 86_400_000;

/**
 * The clock by which a node's history is written. In every other world it is put now and then, and the past is kept for ever; in the
 * others it goes as the node's own, and what is old is left out.
 */
export class HistoryClock implements HistoryTime {
  readonly #world: World;
  readonly #clock: { readonly offsetMs: number; readonly pace: number };
  readonly isPut: boolean;
  #putBy = 0;

  constructor(world: World, name: string, clock: { readonly offsetMs: number; readonly pace: number }) {
    this.#world = world;
    this.#clock = clock;
    this.isPut = world.options.seed % 2 === 1;
    if (!this.isPut) return;
    // A stream of its own: other faults happen as without.
    const random = new Random(world.options.seed + [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0));
    const next = (): void => {
      world.scheduler.after(random.next() * 2 * everyMs, () => {
        this.#putBy = random.next() < 0.5 ? 0 : random.pick([...steps]);
        next();
      });
    };
    next();
  }

  get keptMs(): number {
    return this.isPut ? longMs : shortMs;
  }

  /** @param time of the world */
  at(time: number): number {
    const { offsetMs, pace } = this.#clock;
    return Math.floor(epoch + offsetMs + time * pace) + this.#putBy;
  }

  now(): number {
    return this.at(this.#world.now);
  }

  elapsed(): number {
    return this.#world.now * this.#clock.pace;
  }
}
