import { IpamError, isIpamError } from '../../src/resources/errors.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import type { ResourceKey, ResourceList, Store, WatchEvent } from '../../src/store/store.ts';
import { type EffectKind, effect } from './effect.ts';
import { forever, type Lifetime } from './lifetime.ts';
import type { World } from './world.ts';

const unavailable = (): IpamError => new IpamError('store-unavailable', 'the store does not answer');

const request: EffectKind = {
  typicalMs: 4,
  fails: { kind: 'store-fails', probability: 0.02, error: unavailable },
  answerLost: { kind: 'store-times-out', probability: 0.03, error: unavailable },
};
/** A list is large, and old by the time it arrives. */
const listing: EffectKind = { ...request, typicalMs: 60 };
/** Watch events are late by this much, each kind's on its own: kinds overtake each other, and answers. */
const eventMs = 6;
const dropProbability = 0.01;

export interface Link {
  /** Requests and events do not get through. */
  readonly cut: boolean;
}

/** One process's connection to the store that all share. */
export class SimStore implements Store {
  readonly #world: World;
  readonly #node: string;
  readonly #shared: Store;
  readonly #lifetime: Lifetime;
  readonly #link: Link;

  constructor(world: World, node: string, shared: Store, lifetime: Lifetime, link: Link) {
    this.#world = world;
    this.#node = node;
    this.#shared = shared;
    this.#lifetime = lifetime;
    this.#link = link;
  }

  get<R extends Resource>(key: ResourceKey): Promise<Stored<R> | undefined> {
    return this.#request('get', key, () => this.#shared.get<R>(key));
  }

  list<R extends Resource>(kind: string): Promise<ResourceList<R>> {
    return this.#request('list', { kind, name: '' }, () => this.#shared.list<R>(kind));
  }

  create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>> {
    return this.#request('create', keyOf(resource), () => this.#shared.create(resource, uid));
  }

  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#request('update', keyOf(resource), () => this.#shared.update(resource));
  }

  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#request('update-status', keyOf(resource), () => this.#shared.updateStatus(resource));
  }

  delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    return this.#request('delete', key, () => this.#shared.delete(key, resourceVersion));
  }

  async *watch<R extends Resource>(
    kind: string,
    fromVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<R>> {
    const end = AbortSignal.any([signal, this.#lifetime.signal]);
    for await (const event of this.#kept(this.#shared.watch<R>(kind, fromVersion, end))) {
      await this.#late();
      if (this.#link.cut || this.#world.strikes('watch-drops', dropProbability)) throw unavailable();
      yield event;
    }
    if (!this.#lifetime.alive) await forever();
  }

  async close(): Promise<void> {}

  /** Counts when what a watch missed is no longer there. */
  async *#kept<E>(events: AsyncIterable<E>): AsyncIterable<E> {
    try {
      yield* events;
    } catch (error) {
      if (isIpamError(error, 'compacted')) this.#world.struck('compaction');
      throw error;
    }
  }

  #late(): Promise<void> {
    return new Promise((resolve) => {
      this.#world.scheduler.after(this.#world.delay(eventMs), () => {
        if (this.#lifetime.alive) resolve();
      });
    });
  }

  #request<T>(verb: string, { kind, name }: ResourceKey, act: () => Promise<T>): Promise<T> {
    const world = this.#world;
    world.operation(this.#node, `store ${verb}`, kind, name);
    return effect(world, this.#lifetime, verb === 'list' ? listing : request, async () => {
      if (this.#link.cut) throw unavailable();
      try {
        const value = await act();
        world.transcript.add(world.now, this.#node, `store did ${verb}`, [kind, name]);
        return value;
      } catch (error) {
        world.transcript.add(world.now, this.#node, `store refused ${verb}`, [kind, name, (error as Error).message]);
        throw error;
      }
    });
  }
}

function keyOf({ kind, metadata }: Resource): ResourceKey {
  return { kind, name: metadata.name };
}
