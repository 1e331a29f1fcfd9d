import { type Address, parseAddress } from '../../ip/address.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import { versionOrder } from '../../store/version-order.ts';
import { attachmentKey } from '../attachment.ts';
import { isHeldBy, isParked } from '../claim/claim-state.ts';
import { isRequested, type RequestedAddress } from '../requested-address.ts';
import type { Selection } from '../select/select.ts';
import type { Asker } from './asker.ts';
import { isApplication, isSameOwner } from './identity.ts';
import { bornAt, identityOfClaim } from './kept-claim.ts';

export interface AddFacts<C extends Claim> {
  readonly want: Selection;
  readonly asker: Asker;
  /** Of the asker's interface, by the name of its Pod: whoever made them. */
  readonly claims: readonly C[];
  /** What the asker has claimed for now; absent: nothing. Of two that claim at once the first keeps what it has. */
  readonly own?: C;
  /** May the pool give this address now? A claim that is there does not count. */
  readonly offers: (pool: Pool, claim: C, address: Address) => boolean;
}

/** What becomes of a want for which something may be kept. */
export type AtAdd<C extends Claim> =
  /** Nobody has it, or it moves with its virtual machine, and a pool that is asked for offers it: it is taken over. */
  | { readonly type: 'take'; readonly claim: C; readonly pool: Pool }
  /** It is the asker's, and a former container has it still. */
  | { readonly type: 'held'; readonly claim: C; readonly pool: Pool }
  /** Nothing is kept that the pools of now offer: another address. */
  | { readonly type: 'none' };

/** Is what this claim takes for whoever asks? So it is of its identity, and of the very Pod that had it, whoever keeps that by now. */
export function isFor({ pod, identity }: Pick<Asker, 'pod' | 'identity'>, claim: Claim): boolean {
  const kept = identityOfClaim(claim);
  if (kept === undefined) return false;
  if (identity !== undefined && isSameOwner(kept.owner, identity.owner)) return true;
  return pod !== undefined && pod.uid !== '' && pod.uid === claim.spec.podUid;
}

function isOfApplication(claim: Claim): boolean {
  const kept = identityOfClaim(claim);
  return kept !== undefined && isApplication(kept.owner);
}

/** Is it had by the Pod from which the asker's live migration moves their virtual machine? It has the address on. */
function isMovingFrom(claim: Claim, { attachment, pod, identity }: Asker): boolean {
  if (identity?.migrates !== true || isHeldBy(claim, attachmentKey(attachment))) return false;
  return claim.spec.podUid !== pod?.uid;
}

/** Of another Pod of an application, which has it beside whoever asks. */
function isOfAnother({ pod }: Asker, claim: Claim): boolean {
  if (pod === undefined || !isOfApplication(claim)) return false;
  return claim.spec.podUid === undefined ? claim.spec.podName !== pod.name : claim.spec.podUid !== pod.uid;
}

/**
 * The address that is kept for whoever asks, when a pool that it asks for has it still; of several, the one that was claimed
 * first: what an ADD claimed beside it, and never answered, may have been parked as well. While a container has that one, none
 * of those is taken. What its own call claimed before is no matter of this: that is answered again.
 */
export function atAdd<C extends Claim>({ want, asker, claims, own, offers }: AddFacts<C>): AtAdd<C> {
  let held: AtAdd<C> = { type: 'none' };
  let heldSince = Number.MAX_VALUE;
  for (const claim of claims.toSorted((a, b) => bornAt(a) - bornAt(b))) {
    if (!isFor(asker, claim)) continue;
    if (own !== undefined && isLater(claim, own)) continue;
    const address = parseAddress(claim.spec.address);
    if (address.family !== want.family) continue;
    if (want.requested !== undefined && !isRequested(want.requested, address)) continue;
    const pool = want.candidates.find((candidate) => offers(candidate, claim, address));
    if (pool === undefined) continue;
    if (isParked(claim)) return heldSince < bornAt(claim) ? held : { type: 'take', claim, pool };
    if (isMovingFrom(claim, asker)) return { type: 'take', claim, pool };
    if (isOfAnother(asker, claim)) continue;
    if (!isHeldBy(claim, attachmentKey(asker.attachment))) held = { type: 'held', claim, pool };
    if (!isOfApplication(claim)) heldSince = Math.min(heldSince, bornAt(claim));
  }
  return held;
}

/**
 * Was it claimed after this one, for the same identity? Whoever claimed it sees this one, and lets go. One that is older by
 * its birth was taken over meanwhile: then its holder has it.
 */
function isLater(claim: Claim, own: Claim): boolean {
  if (isParked(claim) || bornAt(claim) < bornAt(own)) return false;
  return versionOf(claim) > versionOf(own);
}

function versionOf({ metadata: { resourceVersion = '' } }: Claim): bigint {
  return versionOrder(resourceVersion);
}

/**
 * What is kept for whoever asks and was not taken by its ADD: its pools have changed, and it has moved. What is kept for an
 * application and still asked for is for its other Pods.
 */
export function movedFrom<C extends Claim>(
  asker: Asker,
  claims: readonly C[],
  requested: readonly RequestedAddress[],
): readonly C[] {
  const isForOthers = ({ spec }: C): boolean => {
    if (asker.identity === undefined || !isApplication(asker.identity.owner)) return false;
    const address = parseAddress(spec.address);
    return requested.some((one) => isRequested(one, address));
  };
  return claims.filter((claim) => isParked(claim) && isFor(asker, claim) && !isForOthers(claim));
}
