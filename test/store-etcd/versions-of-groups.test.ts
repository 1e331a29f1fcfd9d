import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EtcdStore } from '../../src/store/etcd/etcd-store.ts';
import type { WatchEvent } from '../../src/store/store.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { expectCode, storeOn, type Thing, thing, thingKey } from './under-test.ts';

describe('writes that share a revision of etcd', () => {
  let cluster: EtcdCluster;
  let store: EtcdStore;
  const client = () => cluster.client();
  let shared: ReturnType<typeof client>;

  beforeAll(async () => {
    cluster = await startEtcd({ unix: true, args: ['--experimental-watch-progress-notify-interval=300ms'] });
    shared = cluster.client();
    store = storeOn(shared);
  });
  afterAll(async () => {
    await store.close();
    shared.close();
    await cluster.dispose();
  });

  async function take(from: string, count: number): Promise<WatchEvent<Thing>[]> {
    const stop = new AbortController();
    const events: WatchEvent<Thing>[] = [];
    for await (const event of store.watch<Thing>('Thing', from, stop.signal)) {
      if (event.type !== 'bookmark') events.push(event);
      if (events.length === count) break;
    }
    stop.abort();
    return events;
  }
  const versionOf = (event: WatchEvent<Thing>) =>
    event.type === 'bookmark' ? event.version : event.resource.metadata.resourceVersion;

  it('have versions of their own, and a watch goes on after any of them', async () => {
    await store.create(thing('first'));
    const { version } = await store.list('Thing');
    const created = await Promise.all(Array.from({ length: 12 }, (_, n) => store.create(thing(`t${n}`, n))));
    const revisions = new Set(created.map(({ metadata }) => metadata.resourceVersion.split('.')[0]));
    expect(revisions.size).toBeLessThan(6);
    expect(new Set(created.map(({ metadata }) => metadata.resourceVersion)).size).toBe(12);
    expect(await Promise.all(created.map(({ metadata }) => store.get(thingKey(metadata.name))))).toEqual(created);

    await Promise.all([
      ...created.slice(0, 6).map((one) => store.delete(thingKey(one.metadata.name), one.metadata.resourceVersion)),
      ...created.slice(6).map((one) => store.update({ ...one, spec: { n: one.spec.n + 100 } })),
    ]);
    const all = await take(version, 24);
    expect(new Set(all.map(versionOf)).size).toBe(24);
    for (const [at, event] of all.entries()) {
      if (at < all.length - 1) expect(await take(versionOf(event), all.length - at - 1)).toEqual(all.slice(at + 1));
    }
  });

  it('are each refused or done by themselves', async () => {
    await store.create(thing('there', 1));
    const outcomes = await Promise.allSettled(
      ['x', 'there', 'y', 'there', 'z'].map((name) => store.create(thing(name, 7))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect((await store.get<Thing>(thingKey('there')))?.spec.n).toBe(1);
  });

  it('are found by bookmarks when nothing happens for long', async () => {
    const { version } = await store.list('Thing');
    const stop = new AbortController();
    for await (const event of store.watch<Thing>('Other', version, stop.signal)) {
      expect(event.type).toBe('bookmark');
      expect(Number(versionOf(event as WatchEvent<Thing>))).toBeGreaterThanOrEqual(Number(version));
      break;
    }
    stop.abort();
  });

  it('are listed in pages that belong to one revision, while others write', async () => {
    const count = 3_500;
    const other = storeOn(shared, '/pages');
    await Promise.all(
      Array.from({ length: count }, (_, n) => other.create(thing(`p${String(n).padStart(5, '0')}`, n))),
    );
    const listing = other.list<Thing>('Thing');
    const writing = Promise.all(
      Array.from({ length: 50 }, (_, n) => other.delete(thingKey(`p${String(n * 70).padStart(5, '0')}`), undefined)),
    );
    const { items, version } = await listing;
    await writing;
    const now = new Map(items.map((item) => [item.metadata.name, item]));
    const stop = new AbortController();
    for await (const event of other.watch<Thing>('Thing', version, stop.signal)) {
      if (event.type === 'deleted') now.delete(event.resource.metadata.name);
      if (now.size === count - 50) break;
    }
    expect([...now.keys()]).toEqual((await other.list<Thing>('Thing')).items.map(({ metadata }) => metadata.name));
    await other.close();
  });

  it('are refused when they are too large, by name, and take no other with them', async () => {
    const large = 'x'.repeat(2 * 1024 * 1024);
    const small = store.create(thing('small', 1));
    await expect(store.create(thing('large', 1, large))).rejects.toThrow(
      /Thing "large" of 2097\d+ bytes: .*too large|larger than max/,
    );
    expect((await small).metadata.name).toBe('small');
  });

  it('are no versions of another history', async () => {
    const { version } = await store.list('Thing');
    const stop = new AbortController();
    const ahead = store.watch<Thing>('Thing', String(Number(version) + 1_000), stop.signal);
    await expectCode(
      (async () => {
        for await (const _ of ahead) break;
      })(),
      'compacted',
    );
    await expectCode(
      (async () => {
        for await (const _ of store.watch<Thing>('Thing', 'soon', stop.signal)) break;
      })(),
      'invalid-argument',
    );
  });
});
