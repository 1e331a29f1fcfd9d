import type { KeptDisk, LastKnownState, LastKnownStateDisk } from '../../src/daemon/view/last-known-state.ts';
import { IpamError } from '../../src/resources/errors.ts';
import { type EffectKind, EffectQueue, effect } from './effect.ts';
import type { Lifetime } from './lifetime.ts';
import type { World } from './world.ts';

const write: EffectKind = {
  typicalMs: 1,
  fails: {
    kind: 'journal-fails',
    probability: 0.002,
    error: () => new IpamError('storage-full', 'no space left for the last known state'),
  },
};

/** Something in memory that outlives the daemon. */
export class MemoryKept<T> implements KeptDisk<T> {
  #kept: T | undefined;

  load(): T | undefined {
    return this.#kept;
  }

  async save(value: T): Promise<void> {
    this.#kept = value;
  }
}

export class MemoryLastKnownState extends MemoryKept<LastKnownState> {}

/** One process's hold on the last known state that its node's disk keeps. */
export class SimLastKnownState implements LastKnownStateDisk {
  readonly #world: World;
  readonly #node: string;
  readonly #disk: LastKnownStateDisk;
  readonly #lifetime: Lifetime;
  readonly #queue = new EffectQueue();

  constructor(world: World, node: string, disk: LastKnownStateDisk, lifetime: Lifetime) {
    this.#world = world;
    this.#node = node;
    this.#disk = disk;
    this.#lifetime = lifetime;
  }

  load(): LastKnownState | undefined {
    return this.#disk.load();
  }

  save(state: LastKnownState): Promise<void> {
    const blocks = state.blocks.map(({ metadata }) => metadata.name);
    this.#world.operation(this.#node, 'keep last known state', ...blocks);
    return effect(this.#world, this.#lifetime, write, () => this.#disk.save(state), this.#queue);
  }
}

/** One process's hold on anything else that its node's disk keeps. */
export class SimKept<T> implements KeptDisk<T> {
  readonly #world: World;
  readonly #node: string;
  readonly #disk: KeptDisk<T>;
  readonly #lifetime: Lifetime;
  readonly #queue = new EffectQueue();

  constructor(world: World, node: string, disk: KeptDisk<T>, lifetime: Lifetime) {
    this.#world = world;
    this.#node = node;
    this.#disk = disk;
    this.#lifetime = lifetime;
  }

  load(): T | undefined {
    return this.#disk.load();
  }

  save(value: T): Promise<void> {
    this.#world.operation(this.#node, 'keep position');
    return effect(this.#world, this.#lifetime, write, () => this.#disk.save(value), this.#queue);
  }
}
