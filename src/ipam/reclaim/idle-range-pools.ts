import { isSwitchedOff, type Pool } from '../../resources/pool.ts';

export interface RangePoolFacts {
  readonly pools: readonly Pool[];
  /** Names of pools of which something is held, or about to be. */
  readonly inUse: ReadonlySet<string>;
  /** The daemon's own node, and those that will never come back. */
  readonly nodes: ReadonlySet<string>;
}

/**
 * Pools of ranges from which nothing is out: their files may have changed, or are gone. If one still has them, the next
 * ADD makes the pool again. Another node's are its own daemon's to judge; those of a former version are anybody's.
 */
export function idleRangePools({ pools, inUse, nodes }: RangePoolFacts): readonly string[] {
  return pools.flatMap((pool) => {
    const { name, ranges } = pool;
    // A migration that holds a pool still may have its claims yet to write.
    const isOurs =
      ranges !== undefined && !isSwitchedOff(pool) && (ranges.node === undefined || nodes.has(ranges.node));
    return isOurs && !inUse.has(name) ? [name] : [];
  });
}

/**
 * Pools of lost nodes' ranges that nobody may delete yet: a migration holds them still, or somebody disabled them.
 * @param going names of pools that are being deleted: they go by themselves when nothing of them is out
 */
export function frozenRangePools(
  pools: readonly Pool[],
  lost: ReadonlySet<string>,
  going: ReadonlySet<string>,
): readonly string[] {
  return pools
    .filter((pool) => pool.ranges?.node !== undefined && lost.has(pool.ranges.node) && isSwitchedOff(pool))
    .map(({ name }) => name)
    .filter((name) => !going.has(name));
}
