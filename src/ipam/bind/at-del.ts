import { parseAddress } from '../../ip/address.ts';
import type { Claim } from '../../resources/claim.ts';
import { addressKey, scopeOf } from '../../resources/scope.ts';
import type { HeldAddress } from '../allocation.ts';
import { isSameAttachment } from '../attachment.ts';
import { isParked } from '../claim/claim-state.ts';
import { isApplication, isSameOwner } from './identity.ts';
import { bornAt, identityOfClaim } from './kept-claim.ts';

type Named = Pick<HeldAddress, 'address' | 'pool'>;

/** A claim whose container is gone, or whose call has failed. */
export interface LeftClaim {
  readonly claim: Claim;
  /** What its container has, or had until now, on record: what was answered to it, and all of that. */
  readonly recorded: readonly Named[];
  /** Of the same interface, by the name of its Pod; the claim itself may be among them. */
  readonly claims: readonly Claim[];
}

/**
 * What becomes of it: it stays for its identity, or it goes. What was given stays whatever else is claimed for the identity: a
 * younger claim may be of an ADD on another node that has not heard of this one yet, and gives its own up when it does. What
 * was not given goes when the identity has another; else a call without an answer may have taken it over.
 */
export function atDel({ claim, recorded, claims }: LeftClaim): 'park' | 'release' {
  const identity = identityOfClaim(claim);
  if (identity === undefined) return 'release';
  const key = addressKey(claim.spec);
  if (isApplication(identity.owner) || recorded.some((held) => addressKey(held) === key)) return 'park';
  return recorded.some((held) => isLike(claim.spec, held)) || wasMadeBeside(claim, claims) ? 'release' : 'park';
}

/** Was it made although the identity had an older one of the same pool? Whoever made it had not heard of that. */
function wasMadeBeside(claim: Claim, claims: readonly Claim[]): boolean {
  const isOlder = (other: Claim): boolean => bornAt(other) < bornAt(claim) && other.spec.pool === claim.spec.pool;
  // An interface may have several: another one of the same call is none in its place, also after it is parked.
  const isOfSameCall = (other: Claim): boolean => isSameAttachment(other.spec, claim.spec);
  return claims.some((other) => isOlder(other) && !isOfSameCall(other) && isInPlaceOf(claim, other));
}

/**
 * Of a parked claim: has a container of the identity another address in the place of this one, and for so long that the ADD which claimed it is
 * over? One that is younger may be given up still. An application has as many as it asks for.
 * @param now milliseconds since 1970
 * @param deadlineMs how long an ADD may take
 */
export function isSuperseded(claim: Claim, claims: readonly Claim[], now: number, deadlineMs: number): boolean {
  const isOver = (other: Claim): boolean => !isParked(other) && now - bornAt(other) > deadlineMs;
  return claims.some((other) => isOver(other) && isInPlaceOf(claim, other));
}

/** Is it for the same identity, and of addresses that could be meant by the same want? */
function isInPlaceOf(claim: Claim, other: Claim): boolean {
  const [identity, theirs] = [identityOfClaim(claim), identityOfClaim(other)];
  if (identity === undefined || theirs === undefined || isApplication(identity.owner)) return false;
  if (other.metadata.name === claim.metadata.name || !isSameOwner(identity.owner, theirs.owner)) return false;
  return isLike(claim.spec, other.spec);
}

function isLike(a: Named, b: Named): boolean {
  return parseAddress(a.address).family === parseAddress(b.address).family && scopeOf(a.pool) === scopeOf(b.pool);
}
