import { IpamError, isIpamError } from '../../src/resources/errors.ts';
import { aroundRequests, type StoreDecorator } from '../../src/store/wrap.ts';
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
export function simLink(world: World, node: string, lifetime: Lifetime, link: Link): StoreDecorator {
  const late = (): Promise<void> =>
    new Promise((resolve) => {
      world.scheduler.after(world.delay(eventMs), () => {
        if (lifetime.alive) resolve();
      });
    });
  const requests = aroundRequests(({ verb, kind, name }, make) => {
    world.operation(node, `store ${verb}`, kind, name);
    return effect(world, lifetime, verb === 'list' ? listing : request, async () => {
      if (link.cut) throw unavailable();
      try {
        const value = await make();
        world.transcript.add(world.now, node, `store did ${verb}`, [kind, name]);
        return value;
      } catch (error) {
        world.transcript.add(world.now, node, `store refused ${verb}`, [kind, name, (error as Error).message]);
        throw error;
      }
    });
  });
  return (inner) => ({
    ...requests(inner),
    async *watch(kind, fromVersion, signal) {
      const end = AbortSignal.any([signal, lifetime.signal]);
      for await (const event of kept(world, inner.watch<never>(kind, fromVersion, end))) {
        await late();
        if (link.cut || world.strikes('watch-drops', dropProbability)) throw unavailable();
        yield event;
      }
      if (!lifetime.alive) await forever();
    },
    // The others go on with what all share.
    close: async () => {},
  });
}

/** Counts when what a watch missed is no longer there. */
async function* kept<E>(world: World, events: AsyncIterable<E>): AsyncIterable<E> {
  try {
    yield* events;
  } catch (error) {
    if (isIpamError(error, 'compacted')) world.struck('compaction');
    throw error;
  }
}
