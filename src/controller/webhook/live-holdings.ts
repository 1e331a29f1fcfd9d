import { addressesOf, countAddresses, emptyRangeSet, intersect, type RangeSet, rangeSet } from '../../ip/range-set.ts';
import { type Block, blockKind } from '../../resources/block.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { addressesMeant, problemOf } from '../../resources/malformed.ts';
import { addressName } from '../../resources/names.ts';
import { inScope } from '../../resources/scope.ts';
import type { Store } from '../../store/store.ts';

/** Who holds what, of the addresses that were asked about. */
export interface HeldAddresses {
  readonly heldIn: (pool: string) => RangeSet;
  readonly heldAnywhere: () => RangeSet;
}

/** What a controller that follows all claims knows of them, a moment behind. */
export interface HeldView extends HeldAddresses {
  /** Has everything been listed? */
  readonly ready: boolean;
  /** How many claims there are. */
  readonly claims: number;
}

/** Up to so many claims are asked for by name; beyond, one list of all is less work for the API server. */
const mostByName = 256;
const atOnce = 32;
/** A list takes an API server and us some 130 microseconds for each claim, and a review has seconds. */
const mostListed = 30_000;

/**
 * Which of the contested addresses are out, as the store says now: a view that lags would let a pool go whose
 * address was claimed a moment ago. Of a leased block every address counts, for only its node knows which are.
 * @param scope whose addresses are asked for by name
 * @param view asked instead where the store would take too long; see decision 14
 */
export async function liveHoldings(
  store: Store,
  contested: RangeSet,
  scope: string,
  view?: HeldView,
): Promise<HeldAddresses> {
  if (contested.ranges.length === 0) return { heldIn: () => emptyRangeSet, heldAnywhere: () => emptyRangeSet };
  if (view?.ready === true && view.claims > mostListed && !isAskedByName(contested)) {
    return {
      heldIn: (pool) => intersect(contested, view.heldIn(pool)),
      heldAnywhere: () => intersect(contested, view.heldAnywhere()),
    };
  }
  const [claims, blocks] = await Promise.all([claimsOf(store, contested, scope), store.list<Block>(blockKind)]);
  const parts = [...claims, ...blocks.items].map((resource) => ({
    // One that cannot be read may be of any pool.
    pool: problemOf(resource) === undefined ? resource.spec.pool : undefined,
    ranges: addressesMeant(resource),
  }));
  const held = (isMeant: (pool: string) => boolean): RangeSet =>
    intersect(
      contested,
      rangeSet(parts.filter(({ pool }) => pool === undefined || isMeant(pool)).flatMap(({ ranges }) => ranges.ranges)),
    );
  return { heldIn: (name) => held((pool) => pool === name), heldAnywhere: () => held(() => true) };
}

async function claimsOf(store: Store, contested: RangeSet, scope: string): Promise<readonly Claim[]> {
  if (!isAskedByName(contested)) return (await store.list<Claim>(claimKind)).items;
  const names = [...addressesOf(contested)].map((address) => inScope(addressName(address), scope));
  const found: Claim[] = [];
  for (let start = 0; start < names.length; start += atOnce) {
    const some = names.slice(start, start + atOnce).map((name) => store.get<Claim>({ kind: claimKind, name }));
    found.push(...(await Promise.all(some)).filter((claim) => claim !== undefined));
  }
  return found;
}

function isAskedByName(contested: RangeSet): boolean {
  return countAddresses(contested) <= BigInt(mostByName);
}
