import { parsePrefix } from '../ip/prefix.ts';
import { readable } from '../ip/readable.ts';
import { addressesOf } from '../ipam/claim/claimed-in-block.ts';
import { withheldFrom } from '../ipam/claim/withheld.ts';
import { type PoolFigures, poolFigures } from '../ipam/figures.ts';
import type { ClusterState } from './state.ts';

/**
 * How full the pools are that people make. Who has which address of a block is known to its node alone, whose daemon shows
 * it; what `ranges` of a CNI configuration have is their node's own, too.
 */
export function allPoolFigures(state: ClusterState): readonly PoolFigures[] {
  const pools = state.readablePools();
  return pools
    .filter(({ ranges }) => ranges === undefined)
    .map((pool) => {
      const parked = state.parkedIn(pool.name);
      const blocks = [...state.blocksOfPool(pool.name).values()];
      return poolFigures({
        pool,
        withheld: withheldFrom(pool, state.reserved, pools),
        used: state.claimsOfPool(pool.name).size - parked,
        parked,
        leased: blocks.flatMap(({ spec }) => readable(spec?.cidr, parsePrefix) ?? []),
        ...(blocks.length === 0 ? {} : { claimed: addressesOf(state.claimsOfPool(pool.name).values()) }),
      });
    });
}
