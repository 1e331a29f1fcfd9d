import { type Address, parseAddress } from '../../ip/address.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import { type AskedFacts, conflictOf } from '../bind/asked-conflict.ts';
import type { Asker } from '../bind/asker.ts';
import { type AtAdd, atAdd, isFor } from '../bind/at-add.ts';
import { isApplication } from '../bind/identity.ts';
import { isParked } from '../claim/claim-state.ts';
import { attemptText } from '../claim/exhausted.ts';
import type { Selection } from '../select/select.ts';

/** What an ADD on some node would find of a pool. */
export interface PoolRoom {
  /** Addresses that it could get. */
  readonly free: bigint;
  readonly used: bigint;
  readonly total: bigint;
  /** Why there is none where `free` is zero. */
  readonly reason: string;
}

/** What is known of addresses, a moment behind. */
export interface PlacementFacts extends Pick<AskedFacts, 'claimOf' | 'reservationOf'> {
  readonly roomIn: (pool: Pool, node: string) => PoolRoom;
  /** May the pool give this address of a claim now? The claim itself does not count. */
  readonly offers: (pool: Pool, claim: Claim, address: Address) => boolean;
}

/** Who asks, and what is kept for it. */
export interface Comer {
  readonly pod: AskedFacts['pod'];
  readonly asker: Asker | undefined;
  /** Claims of its place, whoever made them. */
  readonly kept: readonly Claim[];
}

/** Whether an ADD would find what it wants. */
export type Fit =
  | {
      readonly fits: true;
      /** How many more the least family has for the likes of it. */
      readonly free: bigint;
      /** An address that is kept for it, and that it would not get here; absent: none is, or it gets that. */
      readonly leaves?: string;
    }
  | { readonly fits: false; readonly reason: string };

/**
 * Would the ADD of a Pod find an address for each of its wants on this node?
 * @param wants as `selectPools` says them for the node
 */
export function fitOf(wants: readonly Selection[], comer: Comer, node: string, facts: PlacementFacts): Fit {
  let least: bigint | undefined;
  let leaves: string | undefined;
  for (const want of wants) {
    const fit = fitOfWant(want, comer, node, facts);
    if (!fit.fits) return fit;
    if (least === undefined || fit.free < least) least = fit.free;
    leaves ??= fit.leaves;
  }
  return { fits: true, free: least ?? 0n, ...(leaves === undefined ? {} : { leaves }) };
}

function fitOfWant(want: Selection, comer: Comer, node: string, facts: PlacementFacts): Fit {
  const rooms = want.candidates.map((pool) => ({ pool, ...facts.roomIn(pool, node) }));
  const free = rooms.reduce((sum, room) => sum + room.free, 0n);
  if (keptFor(want, comer, facts).type !== 'none') return { fits: true, free };
  if (want.requested !== undefined) {
    const conflict = conflictOf(want.requested, {
      ...facts,
      pod: comer.pod,
      asker: comer.asker?.identity,
      pools: want.candidates,
    });
    return conflict === undefined ? { fits: true, free } : { fits: false, reason: conflict.message };
  }
  if (free === 0n)
    return { fits: false, reason: `no IPv${want.family} address left: ${rooms.map(attemptText).join('; ')}` };
  const leaves = keptElsewhere(want, comer);
  return { fits: true, free, ...(leaves === undefined ? {} : { leaves }) };
}

function keptFor(want: Selection, { asker, kept }: Comer, { offers }: PlacementFacts): AtAdd<Claim> {
  if (asker === undefined || kept.length === 0) return { type: 'none' };
  return atAdd({ want, asker, claims: kept, offers });
}

/** What is kept for an application is for any of its Pods, and for no particular one. */
function keptElsewhere({ family }: Selection, { asker, kept }: Comer): string | undefined {
  if (asker === undefined || (asker.identity !== undefined && isApplication(asker.identity.owner))) return undefined;
  const own = kept.find(
    (claim) => isParked(claim) && isFor(asker, claim) && parseAddress(claim.spec.address).family === family,
  );
  return own?.spec.address;
}
