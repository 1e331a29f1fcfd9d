import { describe, expect, it } from 'vitest';
import type { Resource, Stored } from '../../resources/resource.ts';
import { Shown } from './watch-progress.ts';

function thing(uid: string, version: number, deletionTimestamp?: string): Stored<Resource> {
  const metadata = { name: uid, uid, resourceVersion: `${version}`, creationTimestamp: '' };
  const going = deletionTimestamp === undefined ? {} : { deletionTimestamp };
  return { apiVersion: 'v1', kind: 'Thing', metadata: { ...metadata, ...going }, spec: {} };
}

/** Has what is waited for come, once every promise that can has resolved? */
async function hasCome(waiting: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([waiting.then(() => true), later]);
}

describe('what a picture shows', () => {
  it('has reached an object with its event, or with any that comes after it', async () => {
    const shown = new Shown();
    shown.replace([thing('a', 3)], '7');
    expect(await hasCome(shown.reached(thing('a', 3)))).toBe(true);
    const b = shown.reached(thing('b', 8));
    const lost = shown.reached(thing('c', 9));
    expect(await hasCome(b)).toBe(false);
    shown.put(thing('b', 8));
    expect([await hasCome(b), await hasCome(lost)]).toEqual([true, false]);
    shown.put(thing('d', 10));
    expect(await hasCome(lost)).toBe(true);
  });

  it('has not reached one object because of another that the same write changed', async () => {
    const shown = new Shown();
    shown.replace([], '7');
    shown.put(thing('a', 8));
    const b = shown.reached(thing('b', 8));
    expect(await hasCome(b)).toBe(false);
    shown.put(thing('b', 8));
    expect(await hasCome(b)).toBe(true);
  });

  it('has reached a write by a list that was made after it, and not by an older one', async () => {
    const shown = new Shown();
    const waiting = shown.reached(thing('a', 8));
    shown.replace([], '7');
    expect(await hasCome(waiting)).toBe(false);
    shown.replace([thing('a', 9)], '9');
    expect(await hasCome(waiting)).toBe(true);
    // Written, listed and deleted before its own answer came.
    expect(await hasCome(shown.reached(thing('b', 9)))).toBe(true);
  });

  it('says nothing of what the store has by what was remembered', async () => {
    const shown = new Shown();
    shown.replace([thing('a', 3)], undefined);
    expect(await hasCome(shown.reached(thing('a', 3)))).toBe(true);
    expect(await hasCome(shown.reached(thing('b', 2)))).toBe(false);
  });

  it('has an object no more when it was shown and then removed, or marked', async () => {
    const shown = new Shown();
    shown.replace([thing('a', 1), thing('b', 2)], '2');
    const [a, b, unseen] = [shown.gone(thing('a', 1)), shown.gone(thing('b', 2)), shown.gone(thing('c', 3))];
    expect([await hasCome(a), await hasCome(b), await hasCome(unseen)]).toEqual([false, false, false]);
    shown.put(thing('c', 3));
    shown.remove(thing('a', 4));
    shown.put(thing('b', 5, '2026-01-01T00:00:00Z'));
    expect([await hasCome(a), await hasCome(b), await hasCome(unseen)]).toEqual([true, true, false]);
    shown.replace([], '6');
    expect(await hasCome(unseen)).toBe(true);
  });
});
