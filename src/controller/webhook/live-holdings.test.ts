import { describe, expect, it } from 'vitest';
import { formatRangeSet, parseRangeSet } from '../../ip/range-set.ts';
import { newClaim } from '../../resources/claim.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { type HeldView, liveHoldings } from './live-holdings.ts';

describe('who holds contested addresses', () => {
  const store = new MemoryStore({ now: () => 0, newUid: () => 'u' });
  const place = { pool: 'blue', node: 'n1', daemon: 'd', network: 'net', containerId: 'c', ifname: 'eth0' };
  /** Behind: it has not seen the claim that the store has, and still has one that is gone. */
  const view = (claims: number, ready = true): HeldView => ({
    ready,
    claims,
    heldIn: () => parseRangeSet(['10.6.0.7', '10.7.0.1']),
    heldAnywhere: () => parseRangeSet(['10.6.0.7', '10.7.0.1']),
  });
  const heldOf = async (contested: string, known?: HeldView): Promise<string[]> =>
    formatRangeSet((await liveHoldings(store, parseRangeSet([contested]), '', known)).heldIn('blue'));

  it.each<[string, string, HeldView | undefined, string]>([
    ['is asked of the store', '10.6.0.0/16', undefined, '10.6.0.42'],
    ['is asked of the store though a view is there', '10.6.0.0/16', view(30_000), '10.6.0.42'],
    ['is asked of the view where there are too many claims to list', '10.6.0.0/16', view(30_001), '10.6.0.7'],
    ['is asked of the store while the view is not complete', '10.6.0.0/16', view(30_001, false), '10.6.0.42'],
    ['is asked of the store, name by name, however many claims there are', '10.6.0.0/24', view(30_001), '10.6.0.42'],
  ])('%s', async (_what, contested, known, held) => {
    await store.create(newClaim({ address: '10.6.0.42', ...place })).catch(() => {});
    expect(await heldOf(contested, known)).toEqual([held]);
  });
});
