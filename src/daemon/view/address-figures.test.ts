import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import { addressesOf, pool, world } from '../testing/world.ts';

const named = (...pools: string[]) => ({ source: { kind: 'named', pools } }) as const;
const range = {
  subnet: parsePrefix('10.9.0.0/24'),
  rangeStart: parseAddress('10.9.0.10'),
  rangeEnd: parseAddress('10.9.0.19'),
};
const ranges = { source: { kind: 'ranges', sets: [[range]] } } as const;

describe('what metrics show of addresses', () => {
  it('is of each node and pool that this daemon has given something of, and of its blocks', async () => {
    const w = await world('10.0.0.0/24,fd00::/112');
    await w.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.19'] }));
    await addressesOf(w, 'a');
    await addressesOf(w, 'b', { ...named('office'), node: 'node2' });
    await addressesOf(w, 'c', { ...named('office'), node: 'node3' });
    const { nodes, blocks } = await w.daemon.figures.own();
    expect(nodes.filter(({ blocks }) => blocks > 0).map(({ family, total, used }) => [family, total, used])).toEqual([
      [4, 13n, 1n],
      [6, 254n, 1n],
    ]);
    // The rest of a shared pool is promised to no node: any may take it.
    expect(nodes.filter(({ pool: name }) => name === 'office')).toEqual([
      { node: 'node2', pool: 'office', family: 4, blocks: 0, total: undefined, used: 1n },
      { node: 'node3', pool: 'office', family: 4, blocks: 0, total: undefined, used: 1n },
    ]);
    expect(blocks.map(({ total, used }) => [total, used])).toEqual([
      [13n, 1n],
      [254n, 1n],
    ]);
  });

  it('has what is left of the ranges of a CNI configuration: they are their node’s own', async () => {
    const w = await world('');
    await addressesOf(w, 'a', ranges);
    const [figures] = (await w.daemon.figures.own()).nodes;
    expect(figures).toMatchObject({ node: 'node1', family: 4, total: 10n, used: 1n });
    expect(await w.daemon.figures.pools()).toEqual([]);
  });
});
