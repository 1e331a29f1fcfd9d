import { rangePools } from '../../ipam/claim/range-pools.ts';
import type { NetworkSource } from '../../ipam/port.ts';
import type { PoolSource } from '../../ipam/request.ts';
import { candidatesOf } from '../../ipam/select/candidates.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Catalog } from '../view/catalog.ts';
import type { BlockLeases } from './block-leases.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface AddReadinessParts {
  readonly node: string;
  readonly catalog: Catalog;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  /** Why the store is not reached; empty: it answers. */
  readonly outage: () => string;
}

/**
 * Why no ADD of a network would get an address on this node now, whatever Pod it is for; empty: one would, as far as can
 * be told without taking one.
 */
export function whyNoAddress(parts: AddReadinessParts, { network, source, families }: NetworkSource): string {
  const { node, catalog, outage } = parts;
  try {
    const resolved =
      source.kind === 'ranges' ? { kind: 'sets' as const, sets: namesOf(network, node, source) } : source;
    // Pools that an ADD would make first. Without the store it cannot.
    const isUnmade = resolved.kind === 'sets' && resolved.sets.flat().some((name) => catalog.pool(name) === undefined);
    if (isUnmade) return outage();
    const wants = candidatesOf(resolved, families, catalog.pools);
    if (wants.length === 0) return 'no pool serves the network';
    for (const { family, pools } of wants) {
      const reasons = pools.map((pool) => why(parts, pool));
      if (!reasons.includes('')) return [`no IPv${family} address is left`, ...new Set(reasons)].join('; ');
    }
    return '';
  } catch (error) {
    if (isIpamError(error)) return error.message;
    throw error;
  }
}

function namesOf(
  network: string,
  node: string,
  { sets, networkName }: Extract<PoolSource, { kind: 'ranges' }>,
): readonly (readonly string[])[] {
  return rangePools({ network, node, networkName }, sets).map((pools) => pools.map(({ metadata }) => metadata.name));
}

function why({ node, blocks, shared, outage }: AddReadinessParts, pool: Pool): string {
  const named = `pool "${pool.name}"`;
  if (pool.disabled) return `${named} ${pool.closedBecause ?? 'is disabled'}`;
  if (pool.nodeNames.length > 0 && !pool.nodeNames.includes(node)) return `${named} is not for node "${node}"`;
  if (pool.blockSize !== undefined) {
    const isOpen = blocks.of(node, pool.name).some((leased) => (blocks.spaceOf(leased)?.allocator.free ?? 0n) > 0n);
    if (isOpen) return '';
  }
  if (outage() !== '') return `${named}: ${outage()}, and no block leased by this node has a free address`;
  if (pool.blockSize !== undefined) {
    return blocks.hasLeft(pool) ? '' : `${named}: its blocks are full, and none is left to lease`;
  }
  return shared.spaceOf(pool).allocator.free > 0n ? '' : `${named}: every address is taken`;
}
