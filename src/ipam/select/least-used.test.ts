import { describe, expect, it } from 'vitest';
import { type Pool, type PoolSpec, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { grownLabel } from '../../resources/topology/subnet-pool.ts';
import { leastUsedFirst } from './least-used.ts';
import { byPriority } from './priority.ts';

let next = 0;
const pool = (name: string, spec: Partial<PoolSpec>, isGrown = false): Pool =>
  parsePool({
    ...{ apiVersion: spiderpoolVersion, kind: poolKind },
    metadata: { name, labels: isGrown ? { [grownLabel]: 'true' } : {} },
    spec: { subnet: `10.0.${next++}.0/24`, ...spec },
  });
const rack = { topologyAffinity: { tor: ['tor-1'] } };
const zone = { topologyAffinity: { zone: ['zone-a'] } };

const used: Readonly<Record<string, number>> = { a: 0.9, b: 0.1, c: 0.5, full: 1, free: 0 };
const order = (...pools: Pool[]): string =>
  leastUsedFirst(byPriority(pools), ({ name }) => used[name] ?? 0)
    .map(({ name }) => name)
    .join(' ');

describe('of the pools that a node may use', () => {
  it.each<readonly [string, Pool[], string]>([
    ['those of its rack come in the order of their use', [pool('a', rack), pool('b', rack), pool('c', rack)], 'b c a'],
    ['equally used ones stay as they are', [pool('x', rack), pool('y', rack)], 'x y'],
    [
      'a full one of the rack comes before a free one of the zone',
      [pool('full', rack), pool('free', zone)],
      'full free',
    ],
    ['each place has an order of its own', [pool('a', zone), pool('b', zone), pool('c', rack)], 'c b a'],
    ['those of no place stay in their order, however used', [pool('a', {}), pool('b', {})], 'a b'],
    [
      'what is for somebody in particular comes first, however used',
      [pool('full', { ...rack, namespaceName: ['shop'] }), pool('free', rack)],
      'full free',
    ],
    [
      'what came by itself comes last, so that it becomes empty again',
      [pool('free', rack, true), pool('a', rack), pool('b', rack, true), pool('c', rack)],
      'c a free b',
    ],
    ['one alone is asked for no use', [pool('a', rack)], 'a'],
  ])('%s', (_, pools, expected) => {
    expect(order(...pools)).toBe(expected);
  });

  it('no use is looked at where nothing is to be chosen by it', () => {
    const asked: string[] = [];
    leastUsedFirst([pool('a', rack), pool('b', zone), pool('c', {}), pool('d', {})], ({ name }) => asked.push(name));
    expect(asked).toEqual([]);
  });
});
