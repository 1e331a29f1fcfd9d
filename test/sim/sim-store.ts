import { IpamError, isIpamError } from '../../src/resources/errors.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import type { GetOptions, ResourceKey, ResourceList, Selection, Store } from '../../src/store/store.ts';
import { versionOrder } from '../../src/store/version-order.ts';
import { aroundRequests, isWrite, type StoreDecorator, type StoreRequest } from '../../src/store/wrap.ts';
import { type EffectKind, effect } from './effect.ts';
import { forever, type Lifetime } from './lifetime.ts';
import type { World } from './world.ts';

const unavailable = (): IpamError => new IpamError('store-unavailable', 'the store does not answer');

const request = {
  typicalMs: 4,
  fails: { kind: 'store-fails', probability: 0.02, error: unavailable },
  answerLost: { kind: 'store-times-out', probability: 0.03, error: unavailable },
} satisfies EffectKind;
/** A list is large, and old by the time it arrives. */
const listing: EffectKind = { ...request, typicalMs: 60 };
/** Watch events are late by this much, each kind's on its own: kinds overtake each other, and answers. */
const eventMs = 6;
const dropProbability = 0.01;
/** So old may be what a server says to whom that is enough, milliseconds. */
const lagMs = 3_000;

export interface Link {
  /** Requests and events do not get through. */
  readonly cut: boolean;
}

/**
 * One process's connection to the store that all share.
 * @param onUnanswered told when what was asked for is carried out, and the answer is lost
 */
export function simLink(
  world: World,
  node: string,
  lifetime: Lifetime,
  link: Link,
  onUnanswered: () => void = () => {},
): StoreDecorator {
  const write: EffectKind = { ...request, answerLost: { ...request.answerLost, onLost: onUnanswered } };
  const late = (): Promise<void> =>
    new Promise((resolve) => {
      world.scheduler.after(world.delay(eventMs), () => {
        if (lifetime.alive) resolve();
      });
    });
  const kindOf = (asked: StoreRequest): EffectKind =>
    isWrite(asked) ? write : asked.verb === 'list' ? listing : request;
  const requests = aroundRequests((asked, make) => {
    const { verb, kind, name } = asked;
    world.operation(node, `store ${verb}`, kind, name);
    return effect(world, lifetime, kindOf(asked), async () => {
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
    ...lagging(world, inner, { ...inner, ...requests(inner) }),
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

/**
 * To whom that is enough, a server now and then says once more what it said some seconds ago, or would have said before something was
 * deleted: of a list no version tells that.
 */
function lagging(world: World, inner: Store, requests: Store): Pick<Store, 'get' | 'list' | 'delete'> {
  const said = new Map<string, { readonly value: unknown; readonly at: number }>();
  /** Lists that were asked for once, those of a daemon's own: there is one of them. */
  const lists = new Map<string, () => Promise<unknown>>();
  async function late<T>(id: string, will: (before: T) => boolean, make: () => Promise<T>): Promise<T> {
    const before = said.get(id) as { readonly value: T; readonly at: number } | undefined;
    const isRecent = before !== undefined && world.now - before.at < lagMs;
    const repeats = isRecent && will(before.value) && world.random.next() < 0.3;
    const value = await make();
    if (repeats) return before.value;
    said.set(id, { value, at: world.now });
    return value;
  }
  return {
    get: <R extends Resource>(key: ResourceKey, options: GetOptions = {}) => {
      const make = (): Promise<Stored<R> | undefined> => requests.get<R>(key);
      return options.stale === true ? late(`${key.kind} ${key.name}`, () => true, make) : make();
    },
    list: <R extends Resource>(kind: string, selection?: Selection) => {
      const make = (): Promise<ResourceList<R>> => requests.list<R>(kind, selection);
      const atLeast = selection?.atLeast;
      if (atLeast === undefined) return make();
      const id = `${kind} ${JSON.stringify(selection?.labels)}`;
      if (id.includes('/daemon"')) lists.set(id, () => inner.list<R>(kind, selection));
      const isNewEnough = ({ version }: ResourceList<R>): boolean => versionOrder(version) >= versionOrder(atLeast);
      return late(id, isNewEnough, make);
    },
    delete: async (key, version) => {
      for (const [id, make] of lists)
        if (id.startsWith(`${key.kind} `)) said.set(id, { value: await make(), at: world.now });
      return requests.delete(key, version);
    },
  };
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
