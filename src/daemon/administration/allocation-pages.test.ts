import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../ip/address.ts';
import { type Allocation, type ListPlace, listPlaceOf } from '../../ipam/allocation.ts';
import { Ledger } from '../../ipam/ledger.ts';
import { runAtOnce } from '../../platform/pace.ts';
import { AllocationPages } from './allocation-pages.ts';

const base = parseAddress('10.0.0.0').value;

function allocation(index: number): Allocation {
  const address = formatAddress({ family: 4, value: base + BigInt(index) });
  return {
    attachment: { network: 'n', containerId: `c${index}`, ifname: 'eth0' },
    node: index % 2 === 0 ? 'even' : 'odd',
    netns: '',
    addresses: [{ address, prefixLength: 24, pool: 'p', routes: [] }],
    createdAt: 0,
  };
}

function filled(count: number) {
  const ledger = new Ledger();
  const order = Array.from({ length: count }, (_, index) => (index * 7) % count);
  for (const index of order) ledger.add(allocation(index));
  let sorts = 0;
  const pages = new AllocationPages(
    ledger,
    async (steps) => {
      sorts += 1;
      return runAtOnce(steps);
    },
    { now: () => 0 },
  );
  return { ledger, pages, works: () => sorts };
}

const at = (address: string): ListPlace => ({ first: parseAddress(address), scope: '' });
const everything = { filter: {}, limit: 10 };

describe('pages of allocations', () => {
  it('have all of them once, in the order of their addresses', async () => {
    const { pages } = filled(101);
    const seen: string[] = [];
    let after: ListPlace | undefined;
    for (let count = 0; count < 20; count += 1) {
      const { allocations, isLast, total } = await pages.page({ ...everything, after });
      expect(total).toBe(101);
      seen.push(...allocations.map(({ attachment }) => attachment.containerId));
      if (isLast) break;
      after = listPlaceOf(allocations.at(-1) as Allocation);
    }
    expect(seen).toEqual(Array.from({ length: 101 }, (_, index) => `c${index}`));
  });

  it('lose none of those that have one address, each in its scope, at the border of two pages', async () => {
    const { ledger, pages } = filled(2);
    for (const scope of ['blue', 'red']) {
      const { attachment, addresses, ...more } = allocation(1);
      const pool = `p.scope-${scope}`;
      ledger.add({
        ...more,
        attachment: { ...attachment, network: scope },
        addresses: addresses.map((held) => ({ ...held, pool })),
      });
    }
    const seen: string[] = [];
    let after: ListPlace | undefined;
    for (let count = 0; count < 4; count += 1) {
      const { allocations } = await pages.page({ ...everything, limit: 1, after });
      seen.push(...allocations.map(({ attachment }) => `${attachment.containerId} ${attachment.network}`));
      after = listPlaceOf(allocations[0] as Allocation);
    }
    expect(seen).toEqual(['c0 n', 'c1 n', 'c1 blue', 'c1 red']);
  });

  it('show what was allocated before the first was asked for, and nothing that is released', async () => {
    const { ledger, pages } = filled(20);
    ledger.add(allocation(50));
    const first = await pages.page({ ...everything, after: undefined });
    expect(first.total).toBe(21);
    for (const index of [0, 12, 13]) ledger.remove(allocation(index).attachment);
    const second = await pages.page({ ...everything, after: at('10.0.0.9') });
    expect(second.allocations.map(({ attachment }) => attachment.containerId).slice(0, 3)).toEqual([
      'c10',
      'c11',
      'c14',
    ]);
    expect(second.total).toBe(18);
  });

  it('are of those that match, and a last page says so', async () => {
    const { pages } = filled(20);
    const { allocations, isLast, total } = await pages.page({
      ...{ after: undefined, limit: 10 },
      filter: { node: 'odd' },
    });
    expect({ held: allocations.length, isLast, total }).toEqual({ held: 10, isLast: true, total: 10 });
  });

  it('are sorted once for all behind the first', async () => {
    const { pages, works } = filled(100);
    await pages.page({ ...everything, after: undefined });
    const before = works();
    for (let index = 0; index < 5; index += 1) await pages.page({ ...everything, after: at('10.0.0.9') });
    // One choice each, no sort.
    expect(works() - before).toBe(5);
  });
});
