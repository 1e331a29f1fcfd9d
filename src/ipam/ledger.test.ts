import { describe, expect, it } from 'vitest';
import type { Allocation } from './allocation.ts';
import { Ledger } from './ledger.ts';

function holding(containerId: string, ...held: readonly (readonly [address: string, pool: string])[]): Allocation {
  return {
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    node: 'n1',
    addresses: held.map(([address, pool]) => ({ address, pool, prefixLength: 24, routes: [] })),
    netns: '',
    createdAt: 0,
  };
}

describe('the ledger', () => {
  it('knows of which pools something is held, until the last address of each is given back', () => {
    const ledger = new Ledger();
    const [a, b] = [holding('a', ['10.0.0.5', 'office'], ['fd00::5', 'six']), holding('b', ['10.0.0.6', 'office'])];
    const known = (): readonly boolean[] => ['office', 'six', 'other'].map((pool) => ledger.hasPool(pool));
    for (const one of [a, b]) ledger.add(one);
    expect([known(), [...ledger.pools()]]).toEqual([
      [true, true, false],
      ['office', 'six'],
    ]);
    ledger.remove(a.attachment);
    ledger.remove(a.attachment);
    expect(known()).toEqual([true, false, false]);
    ledger.remove(b.attachment);
    expect([known(), [...ledger.pools()]]).toEqual([[false, false, false], []]);
  });
});
