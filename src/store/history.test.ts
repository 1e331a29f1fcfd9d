import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { FollowedHistory, type SeenVersion } from './history.ts';
import { MemoryStore } from './memory/memory-store.ts';
import type { Store } from './store.ts';

const kind = 'Thing';
const thing = (name: string): Resource => ({ apiVersion: 'v1', kind, metadata: { name }, spec: {} });

function stored(uid: string, version: string): Stored<Resource> {
  const metadata = { name: uid, uid, resourceVersion: version, creationTimestamp: '' };
  return { ...thing(uid), metadata };
}

function follower(seen?: SeenVersion) {
  const told: string[] = [];
  const listener = {
    interrupted: () => {},
    confirmed: () => {},
    wentBack: (_kind: string, evidence: string) => void told.push(evidence),
    // Time passes when nothing else is to be done.
    pause: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
  return { told, history: new FollowedHistory(kind, listener, seen) };
}

const many = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => stored(`t${from + index}`, String(from + index)));

describe('the history of a store', () => {
  it('is the same in a list that has come further, also in the places of one transaction', () => {
    const { told, history } = follower();
    history.listed({ items: [], version: '7' });
    history.put(stored('a', '8.3'));
    history.listed({ items: [], version: '8' });
    history.listed({ items: [], version: '9' });
    expect(told).toEqual([]);
  });

  it.each([
    ['an event', (history: FollowedHistory) => history.put(stored('a', '12'))],
    ['a delete', (history: FollowedHistory) => history.removed(stored('a', '12'))],
    ['a bookmark', (history: FollowedHistory) => history.reached('12')],
    ['a list', (history: FollowedHistory) => history.listed({ items: [], version: '12' })],
  ])('is another one in a list that is older than %s', (_what, see) => {
    const { told, history } = follower();
    history.listed({ items: [], version: '7' });
    see(history);
    history.listed({ items: [], version: '11' });
    expect(told).toEqual(['it is at version 11, and was at 12']);
  });

  it('is another one in a store of another origin, however far that has come, also after a restart', () => {
    const { history } = follower();
    history.listed({ items: [], version: '7', origin: 'a' });
    const { told, history: later } = follower(history.seen);
    later.listed({ items: [], version: '700', origin: 'b' });
    expect(told).toEqual(['it is another store (b) than the one that was seen before (a)']);
  });

  it.each([
    ['is older than it was', stored('t19', '7'), 't19 is at version 7, and was at 19'],
    [
      'nobody saw although all until then was seen',
      stored('new', '18'),
      'new is at version 18, and was not there at 20',
    ],
  ])('is another one in a list that has come further, with an object that %s', (_what, object, evidence) => {
    const { told, history } = follower();
    history.listed({ items: many(20), version: '20' });
    history.removed(stored('t18', '20'));
    const items = [...many(17), object, stored('later', '30')];
    history.listed({ items, version: '40' });
    expect(told).toEqual([evidence]);
  });

  it('is the same in a list with an old object that is one of more than are remembered', () => {
    const { told, history } = follower();
    history.listed({ items: many(900).toReversed(), version: '900' });
    history.listed({ items: many(900), version: '900' });
    for (const item of many(300, 901)) history.put(item);
    history.listed({ items: many(1200), version: '1300' });
    expect(told).toEqual([]);
  });

  it('is in doubt after an interruption unless what was seen last is there as it was seen', async () => {
    let uids = 0;
    const store = new MemoryStore({ now: () => 0, newUid: () => `u${++uids}` });
    for (let n = 0; n < 300; n += 1) await store.create(thing(`t${n}`));
    const { history } = follower();
    history.listed(await store.list(kind));
    expect(await history.isSame(store)).toBe(true);
    const snapshot = store.snapshot();
    history.put(await store.create(thing('last')));
    expect(await history.isSame(store)).toBe(true);
    store.restore(snapshot);
    // Others write on, and the store comes further than what was seen.
    for (let n = 0; n < 9; n += 1) await store.create(thing(`more${n}`));
    expect(await history.isSame(store)).toBe(false);
  });

  it('is in doubt after an interruption where all can be listed again at little cost', async () => {
    const store = new MemoryStore({ now: () => 0, newUid: () => 'u' });
    await store.create(thing('one'));
    const { history } = follower();
    history.listed(await store.list(kind));
    expect(await history.isSame(store)).toBe(false);
  });
});

/** A store with this many things, followed until it is at version 20. */
async function followed(keptChanges = 1_000) {
  let uids = 0;
  const store = new MemoryStore({ now: () => 0, newUid: () => `u${++uids}`, keptChanges });
  for (let n = 1; n <= 20; n += 1) await store.create(thing(`t${n}`));
  const { told, history } = follower();
  history.listed(await store.list(kind));
  return { store, told, history };
}

const things = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, n) => `t${first + n}`);

async function settled(history: FollowedHistory, store: MemoryStore): Promise<boolean> {
  history.listed(await store.list(kind));
  return history.settle(store, new AbortController().signal);
}

describe('what a list lacks after an interruption', () => {
  it('was deleted, however much it is, when the changes of the store say so', async () => {
    const { store, told, history } = await followed();
    for (const name of things(1, 20)) await store.delete({ kind, name }, undefined);
    for (let n = 1; n <= 9; n += 1) await store.create(thing(`other${n}`));
    expect(await settled(history, store)).toBe(true);
    expect(told).toEqual([]);
  });

  it('shows that the store went back, however little it is, when the changes of the store say nothing of it', async () => {
    const { store, told, history } = await followed();
    const snapshot = store.snapshot();
    history.put(await store.create(thing('last')));
    store.restore(snapshot);
    // It comes further than it was, and what was written meanwhile is gone by now.
    const other = await store.create(thing('other'));
    await store.delete({ kind, name: 'other' }, undefined);
    expect(other.metadata.resourceVersion).toBe('21');
    await store.create(thing('more'));
    expect(await settled(history, store)).toBe(false);
    expect(told).toEqual(['1 of 1 that are gone were deleted by nobody']);
    // That is said once.
    expect(await settled(history, store)).toBe(true);
    expect(told).toHaveLength(1);
  });

  it('stays in doubt while the changes cannot be read', async () => {
    const { store, told, history } = await followed();
    store.lose(({ metadata }) => metadata.name === 't20');
    history.listed(await store.list(kind));
    const unknown = history.settle(
      watched(() => Promise.reject(away)),
      new AbortController().signal,
    );
    await expect(unknown).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(told).toEqual([]);
    const silent = watched(() => new Promise(() => {}));
    history.listed(await store.list(kind));
    expect(await history.settle(silent, new AbortController().signal)).toBe(false);
    expect(told).toEqual(['1 of 1 that are gone were deleted by nobody']);
  });

  it.each([
    ['a few', things(17, 20), []],
    ['all that was seen last', things(1, 20), ['nothing of what was seen last is there']],
    ['more than half', things(1, 13), ['13 of 20 that were seen last are gone at once']],
  ])('is a hint at most where the changes are no longer kept: %s', async (_what, names, evidence) => {
    const { store, told, history } = await followed();
    store.lose(({ metadata }) => names.includes(metadata.name));
    expect(await settled(history, store)).toBe(evidence.length === 0);
    expect(told).toEqual(evidence);
  });

  it('is a hint after a restart too, with what was kept of it', async () => {
    const { store, history } = await followed();
    const [same, other] = [follower(history.seen), follower(history.seen)];
    for (const name of things(1, 20)) await store.delete({ kind, name }, undefined);
    expect([await settled(same.history, store), same.told]).toEqual([true, []]);
    store.lose(() => false);
    expect(await settled(other.history, store)).toBe(false);
    expect(other.told).toEqual(['nothing of what was seen last is there']);
  });
});

const away = new IpamError('store-unavailable', 'away');

/** A store of which only changes are asked for. */
function watched(next: () => Promise<never>): Store {
  class Watched extends MemoryStore {
    override watch(): AsyncIterable<never> {
      return { [Symbol.asyncIterator]: () => ({ next }) };
    }
  }
  return new Watched({ now: () => 0, newUid: () => '' });
}
