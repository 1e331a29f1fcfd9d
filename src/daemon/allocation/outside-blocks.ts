import { parseAddress } from '../../ip/address.ts';
import { formatPrefix } from '../../ip/prefix.ts';
import type { Allocation, HeldAddress } from '../../ipam/allocation.ts';
import { leasesBlocks } from '../../ipam/claim/claimed-in-block.ts';
import type { Catalog } from '../view/catalog.ts';
import type { BlockLeases } from './block-leases.ts';

export interface BlockPlaces {
  readonly catalog: Pick<Catalog, 'pool'>;
  readonly blocks: Pick<BlockLeases, 'blockOf'>;
}

/** The CIDR of the block in which an address lies that its node does not lease; undefined: it does, or the pool leases none. */
export function outsideBlock(
  { block, pool: name, address }: HeldAddress,
  node: string,
  { catalog, blocks }: BlockPlaces,
): string | undefined {
  const pool = block === undefined ? catalog.pool(name) : undefined;
  if (pool === undefined || !leasesBlocks(pool)) return undefined;
  const { prefix, leased } = blocks.blockOf(pool, parseAddress(address));
  return leased?.resource.spec.node === node ? undefined : formatPrefix(prefix);
}

/** An allocation, with what is outside of its node's blocks as it is now. */
export function withPlaces(allocation: Allocation, places: BlockPlaces): Allocation {
  const addresses = allocation.addresses.map((held): HeldAddress => {
    const outside = outsideBlock(held, allocation.node, places);
    return outside === undefined ? held : { ...held, outside };
  });
  return addresses.every((held, index) => held === allocation.addresses[index])
    ? allocation
    : { ...allocation, addresses };
}
