import { describe, expect, it } from 'vitest';
import type { Resource, Stored } from '../resources/resource.ts';
import { FollowedHistory, type SeenVersion } from './history.ts';
import { MemoryStore } from './memory/memory-store.ts';

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

  it('is another one after a restart when nothing of what was seen last is there', () => {
    const { history } = follower();
    history.listed({ items: many(20), version: '20' });
    const [same, other] = [follower(history.seen), follower(history.seen)];
    same.history.listed({ items: many(30), version: '50' });
    other.history.listed({ items: many(20, 31), version: '50' });
    expect([same.told, other.told]).toEqual([[], ['nothing of what was seen last is there']]);
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
