import { type LeasedBlock, sizeOfBlock } from '../../ipam/claim/leased-block.ts';
import type { BlockUsage } from '../../ipam/port.ts';
import type { Catalog } from '../view/catalog.ts';

/** How full a leased block is, as far as this daemon knows. */
export function blockUsage(
  { prefix, resource, space }: LeasedBlock,
  { node, catalog }: { readonly node: string; readonly catalog: Catalog },
): BlockUsage {
  const total = sizeOfBlock({ prefix, resource, space }, catalog);
  return {
    cidr: resource.spec.cidr,
    family: prefix.address.family,
    pool: resource.spec.pool,
    node: resource.spec.node,
    daemon: resource.spec.daemon,
    total,
    used: BigInt(space?.allocator.used ?? 0),
    unknown: resource.spec.daemon === node ? 0n : total,
    coolingDown: space?.allocator.coolingDown ?? 0,
    createdAt: Date.parse(resource.metadata.creationTimestamp),
  };
}
