import type { Pool } from '../../resources/pool.ts';
import { levels } from '../../resources/topology/topology.ts';

/**
 * Pools that are for somebody in particular come before those that are for everybody: an application's before a
 * node's before a namespace's before a network's, and names before labels (Spiderpool's order, which its
 * docs/concepts/ipam-des.md tells). A pool of the node's place is one of a node's labels, and of several the nearest comes
 * first: what is given of the rack's own is no route elsewhere. Among equals the order stays.
 */
export function byPriority(pools: readonly Pool[]): readonly Pool[] {
  if (pools.every((pool) => priority(pool) === 0)) return pools;
  return pools.toSorted((a, b) => priority(b) - priority(a) || nearness(b) - nearness(a));
}

/** Does nothing say which of two pools comes first? */
export function isSameRank(a: Pool, b: Pool): boolean {
  return priority(a) === priority(b) && nearness(a) === nearness(b);
}

/** Of the place that a pool is for: of a TOR the most, of none 0. */
function nearness({ topologyAffinity }: Pool): number {
  return topologyAffinity === undefined ? 0 : levels.findLastIndex((level) => level in topologyAffinity) + 1;
}

function priority(pool: Pool): number {
  return (
    (pool.podAffinity === undefined ? 0 : 32) +
    (pool.nodeNames.length === 0 ? 0 : 16) +
    (pool.nodeAffinity === undefined && pool.topologyAffinity === undefined ? 0 : 8) +
    (pool.namespaceNames.length === 0 ? 0 : 4) +
    (pool.namespaceAffinity === undefined ? 0 : 2) +
    (pool.multusNames.length === 0 ? 0 : 1)
  );
}
