import type { Pool } from '../../resources/pool.ts';
import type { NodePlaces } from '../select/topology-affinity.ts';

interface Near {
  /** Those that name no TOR. */
  readonly anywhere: readonly Pool[];
  readonly byTor: ReadonlyMap<string, readonly Pool[]>;
}

const known = new WeakMap<readonly Pool[], Near>();

/**
 * The pools that are not for other TORs only, sorted by name as all are: of a network of 800 racks a node has a few, and 125 racks
 * that look at all of them take tens of milliseconds.
 * @param pools sorted by name; looked through once, while it is the same list
 */
export function nearPools(pools: readonly Pool[], { tor }: NodePlaces): readonly Pool[] {
  const near = known.get(pools) ?? sortOut(pools);
  known.set(pools, near);
  const own = tor === undefined ? [] : (near.byTor.get(tor) ?? []);
  if (near.anywhere.length === 0 || own.length === 0) return own.length === 0 ? near.anywhere : own;
  return [...near.anywhere, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function sortOut(pools: readonly Pool[]): Near {
  const anywhere: Pool[] = [];
  const byTor = new Map<string, Pool[]>();
  for (const pool of pools) {
    const tors = new Set(pool.topologyAffinity?.tor);
    if (tors.size === 0) anywhere.push(pool);
    for (const tor of tors) byTor.set(tor, [...(byTor.get(tor) ?? []), pool]);
  }
  return { anywhere, byTor };
}
