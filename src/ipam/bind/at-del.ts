import { parseAddress } from '../../ip/address.ts';
import type { Claim } from '../../resources/claim.ts';
import { scopeOf } from '../../resources/scope.ts';
import { attachmentKey } from '../attachment.ts';
import { holderOf, isHeldBy, isParked } from '../claim/claim-state.ts';
import { isApplication, isSameOwner } from './identity.ts';
import { identityOfClaim } from './kept-claim.ts';

/**
 * What becomes of a claim whose container is gone, or whose call has failed: it stays for its identity, or it goes.
 * @param claims of the same interface, by the name of its Pod; the claim itself may be among them
 */
export function atDel(claim: Claim, claims: readonly Claim[]): 'park' | 'release' {
  return identityOfClaim(claim) === undefined || isSuperseded(claim, claims) ? 'release' : 'park';
}

/**
 * Has another container of the identity an address in the place of this one? Two nodes that could not see each other's
 * claims may have given one each. An application has as many as it asks for.
 */
export function isSuperseded(claim: Claim, claims: readonly Claim[]): boolean {
  const identity = identityOfClaim(claim);
  if (identity !== undefined && isApplication(identity.owner)) return false;
  return claims.some((other) => {
    const theirs = identityOfClaim(other);
    if (identity === undefined || theirs === undefined || isParked(other)) return false;
    if (other.metadata.name === claim.metadata.name || isSameHolder(claim, other)) return false;
    return isSameOwner(identity.owner, theirs.owner) && isInPlaceOf(claim, other);
  });
}

/** Of the same call: an interface may have several addresses of one family. What is parked has no holder. */
function isSameHolder(claim: Claim, other: Claim): boolean {
  const holder = holderOf(claim);
  return holder !== undefined && isHeldBy(other, attachmentKey(holder));
}

function isInPlaceOf({ spec: a }: Claim, { spec: b }: Claim): boolean {
  return parseAddress(a.address).family === parseAddress(b.address).family && scopeOf(a.pool) === scopeOf(b.pool);
}
