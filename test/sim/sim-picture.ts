import type { KeptDisk, Picture, PictureDisk } from '../../src/daemon/view/last-known-state.ts';
import { IpamError } from '../../src/resources/errors.ts';
import { type EffectKind, EffectQueue, effect } from './effect.ts';
import type { Lifetime } from './lifetime.ts';
import type { World } from './world.ts';

const write: EffectKind = {
  typicalMs: 1,
  fails: {
    kind: 'journal-fails',
    probability: 0.002,
    error: () => new IpamError('storage-full', 'no space left for the picture'),
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

export class MemoryPicture extends MemoryKept<Picture> {}

/** One process's hold on the picture that its node's disk keeps. */
export class SimPicture implements PictureDisk {
  readonly #world: World;
  readonly #node: string;
  readonly #disk: PictureDisk;
  readonly #lifetime: Lifetime;
  readonly #queue = new EffectQueue();

  constructor(world: World, node: string, disk: PictureDisk, lifetime: Lifetime) {
    this.#world = world;
    this.#node = node;
    this.#disk = disk;
    this.#lifetime = lifetime;
  }

  load(): Picture | undefined {
    return this.#disk.load();
  }

  save(picture: Picture): Promise<void> {
    const blocks = picture.blocks.map(({ metadata }) => metadata.name);
    this.#world.operation(this.#node, 'keep picture', ...blocks);
    return effect(this.#world, this.#lifetime, write, () => this.#disk.save(picture), this.#queue);
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
