import { OccupancyPublisher } from '../../src/controller/occupancy-publisher.ts';
import { ClusterState } from '../../src/controller/state.ts';
import { occupancyKind, publishedMark } from '../../src/resources/occupancy.ts';
import type { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { wrap } from '../../src/store/wrap.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { Lifetime } from './lifetime.ts';
import { SimClock } from './sim-clock.ts';
import { simLink } from './sim-store.ts';
import { Turns } from './turns.ts';
import type { World } from './world.ts';

/** Mostly it is there again after a moment; now and then nobody publishes for minutes. */
const awayMs = 3_000;
const turnMs = 5_000;

/** The part of ipam-controller that daemons go by which know their own claims only: the same code, with the world's faults. */
export class SimPublisher {
  readonly #world: World;
  readonly #store: MemoryStore;
  readonly #turns: Turns;
  #lifetime = new Lifetime();
  /** Has it ever said that pages are published? */
  hasPublished = false;

  constructor(world: World, store: MemoryStore) {
    this.#world = world;
    this.#store = store;
    this.#turns = new Turns(world);
  }

  start(): void {
    const world = this.#world;
    const lifetime = new Lifetime();
    this.#lifetime = lifetime;
    const clock = new SimClock(world, lifetime, { offsetMs: 0, pace: 1 });
    const store = wrap(this.#store, simLink(world, 'publisher', lifetime, { cut: false }));
    const state = new ClusterState({ store, log: silentLog, clock });
    world.operation('publisher', 'start');
    void state.start(lifetime.signal).then(() => this.#publish(state, store, clock, lifetime));
    void this.#look();
  }

  run(): void {
    this.#turns.run(() => {
      if (this.#world.strikes('crash', 0.1)) this.#crash();
      return this.#world.delay(turnMs / 2);
    });
  }

  stop(): void {
    this.#turns.stop();
  }

  async #publish(
    state: ClusterState,
    store: ReturnType<typeof wrap>,
    clock: SimClock,
    lifetime: Lifetime,
  ): Promise<void> {
    if (!lifetime.alive) return;
    await new OccupancyPublisher({ state, store, clock, log: silentLog }).run(lifetime.signal);
  }

  #crash(): void {
    this.#world.operation('publisher', 'crash');
    this.#lifetime.end();
    this.#world.scheduler.after(this.#world.delay(awayMs / 2), () => this.start());
  }

  async #look(): Promise<void> {
    const mark = await this.#store.get({ kind: occupancyKind, name: publishedMark });
    this.hasPublished ||= mark !== undefined;
    if (!this.hasPublished) this.#world.scheduler.after(100, () => void this.#look());
  }
}
