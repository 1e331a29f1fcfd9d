import type { World } from './world.ts';

/** Somebody who acts again and again, until told to stop. A turn that was planned before a stop never comes. */
export class Turns {
  readonly #world: World;
  #series = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** @param act takes a turn @returns milliseconds until the next; undefined: there is none */
  run(act: () => number | undefined): void {
    this.#series += 1;
    const series = this.#series;
    const turn = (): void => {
      if (series !== this.#series) return;
      const pauseMs = act();
      if (pauseMs !== undefined) this.#world.scheduler.after(pauseMs, turn);
    };
    turn();
  }

  stop(): void {
    this.#series += 1;
  }
}
