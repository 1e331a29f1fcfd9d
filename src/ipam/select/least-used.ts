import type { Pool } from '../../resources/pool.ts';
import { grownLabel } from '../../resources/topology/subnet-pool.ts';
import { isSameRank } from './priority.ts';

/**
 * Of several pools of one place of the network the least used comes first. Those that came by themselves come after those that people
 * wrote, so that they become empty and go again. All else stays in its order.
 * @param pools as `byPriority` has them
 * @param fullness 0: all is free, 1: nothing is
 */
export function leastUsedFirst(pools: readonly Pool[], fullness: (pool: Pool) => number): readonly Pool[] {
  if (pools.length < 2) return pools;
  const ordered: Pool[] = [];
  for (let from = 0; from < pools.length; ) {
    const run = runFrom(pools, from);
    from += run.length;
    ordered.push(...(run.length === 1 ? run : sorted(run, fullness)));
  }
  return ordered;
}

/** The pools from there on that only their use tells apart. */
function runFrom(pools: readonly Pool[], from: number): readonly Pool[] {
  const first = pools[from];
  if (first?.topologyAffinity === undefined) return pools.slice(from, from + 1);
  let to = from + 1;
  for (let next = pools[to]; next?.topologyAffinity !== undefined && isSameRank(first, next); next = pools[to]) to += 1;
  return pools.slice(from, to);
}

function sorted(run: readonly Pool[], fullness: (pool: Pool) => number): readonly Pool[] {
  return run
    .map((pool) => ({ pool, cameByItself: grownLabel in pool.labels ? 1 : 0, used: fullness(pool) }))
    .sort((a, b) => a.cameByItself - b.cameByItself || a.used - b.used)
    .map(({ pool }) => pool);
}
