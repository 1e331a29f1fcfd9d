import type { Prefix } from '../../ip/prefix.ts';
import { countAddresses } from '../../ip/range-set.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import { blockLayout } from '../../ipam/claim/layout.ts';
import type { Block } from '../../resources/block.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Catalog } from '../view/catalog.ts';

/** A block that a node has, with its addresses once somebody asked for them. */
export interface LeasedBlock {
  readonly prefix: Prefix;
  readonly resource: Stored<Block>;
  /** Made at the first use: a daemon that keeps a thousand nodes' blocks serves few of them. */
  space: AddressSpace | undefined;
}

/** Addresses of a block that Pods can get. Of one that nobody asked for an address yet its layout tells. */
export function sizeOfBlock({ prefix, resource, space }: LeasedBlock, catalog: Catalog): bigint {
  if (space !== undefined) return space.allocator.usable;
  const pool = catalog.pool(resource.spec.pool);
  return pool === undefined ? 0n : countAddresses(blockLayout(pool, prefix, catalog.withheldFrom(pool)).usable);
}
