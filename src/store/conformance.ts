import { describe, expect, it } from 'vitest';
import type { Resource, Stored } from '../resources/resource.ts';
import { codeOf } from '../resources/testing/refusal.ts';
import type { Change, ResourceKey, Store, WatchEvent } from './store.ts';

/** A fresh, empty store, and what only some adapters can do. */
export interface StoreUnderTest {
  readonly store: Store;
  /** The same state through a second store, as another process would see it. */
  readonly reopen?: () => Promise<Store>;
  readonly dispose: () => Promise<void>;
  /** Its server chooses the uids. */
  readonly choosesUids?: true;
  /** Drops the changes that are kept for watchers. */
  readonly forget: () => Promise<void>;
}

const apiVersion = 'test.berth.network/v1';
/** The kinds that the suite writes, for stores that must know them first. */
export const conformanceKinds = [
  { apiVersion, kind: 'Thing', plural: 'things', namespaced: false, statusSubresource: true },
  { apiVersion, kind: 'Things', plural: 'thingses', namespaced: true, statusSubresource: true },
  { apiVersion, kind: 'Plain', plural: 'plains', namespaced: false, statusSubresource: false },
] as const;

type Thing = Resource<string, { readonly n: number }, { readonly seen: number }>;

const kind = 'Thing';
const key = (name: string, of = kind): ResourceKey => ({ kind: of, name });
const thing = (name: string, n = 0, of = kind): Thing => ({ apiVersion, kind: of, metadata: { name }, spec: { n } });

/** For a store that keeps the last so many changes. */
export async function forgetByChanging(store: Store, keptChanges: number): Promise<void> {
  for (let n = 0; n <= keptChanges; n += 1) {
    const { metadata } = await store.create(thing('forget', n));
    await store.delete(key('forget'), metadata.resourceVersion);
  }
}

/** Without the bookmarks, that some stores send. */
async function* changes(events: AsyncIterable<WatchEvent<Thing>>): AsyncIterable<Change<Thing>> {
  for await (const event of events) if (event.type !== 'bookmark') yield event;
}

/** Collects changes until there are `count`. */
async function collect(
  events: AsyncIterable<WatchEvent<Thing>>,
  count: number,
  stop: AbortController,
): Promise<Change<Thing>[]> {
  const seen: Change<Thing>[] = [];
  for await (const event of changes(events)) {
    seen.push(event);
    if (seen.length === count) break;
  }
  stop.abort();
  return seen;
}

/** What every adapter of the resource port must do. */
export function describeStoreConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the resource port on ${name}`, () => {
    const withStore = (test: (under: StoreUnderTest) => Promise<void>) => async (): Promise<void> => {
      const under = await open();
      try {
        await test(under);
      } finally {
        await under.dispose();
      }
    };

    it(
      'returns what was created, with uid, version and time of its own',
      withStore(async ({ store }) => {
        const created = await store.create(thing('a', 1));
        expect(created.metadata.uid).not.toBe('');
        expect(Date.parse(created.metadata.creationTimestamp)).not.toBeNaN();
        expect(await store.get(key('a'))).toEqual(created);
        expect(await store.get(key('b'))).toBeUndefined();
        expect(await codeOf(store.create(thing('a')))).toBe('already-exists');
      }),
    );

    it(
      'knows a create that is made again by the uid that its caller chose',
      withStore(async ({ store, choosesUids }) => {
        const uid = 'a0a0a0a0-0000-4000-8000-000000000001';
        if (choosesUids) {
          expect(await codeOf(store.create(thing('a', 1), uid))).toBe('unsupported');
          return;
        }
        const { version } = await store.list(kind);
        const created = await store.create(thing('a', 1), uid);
        expect(created.metadata.uid).toBe(uid);
        expect(await store.create(thing('a', 1), uid)).toEqual(created);
        expect(await codeOf(store.create(thing('a', 1), 'a0a0a0a0-0000-4000-8000-000000000002'))).toBe(
          'already-exists',
        );
        const stop = new AbortController();
        await store.create(thing('b', 2));
        const seen = await collect(store.watch<Thing>(kind, version, stop.signal), 2, stop);
        expect(seen.map(({ resource }) => resource.metadata.name)).toEqual(['a', 'b']);
      }),
    );

    it(
      'lets exactly one of many racing creates win',
      withStore(async ({ store, reopen }) => {
        const stores = reopen === undefined ? [store] : [store, await reopen()];
        const racers = Array.from({ length: 64 }, (_, n) =>
          codeOf((stores[n % stores.length] ?? store).create(thing('prize', n))),
        );
        const outcomes = await Promise.all(racers);
        expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'already-exists')).toHaveLength(63);
        const winner = outcomes.indexOf(undefined);
        expect((await store.get<Thing>(key('prize')))?.spec.n).toBe(winner);
      }),
    );

    it(
      'updates only the version it was shown, so that no racing update is lost',
      withStore(async ({ store }) => {
        await store.create(thing('counter', 0));
        const increment = async (): Promise<void> => {
          for (;;) {
            const present = (await store.get<Thing>(key('counter'))) as Stored<Thing>;
            const outcome = await codeOf(store.update({ ...present, spec: { n: present.spec.n + 1 } }));
            if (outcome === undefined) return;
            expect(outcome).toBe('conflict');
          }
        };
        await Promise.all(Array.from({ length: 20 }, increment));
        expect((await store.get<Thing>(key('counter')))?.spec.n).toBe(20);
        const gone = (await store.get<Thing>(key('counter'))) as Stored<Thing>;
        await store.delete(key('counter'), undefined);
        expect(await codeOf(store.update(gone))).toBe('not-found');
      }),
    );

    it(
      'deletes only the version it was told, keeps the uid over updates, and gives a new one to a successor',
      withStore(async ({ store }) => {
        const first = await store.create(thing('a', 1));
        const second = await store.update({ ...first, spec: { n: 2 } });
        expect(second.metadata.uid).toBe(first.metadata.uid);
        expect(second.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
        expect(await codeOf(store.delete(key('a'), first.metadata.resourceVersion))).toBe('conflict');
        expect(await codeOf(store.delete(key('a'), second.metadata.resourceVersion))).toBeUndefined();
        expect(await codeOf(store.delete(key('a'), undefined))).toBe('not-found');
        expect((await store.create(thing('a'))).metadata.uid).not.toBe(first.metadata.uid);
      }),
    );

    it(
      'lists one kind, sorted by namespace, then name',
      withStore(async ({ store }) => {
        for (const name of ['b', 'a-1', 'a', 'c.d']) await store.create(thing(name));
        const inNamespace = { ...thing('other'), kind: 'Things' };
        for (const namespace of ['default-2', 'default'])
          for (const name of ['y', 'x']) await store.create({ ...inNamespace, metadata: { name, namespace } });
        const { items } = await store.list(kind);
        expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'a-1', 'b', 'c.d']);
        const others = (await store.list('Things')).items.map(
          ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
        );
        expect(others).toEqual(['default/x', 'default/y', 'default-2/x', 'default-2/y']);
        expect((await store.get({ kind: 'Things', name: 'x', namespace: 'default' }))?.metadata.name).toBe('x');
      }),
    );

    it.each(['Thing', 'Plain'])('writes the status of a %s by itself, and only that', async (of) => {
      await withStore(async ({ store }) => {
        const created = await store.create({ ...thing('a', 1, of), status: { seen: 9 } });
        expect(created.status).toBeUndefined();
        const seen = await store.updateStatus({ ...created, spec: { n: 7 }, status: { seen: 1 } });
        expect(seen).toMatchObject({ spec: { n: 1 }, status: { seen: 1 } });
        expect(await codeOf(store.update({ ...created, spec: { n: 2 } }))).toBe('conflict');
        expect(await codeOf(store.updateStatus({ ...created, status: { seen: 2 } }))).toBe('conflict');
        const updated = await store.update({ ...seen, spec: { n: 2 }, status: { seen: 3 } });
        expect(updated).toMatchObject({ spec: { n: 2 }, status: { seen: 1 } });
        expect(await store.get(key('a', of))).toEqual(updated);
        await store.delete(key('a', of), undefined);
        expect(await codeOf(store.updateStatus(updated))).toBe('not-found');
      })();
    });

    it(
      'lists what has the labels that are asked for, as it is at the time of the call',
      withStore(async ({ store, reopen }) => {
        const writer = reopen === undefined ? store : await reopen();
        const labelled = (name: string, labels: Record<string, string>) => ({
          ...thing(name),
          metadata: { name, labels },
        });
        const listed = async (labels: Record<string, string>): Promise<readonly string[]> =>
          (await store.list(kind, { labels })).items.map(({ metadata }) => metadata.name);
        await writer.create(labelled('a', { node: 'n1', pool: 'p' }));
        const moving = await writer.create(labelled('b', { node: 'n2', pool: 'p' }));
        await writer.create(thing('c'));
        expect(await listed({ node: 'n1' })).toEqual(['a']);
        expect(await listed({ pool: 'p' })).toEqual(['a', 'b']);
        expect(await listed({ node: 'n2', pool: 'q' })).toEqual([]);
        expect(await listed({})).toEqual(['a', 'b', 'c']);
        await writer.update({ ...moving, metadata: { ...moving.metadata, labels: { node: 'n1' } } });
        expect(await listed({ node: 'n1' })).toEqual(['a', 'b']);
        const present = (await store.get(key('b'))) as Stored<Thing>;
        const { version } = await store.list(kind, { labels: { node: 'n9' } });
        expect(BigInt(version)).toBeGreaterThanOrEqual(BigInt(present.metadata.resourceVersion));
        expect(BigInt(version)).toBeLessThanOrEqual(BigInt((await store.list(kind)).version));
      }),
    );

    it(
      'lists what was written up to a version, or a moment ago, to whom that is enough',
      withStore(async ({ store }) => {
        const labels = { node: 'n1' };
        const of = async (atLeast: string): Promise<readonly string[]> =>
          (await store.list(kind, { labels, atLeast })).items.map(({ metadata }) => metadata.name);
        const marked = (name: string): Thing => ({ ...thing(name), metadata: { name, labels } });
        const first = await store.create(marked('a'));
        expect(await of(first.metadata.resourceVersion)).toEqual(['a']);
        const second = await store.create(marked('b'));
        expect(await of(second.metadata.resourceVersion)).toEqual(['a', 'b']);
        await expect.poll(() => of('0'), { timeout: 10_000 }).toEqual(['a', 'b']);
      }),
    );

    it(
      'gets what was so a moment ago to whom that is enough',
      withStore(async ({ store }) => {
        const created = await store.create(thing('a', 1));
        // Of a store that is not asked for more, the caller may be ahead: it catches up.
        await expect.poll(() => store.get(key('a'), { stale: true }), { timeout: 10_000 }).toEqual(created);
        expect(await store.get(key('b'), { stale: true })).toBeUndefined();
      }),
    );

    it(
      'says in every list which store it is, where it knows',
      withStore(async ({ store, reopen }) => {
        const { origin } = await store.list(kind);
        await store.create(thing('a', 1));
        expect((await store.list(kind)).origin).toBe(origin);
        expect((await (await reopen?.())?.list(kind))?.origin ?? origin).toBe(origin);
      }),
    );

    it(
      'counts its versions up, over lists, writes and what watchers see',
      withStore(async ({ store }) => {
        const start = await store.list(kind);
        const created = await store.create(thing('a', 1));
        const updated = await store.update({ ...created, spec: { n: 2 } });
        const after = await store.list(kind);
        await store.delete(key('a'), undefined);
        const stop = new AbortController();
        const seen = await collect(store.watch<Thing>(kind, start.version, stop.signal), 3, stop);
        const [added, modified, deleted] = seen.map(({ resource }) => resource.metadata.resourceVersion);
        expect([added, modified]).toEqual([created.metadata.resourceVersion, updated.metadata.resourceVersion]);
        expect(BigInt(start.version)).toBeLessThan(BigInt(added ?? ''));
        expect(BigInt(added ?? '')).toBeLessThan(BigInt(modified ?? ''));
        expect(BigInt(modified ?? '')).toBeLessThanOrEqual(BigInt(after.version));
        expect(BigInt(after.version)).toBeLessThan(BigInt(deleted ?? ''));
      }),
    );

    it(
      'keeps a deleted object until its last finalizer is gone',
      withStore(async ({ store }) => {
        const { metadata, ...rest } = thing('a', 1);
        const { version } = await store.list(kind);
        const created = await store.create({
          ...rest,
          metadata: { ...metadata, finalizers: ['test.berth.network/hold'] },
        });
        await store.delete(key('a'), created.metadata.resourceVersion);
        const marked = (await store.get<Thing>(key('a'))) as Stored<Thing>;
        expect(Date.parse(marked.metadata.deletionTimestamp ?? '')).not.toBeNaN();
        expect(await codeOf(store.delete(key('a'), undefined))).toBeUndefined();
        const other = { ...marked.metadata, finalizers: ['test.berth.network/hold', 'test.berth.network/more'] };
        expect(await codeOf(store.update({ ...marked, metadata: other }))).toBe('invalid-config');
        await store.update({ ...marked, metadata: { ...marked.metadata, finalizers: [] } });
        expect(await store.get(key('a'))).toBeUndefined();
        const stop = new AbortController();
        const seen = await collect(store.watch<Thing>(kind, version, stop.signal), 3, stop);
        expect(seen.map(({ type }) => type)).toEqual(['added', 'modified', 'deleted']);
      }),
    );

    it(
      'shows every change after a list exactly once, in order, while a writer goes on',
      withStore(async ({ store, reopen }) => {
        const writer = reopen === undefined ? store : await reopen();
        const writing = (async () => {
          for (let n = 0; n < 60; n += 1) {
            const created = await writer.create(thing(`t${n}`, n));
            const updated = await writer.update({ ...created, spec: { n: n + 1000 } });
            if (n % 2 === 0) await writer.delete(key(`t${n}`), updated.metadata.resourceVersion);
          }
        })();
        await store.create(thing('before'));
        const { items, version } = await store.list<Thing>(kind);
        const state = new Map(items.map((item) => [item.metadata.name, item.spec.n]));
        const stop = new AbortController();
        for await (const { type, resource } of changes(store.watch<Thing>(kind, version, stop.signal))) {
          const present = state.get(resource.metadata.name);
          if (type === 'added') expect(present).toBeUndefined();
          else expect(present).toBeDefined();
          if (type === 'deleted') state.delete(resource.metadata.name);
          else state.set(resource.metadata.name, resource.spec.n);
          if (resource.metadata.name === 't59' && resource.spec.n === 1059) break;
        }
        stop.abort();
        await writing;
        const now = await store.list<Thing>(kind);
        expect(state).toEqual(new Map(now.items.map((item) => [item.metadata.name, item.spec.n])));
      }),
    );

    it(
      'resumes a watch from the version of the last event seen',
      withStore(async ({ store }) => {
        const { version } = await store.list(kind);
        for (let n = 0; n < 6; n += 1) await store.create(thing(`t${n}`, n));
        const first = new AbortController();
        const seen = await collect(store.watch<Thing>(kind, version, first.signal), 3, first);
        const second = new AbortController();
        const from = seen.at(-1)?.resource.metadata.resourceVersion ?? '';
        const rest = await collect(store.watch<Thing>(kind, from, second.signal), 3, second);
        expect([...seen, ...rest].map(({ resource }) => resource.spec.n)).toEqual([0, 1, 2, 3, 4, 5]);
      }),
    );

    it(
      'says compacted when what a watcher missed is no longer kept',
      withStore(async ({ store, forget }) => {
        const { version } = await store.list(kind);
        await store.create(thing('t'));
        await forget();
        const stop = new AbortController();
        expect(await codeOf(collect(store.watch<Thing>(kind, version, stop.signal), 1, stop))).toBe('compacted');
      }),
      // To forget may take hundreds of writes, each with a sync of its own.
      120_000,
    );

    it(
      'ends a watch when it is told to, and when the store closes',
      withStore(async ({ store }) => {
        const { version } = await store.list(kind);
        const stop = new AbortController();
        const ended = collect(store.watch<Thing>(kind, version, stop.signal), 1, stop);
        stop.abort();
        expect(await ended).toEqual([]);
        const other = new AbortController();
        const closed = collect(store.watch<Thing>(kind, version, other.signal), 1, other);
        await store.close();
        expect(await closed).toEqual([]);
        expect(await codeOf(store.list(kind))).toBe('store-unavailable');
      }),
    );
  });
}
