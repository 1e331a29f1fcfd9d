import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import type { Resource } from '../../resources/resource.ts';
import { silentLog } from '../../telemetry/log.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import { type StoreDecorator, wrap } from '../wrap.ts';
import { reflect } from './reflector.ts';

/** Sends one bookmark, breaks off, and says from where the next watch went on. */
function bookmarking(from: string[]): StoreDecorator {
  return () => ({
    async *watch(_, fromVersion) {
      from.push(fromVersion);
      yield { type: 'bookmark', version: '7' };
      throw new IpamError('store-unavailable', 'broke off');
    },
  });
}

describe('a reflection', () => {
  it('goes on from the last bookmark after a watch broke off', async () => {
    const from: string[] = [];
    const store = wrap(new MemoryStore({ now: () => 0, newUid: () => 'uid' }), bookmarking(from));
    const stop = new AbortController();
    const nothing = { replace: () => {}, put: () => {}, remove: () => {} };
    const pause = async (): Promise<void> => {
      if (from.length === 2) stop.abort();
    };
    const { ended } = await reflect(store, 'Thing', nothing, { log: silentLog, signal: stop.signal, pause });
    await ended;
    expect(from).toEqual(['0', '7']);
  });

  it('goes by what was seen last while the store is silent, and by the store when it speaks', async () => {
    const spoken = Promise.withResolvers<void>();
    const silent: StoreDecorator = (inner) => ({
      async list(kind) {
        await spoken.promise;
        return inner.list(kind);
      },
    });
    const memory = new MemoryStore({ now: () => 0, newUid: () => 'uid' });
    const present = await memory.create({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'new' }, spec: {} });
    const lastKnown = { ...present, metadata: { ...present.metadata, name: 'old' } };
    const shown: string[] = [];
    const reflection = {
      replace: (all: readonly Resource[]) => void shown.push(all.map(({ metadata }) => metadata.name).join()),
      put: () => {},
      remove: () => {},
    };
    const stop = new AbortController();
    const reflected = await reflect(wrap(memory, silent), 'Thing', reflection, {
      ...{ log: silentLog, signal: stop.signal, pause: async () => {} },
      ...{ lastKnown: [lastKnown], fallbackAfter: Promise.resolve() },
    });
    expect([reflected.isCurrent, shown]).toEqual([false, ['old']]);
    spoken.resolve();
    await reflected.current;
    expect(shown).toEqual(['old', 'new']);
    stop.abort();
    await reflected.ended;
  });
});
