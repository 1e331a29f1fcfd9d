import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import type { Resource } from '../resources/resource.ts';
import { silentLog } from '../telemetry/log.ts';
import { MemoryStore } from './memory/memory-store.ts';
import { ObservedStore } from './observed-store.ts';
import { reflect } from './reflect.ts';
import type { WatchEvent } from './store.ts';

/** Sends one bookmark, breaks off, and says from where the next watch went on. */
class BookmarkingStore extends ObservedStore {
  readonly from: string[] = [];

  override async *watch<R extends Resource>(_: string, from: string): AsyncGenerator<WatchEvent<R>> {
    this.from.push(from);
    yield { type: 'bookmark', version: '7' };
    throw new IpamError('store-unavailable', 'broke off');
  }
}

describe('a reflection', () => {
  it('goes on from the last bookmark after a watch broke off', async () => {
    const store = new BookmarkingStore(new MemoryStore({ now: () => 0, newUid: () => 'uid' }), () => {});
    const stop = new AbortController();
    const nothing = { replace: () => {}, put: () => {}, remove: () => {} };
    const pause = async (): Promise<void> => {
      if (store.from.length === 2) stop.abort();
    };
    const { ended } = await reflect(store, 'Thing', nothing, { log: silentLog, signal: stop.signal, pause });
    await ended;
    expect(store.from).toEqual(['0', '7']);
  });
});
