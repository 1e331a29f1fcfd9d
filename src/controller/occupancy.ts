import { type RangeSet, rangeSet } from '../ip/range-set.ts';
import type { Block } from '../resources/block.ts';
import type { Claim } from '../resources/claim.ts';
import { addressesMeant } from '../resources/malformed.ts';
import type { ClusterState } from './state.ts';
import type { HeldView } from './webhook/live-holdings.ts';

/** For the webhook, where the store would take too long to read. */
export function heldView(state: ClusterState): HeldView {
  return {
    get ready() {
      return state.ready;
    },
    get claims() {
      return state.claimCount;
    },
    heldIn: (pool) => heldIn(state, pool),
    heldAnywhere: () => heldAnywhere(state),
  };
}

/** Addresses of a pool that are out: claimed, or in a block that a node has leased. */
export function heldIn(state: ClusterState, pool: string): RangeSet {
  return heldBy(state.claimsOfPool(pool).values(), state.blocksOfPool(pool).values());
}

/** Addresses that are out of any pool. */
export function heldAnywhere(state: ClusterState): RangeSet {
  return heldBy(state.claims(), state.blocks());
}

/** One that cannot be read counts by all that it may stand for. */
function heldBy(claims: Iterable<Claim>, blocks: Iterable<Block>): RangeSet {
  return rangeSet([...claims, ...blocks].flatMap((resource) => addressesMeant(resource).ranges));
}
