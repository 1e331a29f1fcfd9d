import { describe, expect, it } from 'vitest';
import { thing } from './testing/thing.ts';
import { WatchProgress } from './watch-progress.ts';

/** Has what is waited for come, once every promise that can has resolved? */
async function hasCome(waiting: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([waiting.then(() => true), later]);
}

describe('the progress of a watch', () => {
  it('has reached an object with its event, or with any that comes after it', async () => {
    const progress = new WatchProgress();
    progress.replace([thing('a', 3)], '7');
    expect(await hasCome(progress.caughtUp(thing('a', 3)))).toBe(true);
    const b = progress.caughtUp(thing('b', 8));
    const lost = progress.caughtUp(thing('c', 9));
    expect(await hasCome(b)).toBe(false);
    progress.put(thing('b', 8));
    expect([await hasCome(b), await hasCome(lost)]).toEqual([true, false]);
    progress.put(thing('d', 10));
    expect(await hasCome(lost)).toBe(true);
  });

  it('has not reached one object because of another that the same write changed', async () => {
    const progress = new WatchProgress();
    progress.replace([], '7');
    progress.put(thing('a', 8));
    const b = progress.caughtUp(thing('b', 8));
    expect(await hasCome(b)).toBe(false);
    progress.put(thing('b', 8));
    expect(await hasCome(b)).toBe(true);
  });

  it('has reached a write by a list that was made after it, and not by an older one', async () => {
    const progress = new WatchProgress();
    const waiting = progress.caughtUp(thing('a', 8));
    progress.replace([], '7');
    expect(await hasCome(waiting)).toBe(false);
    progress.replace([thing('a', 9)], '9');
    expect(await hasCome(waiting)).toBe(true);
    // Written, listed and deleted before its own answer came.
    expect(await hasCome(progress.caughtUp(thing('b', 9)))).toBe(true);
  });

  it('says nothing of what the store has by what was known last', async () => {
    const progress = new WatchProgress();
    progress.replace([thing('a', 3)], undefined);
    expect(await hasCome(progress.caughtUp(thing('a', 3)))).toBe(true);
    expect(await hasCome(progress.caughtUp(thing('b', 2)))).toBe(false);
  });

  it('has an object no more when it was shown and then removed, or marked', async () => {
    const progress = new WatchProgress();
    progress.replace([thing('a', 1), thing('b', 2)], '2');
    const [a, b, unseen] = [
      progress.waitUntilDeleted(thing('a', 1)),
      progress.waitUntilDeleted(thing('b', 2)),
      progress.waitUntilDeleted(thing('c', 3)),
    ];
    expect([await hasCome(a), await hasCome(b), await hasCome(unseen)]).toEqual([false, false, false]);
    progress.put(thing('c', 3));
    progress.remove(thing('a', 4));
    progress.put(thing('b', 5, { deletedAt: '2026-01-01T00:00:00Z' }));
    expect([await hasCome(a), await hasCome(b), await hasCome(unseen)]).toEqual([true, true, false]);
    progress.replace([], '6');
    expect(await hasCome(unseen)).toBe(true);
  });

  it('is not waited for any longer than its caller wants', async () => {
    const progress = new WatchProgress();
    const over = new AbortController();
    const waiting = progress.caughtUp(thing('a', 9), over.signal);
    progress.replace([], '3');
    expect(await hasCome(waiting)).toBe(false);
    over.abort();
    progress.put(thing('b', 4));
    expect(await hasCome(waiting)).toBe(true);
  });
});
