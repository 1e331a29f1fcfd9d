import { formatAddress } from '../ip/address.ts';
import { firstAddress, formatPrefix, lastAddress } from '../ip/prefix.ts';
import { formatRangeSet, rangeSet } from '../ip/range-set.ts';
import type { Pool, PoolResource } from '../resources/pool.ts';
import { newRangePool } from '../resources/range-pool.ts';
import type { InlineRange } from './request.ts';

/** Whose configuration it is: a network's on one node. */
export interface RangesFile {
  readonly network: string;
  /** Undefined: not known; the pools give nothing more. */
  readonly node: string | undefined;
  /** Undefined: the default scope. */
  readonly networkName?: string | undefined;
}

/**
 * The pools that a network's ranges on one node become, set by set. Ranges of a set that agree on subnet and gateway share
 * one, in the place of the first of them.
 */
export function rangePools(
  { network, node, networkName }: RangesFile,
  sets: readonly (readonly InlineRange[])[],
): readonly (readonly PoolResource[])[] {
  return sets.map((ranges) => {
    const alike = Map.groupBy(ranges, ({ subnet, gateway }) =>
      [formatPrefix(subnet), gateway === undefined ? '' : formatAddress(gateway)].join(' '),
    );
    return [...alike.values()].flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const { subnet, gateway } = first;
      const addresses = rangeSet(members.map(wholeRange));
      return [newRangePool({ network, node, networkName, subnet, gateway, addresses })];
    });
  });
}

function wholeRange({ subnet, rangeStart, rangeEnd }: InlineRange) {
  return { first: rangeStart ?? firstAddress(subnet), last: rangeEnd ?? lastAddress(subnet) };
}

/** What stands in a pool's place: nothing, the pool as the file has it, or what somebody made of it. */
export function isAsMade(present: Pool, made: Pool): boolean {
  return !present.disabled && contentsOf(present) === contentsOf(made);
}

function contentsOf({ subnet, usable, gateway, ranges, nodeNames, blockSize }: Pool): string {
  const router = gateway === undefined ? undefined : formatAddress(gateway);
  return JSON.stringify([formatPrefix(subnet), formatRangeSet(usable), router, ranges, nodeNames, blockSize]);
}

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
  return pools.flatMap(({ name, ranges, disabled }) => {
    // A migration that holds a pool still may have its claims yet to write.
    const isOurs = ranges !== undefined && !disabled && (ranges.node === undefined || nodes.has(ranges.node));
    return isOurs && !inUse.has(name) ? [name] : [];
  });
}
