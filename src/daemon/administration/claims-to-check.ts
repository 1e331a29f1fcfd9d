import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import type { NodeIpam } from '../allocation/node-ipam.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';

export interface ClaimsToCheckParts {
  readonly ipam: Pick<NodeIpam, 'ledger'>;
  readonly shared: Pick<SharedClaims, 'all' | 'claimOf' | 'stored' | 'everybodys'>;
}

/**
 * What is compared with this daemon's record. Where the claims of others are not watched, the store is asked for those of addresses on record of
 * which none is known: of a virtual machine that moves, the claim is the other node's, and names this one's container.
 * @throws IpamError store-unavailable
 */
export async function claimsToCheck({ ipam, shared }: ClaimsToCheckParts): Promise<readonly Stored<Claim>[]> {
  if (!shared.everybodys.areAsked) return shared.all();
  const claimed = [...ipam.ledger.all()].flatMap(({ addresses }) =>
    addresses.filter(({ block }) => block === undefined),
  );
  const others: Stored<Claim>[] = [];
  for (const held of claimed) {
    if (shared.claimOf(held) !== undefined) continue;
    const claim = await shared.stored(held);
    if (claim !== undefined) others.push(claim);
  }
  // One that was made or heard of meanwhile counts as it is known.
  return [...shared.all(), ...others.filter(({ spec }) => shared.claimOf(spec) === undefined)];
}
