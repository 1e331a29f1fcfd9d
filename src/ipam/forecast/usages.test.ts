import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../ip/prefix.ts';
import type { NodeFigures, PoolFigures } from '../figures.ts';
import { nodeUsages, poolUsages } from './usages.ts';

const pool = (name: string, total: bigint, free: bigint, subnet = '10.0.0.0/24'): PoolFigures => ({
  ...{ pool: name, family: 4, subnet: parsePrefix(subnet), total },
  states: { used: 0n, parked: 0n, leased: total - free, free },
});
const figures = (of: string, used: bigint, total?: bigint, node = 'n1'): NodeFigures => ({
  ...{ node, pool: of, family: 4, blocks: 0, total, used },
});

describe('what is out', () => {
  it('is of a pool what is not free, and of a subnet that of all its pools', () => {
    expect(poolUsages([pool('a', 100n, 40n), pool('b', 50n, 50n), pool('c', 10n, 1n, '10.1.0.0/24')])).toEqual([
      { kind: 'pool', family: 4, name: 'a', taken: 60, total: 100 },
      { kind: 'pool', family: 4, name: 'b', taken: 0, total: 50 },
      { kind: 'pool', family: 4, name: 'c', taken: 9, total: 10 },
      { kind: 'subnet', family: 4, name: '10.0.0.0/24', taken: 60, total: 150 },
      { kind: 'subnet', family: 4, name: '10.1.0.0/24', taken: 9, total: 10 },
    ]);
  });

  it('is of a node what its Pods have, of that and what its blocks and its pools have left', () => {
    const own = [figures('blocks', 10n, 16n), figures('shared', 5n), figures('blocks', 99n, 99n, 'n2')];
    const pools = [pool('blocks', 256n, 64n), pool('shared', 100n, 30n), pool('other', 9n, 9n)];
    expect(nodeUsages('n1', own, pools)).toEqual([
      { kind: 'node', name: 'n1', family: 4, taken: 15, total: 15 + 6 + 64 + 30 },
    ]);
  });

  it('is nothing of a node that has nothing', () => {
    expect(nodeUsages('n3', [figures('a', 1n)], [])).toEqual([]);
  });

  it('is of a node one of each family: of IPv6 there is always plenty', () => {
    const own = [figures('blocks', 10n, 16n), { ...figures('six', 3n, 2n ** 64n), family: 6 } as const];
    expect(nodeUsages('n1', own, []).map(({ family, taken, total }) => [family, taken, total])).toEqual([
      [4, 10, 16],
      [6, 3, 2 ** 64],
    ]);
  });
});
