import type { Family } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import { prefixRange } from '../ip/range.ts';
import { emptyRangeSet, type RangeSet, rangeSet, union } from '../ip/range-set.ts';
import type { Pool } from '../resources/pool.ts';
import { assignable } from './claim/layout.ts';

/** What a daemon has of one pool for one node, whatever other daemons have. */
export interface NodeFigures {
  readonly node: string;
  readonly pool: string;
  readonly family: Family;
  readonly blocks: number;
  /** Addresses that Pods can get here; undefined: those of a shared pool, which other nodes take as well. */
  readonly total: bigint | undefined;
  readonly used: bigint;
}

/** How full one block is. */
export interface BlockFigures {
  readonly node: string;
  readonly cidr: string;
  readonly total: bigint;
  readonly used: bigint;
}

/** Addresses of a pool that leases blocks which a node has by claims, outside of the blocks that it leases. */
export interface OutsideFigures {
  readonly node: string;
  readonly pool: string;
  readonly family: Family;
  readonly count: number;
}

export interface OwnFigures {
  readonly nodes: readonly NodeFigures[];
  readonly outside: readonly OutsideFigures[];
  readonly blocks: readonly BlockFigures[];
}

/** Where each address of a pool is that Pods can get: in exactly one of these. */
export const poolStates = ['used', 'parked', 'leased', 'free'] as const;
export type PoolState = (typeof poolStates)[number];

export interface PoolFacts {
  readonly pool: Pool;
  /** What it offers and no interface gets: reserved, or a gateway. */
  readonly withheld: RangeSet;
  /** Addresses that are known to be held. */
  readonly used: number;
  /** Addresses that are kept for a Pod that is not there. */
  readonly parked: number;
  /** Blocks whose node alone knows what is used of them. */
  readonly leased: readonly Prefix[];
  /** Of a pool that leases blocks: addresses that have claims, and are counted by these. */
  readonly claimed?: RangeSet;
}

export interface PoolFigures {
  readonly pool: string;
  readonly family: Family;
  readonly subnet: Prefix;
  readonly total: bigint;
  readonly states: Readonly<Record<PoolState, bigint>>;
}

/**
 * A pool in figures. What is in use and is not the pool's any more (reserved or excluded since, or migrated) is counted as
 * used, and is none of its total.
 */
export function poolFigures({ pool, withheld, used, parked, leased, claimed = emptyRangeSet }: PoolFacts): PoolFigures {
  const { name, family, subnet } = pool;
  const total = assignable(pool, withheld);
  const inBlocks =
    leased.length === 0 ? 0n : assignable(pool, union(withheld, claimed), rangeSet(leased.map(prefixRange)));
  const out = BigInt(used) + BigInt(parked) + inBlocks;
  const free = out < total ? total - out : 0n;
  return {
    ...{ pool: name, family, subnet, total },
    states: { used: BigInt(used), parked: BigInt(parked), leased: inBlocks, free },
  };
}

/** Share of the addresses that are out, 0..1. Of several pools that share a subnet each has ranges of its own. */
export function shareOut(pools: readonly PoolFigures[]): number {
  const total = pools.reduce((sum, pool) => sum + pool.total, 0n);
  const free = pools.reduce((sum, { states }) => sum + states.free, 0n);
  return ratio(total - free, total);
}

export function ratio(part: bigint, total: bigint): number {
  return total === 0n ? 0 : Number(part) / Number(total);
}
