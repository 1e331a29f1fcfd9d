import { parseAddress } from '../ip/address.ts';
import { parsePrefix, prefixRange } from '../ip/prefix.ts';
import type { Range } from '../ip/range.ts';
import { type RangeSet, rangeSet } from '../ip/range-set.ts';
import { readable } from '../ip/readable.ts';
import type { Block } from '../resources/block.ts';
import type { Claim } from '../resources/claim.ts';
import type { ClusterState } from './state.ts';
import type { HeldPicture } from './webhook/live-holdings.ts';

/** For the webhook, where the store would take too long to read. */
export function heldPicture(state: ClusterState): HeldPicture {
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

function heldBy(claims: Iterable<Claim>, blocks: Iterable<Block>): RangeSet {
  const ranges: Range[] = [];
  for (const claim of claims) {
    const address = readable(claim.spec.address, parseAddress);
    if (address !== undefined) ranges.push({ first: address, last: address });
  }
  for (const block of blocks) {
    const range = readable(block.spec.cidr, (text) => prefixRange(parsePrefix(text)));
    if (range !== undefined) ranges.push(range);
  }
  return rangeSet(ranges);
}
