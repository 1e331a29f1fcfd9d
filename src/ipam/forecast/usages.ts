import { formatPrefix } from '../../ip/prefix.ts';
import type { NodeFigures, PoolFigures } from '../figures.ts';
import type { Usage } from './usage-record.ts';

/** How much of each pool is out, and of all pools of one subnet together: what a node has leased is out of its pool. */
export function poolUsages(pools: readonly PoolFigures[]): readonly Usage[] {
  const ofPools = pools.map(
    (pool): Usage => ({
      ...{ kind: 'pool', name: pool.pool, family: pool.family },
      ...usageOf([pool]),
    }),
  );
  const subnets = Map.groupBy(pools, ({ subnet }) => formatPrefix(subnet));
  const ofSubnets = [...subnets].map(
    ([name, of]): Usage => ({
      ...{ kind: 'subnet', name, family: of[0]?.family ?? 4 },
      ...usageOf(of),
    }),
  );
  return [...ofPools, ...ofSubnets];
}

function usageOf(pools: readonly PoolFigures[]): Pick<Usage, 'taken' | 'total'> {
  const total = pools.reduce((sum, pool) => sum + pool.total, 0n);
  const free = pools.reduce((sum, { states }) => sum + states.free, 0n);
  return { taken: Number(total - free), total: Number(total) };
}

/**
 * What Pods of a node have, of that and what the node could get yet: in its own blocks, and free in the pools that it has something of.
 * @returns one of each family of which it has something
 */
export function nodeUsages(node: string, own: readonly NodeFigures[], pools: readonly PoolFigures[]): readonly Usage[] {
  const free = new Map(pools.map(({ pool, states }) => [pool, states.free]));
  const families = Map.groupBy(
    own.filter((one) => one.node === node),
    ({ family }) => family,
  );
  return [...families].map(([family, figures]) => {
    const sum = (of: (one: NodeFigures) => bigint): number => Number(figures.reduce((all, one) => all + of(one), 0n));
    const taken = sum(({ used }) => used);
    const left = sum(({ pool, total, used }) => (total === undefined ? 0n : total - used) + (free.get(pool) ?? 0n));
    return { kind: 'node', name: node, family, taken, total: taken + left };
  });
}
