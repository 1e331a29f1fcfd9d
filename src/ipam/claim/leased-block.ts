import type { Prefix } from '../../ip/prefix.ts';
import { countAddresses, type RangeSet } from '../../ip/range-set.ts';
import type { Block } from '../../resources/block.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { AddressSpace } from './address-space.ts';
import { blockLayout } from './layout.ts';

/** A block that a node has, with its addresses once somebody asked for them. */
export interface LeasedBlock {
  readonly prefix: Prefix;
  readonly resource: Stored<Block>;
  /** Made at the first use: a daemon that keeps a thousand nodes' blocks serves few of them. */
  space: AddressSpace | undefined;
}

/** What is known of pools. */
export interface KnownPools {
  pool(name: string): Pool | undefined;
  /** What no interface may get of it. */
  withheldFrom(pool: Pool): RangeSet;
}

/** Addresses of a block that Pods can get. Of one that nobody asked for an address yet its layout tells. */
export function sizeOfBlock({ prefix, resource, space }: LeasedBlock, pools: KnownPools): bigint {
  if (space !== undefined) return space.allocator.usable;
  const pool = pools.pool(resource.spec.pool);
  return pool === undefined ? 0n : countAddresses(blockLayout(pool, prefix, pools.withheldFrom(pool)).usable);
}
