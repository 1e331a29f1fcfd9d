import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import type { Resource } from '../../resources/resource.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import type { ResourceKey } from '../store.ts';
import { type StoreDecorator, wrap } from '../wrap.ts';
import { RemoteStore } from './remote-store.ts';
import { Servers } from './servers.ts';

const thing = (name: string, n = 1): Resource => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, spec: { n } });
const key: ResourceKey = { kind: 'Thing', name: 'a' };

/** Does what it is told, and does not say so. */
const mute: StoreDecorator = (inner) => {
  const lose = (_: unknown): never => {
    throw new IpamError('store-unavailable', 'the answer was lost');
  };
  return {
    create: async (resource, uid) => lose(await inner.create(resource, uid)),
    update: async (resource) => lose(await inner.update(resource)),
    delete: async (of, resourceVersion) => lose(await inner.delete(of, resourceVersion)),
  };
};

const gone: StoreDecorator = () => ({
  async update() {
    throw new IpamError('not-ready', 'nothing was sent');
  },
});

/** Two servers over one store: the first is as given. */
function over(first: StoreDecorator) {
  let uids = 0;
  const kept = new MemoryStore({ now: () => 0, newUid: () => `kept-${++uids}` });
  const store = new RemoteStore({
    servers: new Servers(['first', 'second']),
    open: (address) => (address === 'first' ? wrap(kept, first) : kept),
    newUid: () => `own-${++uids}`,
    now: () => 0,
    pause: async () => {},
  });
  return { kept, store };
}

describe('a write whose answer was lost', () => {
  it('that creates is made again elsewhere, and known as our own', async () => {
    const { kept, store } = over(mute);
    const created = await store.create(thing('a'));
    expect(await kept.get(key)).toEqual(created);
  });

  it('that creates does not take what somebody else made for our own', async () => {
    const { kept, store } = over(mute);
    await kept.create(thing('a'));
    expect(await codeOf(store.create(thing('a')))).toBe('already-exists');
  });

  it('that deletes is done when the object is gone', async () => {
    const { kept, store } = over(mute);
    const { metadata } = await kept.create(thing('a'));
    expect(await codeOf(store.delete(key, metadata.resourceVersion))).toBeUndefined();
    expect(await kept.get(key)).toBeUndefined();
  });

  it('that updates is neither done nor refused: nobody knows who made the version that is there', async () => {
    const { kept, store } = over(mute);
    const present = await kept.create(thing('a'));
    expect(await codeOf(store.update({ ...present, spec: { n: 2 } }))).toBe('store-unavailable');
  });

  it('but was surely not sent is made by the next server, and refused like any other', async () => {
    const { kept, store } = over(gone);
    const present = await kept.create(thing('a'));
    await store.update({ ...present, spec: { n: 2 } });
    expect(await codeOf(store.update({ ...present, spec: { n: 3 } }))).toBe('conflict');
  });
});

describe('the order of servers', () => {
  it('begins with the one that answered last, and ends with those that failed lately', () => {
    const servers = new Servers(['a', 'b', 'c']);
    servers.failed('a', 0);
    expect(servers.order(0)).toEqual(['b', 'c', 'a']);
    servers.answered('c');
    expect(servers.order(0)).toEqual(['c', 'b', 'a']);
    expect(servers.order(1_000)).toEqual(['c', 'a', 'b']);
  });

  it('takes over new servers behind those that are known', () => {
    const servers = new Servers(['a', 'b']);
    servers.answered('b');
    servers.replace(['c', 'a', 'b']);
    expect(servers.order(0)).toEqual(['b', 'a', 'c']);
  });
});
