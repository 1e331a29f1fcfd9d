import { rangePools } from '../../ipam/claim/range-pools.ts';
import type { NetworkSource } from '../../ipam/port.ts';
import type { PoolSource } from '../../ipam/request.ts';
import { candidatesOf } from '../../ipam/select/candidates.ts';
import type { NodePlaces } from '../../ipam/select/topology-affinity.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Catalog } from '../view/catalog.ts';
import type { AddressSources } from './address-sources.ts';
import type { NodeDrain } from './node-drain.ts';

export interface AddReadinessParts {
  readonly node: string;
  readonly catalog: Catalog;
  readonly sources: AddressSources;
  readonly drain: Pick<NodeDrain, 'whyNot'>;
  /** Where this node is in the network. */
  readonly places: () => NodePlaces;
  /** Why the store is not reached; empty: it answers. */
  readonly outage: () => string;
}

/**
 * Why no ADD of a network would get an address on this node now, whatever Pod it is for; empty: one would, as far as can
 * be told without taking one.
 */
export function whyNoAddress(parts: AddReadinessParts, { network, source, families }: NetworkSource): string {
  const { node, catalog, drain, outage } = parts;
  const drained = drain.whyNot(node);
  if (drained !== '') return drained;
  // No configuration asks for one.
  if (source.kind === 'automatic') return '';
  try {
    const resolved =
      source.kind === 'ranges' ? { kind: 'sets' as const, sets: namesOf(network, node, source) } : source;
    // Pools that an ADD would make first. Without the store it cannot.
    const isUnmade = resolved.kind === 'sets' && resolved.sets.flat().some((name) => catalog.pool(name) === undefined);
    if (isUnmade) return outage();
    const wants = candidatesOf(resolved, families, catalog.pools, { node, places: parts.places() });
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

/** Does every pool look as if it had nothing for the node now? */
export function isShort(parts: AddReadinessParts, pools: readonly Pool[]): boolean {
  return pools.every((pool) => why(parts, pool) !== '');
}

function why({ node, sources, outage }: AddReadinessParts, pool: Pool): string {
  const named = `pool "${pool.name}"`;
  if (pool.disabled) return `${named} ${pool.closedBecause ?? 'is disabled'}`;
  if (pool.nodeNames.length > 0 && !pool.nodeNames.includes(node)) return `${named} is not for node "${node}"`;
  const shortage = sources.of(pool).shortage(pool, node, outage);
  return shortage === '' ? '' : `${named}: ${shortage}`;
}
