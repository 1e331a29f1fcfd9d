import { type Address, formatAddress } from '../../ip/address.ts';
import type { AddressFacts } from '../../ipam/address-state.ts';
import type { Allocation } from '../../ipam/allocation.ts';
import { identityTitle, isAskedToStay } from '../../ipam/bind/identity.ts';
import { identityOfClaim } from '../../ipam/bind/kept-claim.ts';
import { isParked } from '../../ipam/claim/claim-state.ts';
import type { Ledger } from '../../ipam/ledger.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';

/** Who has an address, by this daemon's record, or by a claim of any daemon; or for whom it is kept. */
export async function whoHolds(
  address: Address,
  { ledger, shared }: { readonly ledger: Ledger; readonly shared: Pick<SharedClaims, 'everybodys'> },
): Promise<Pick<AddressFacts, 'holder' | 'parked'>> {
  const text = formatAddress(address);
  const [own] = ledger.holdersOf(text);
  if (own !== undefined) {
    const pool = own.addresses.find((held) => held.address === text)?.pool ?? '';
    return { holder: { node: own.node, pool, who: `container ${own.attachment.containerId}` } };
  }
  const [claim] = await shared.everybodys.ofAddress(address);
  if (claim === undefined) return { holder: undefined };
  const { podName, podNamespace = '', containerId, node, pool, parkedAt = '' } = claim.spec;
  const identity = identityOfClaim(claim);
  if (isParked(claim) && identity !== undefined) {
    const { owner, ifname } = identity;
    const whom = isAskedToStay(owner)
      ? identityTitle(identity)
      : `Pod ${podNamespace}/${podName} of ${owner.kind} "${owner.name}"`;
    const who = `${ifname} of ${whom}`;
    return { holder: undefined, parked: { pool, who, since: parkedAt } };
  }
  const pod = podName === undefined ? '' : ` of Pod ${podNamespace}/${podName}`;
  return { holder: { node, pool, who: `container ${containerId}${pod}` } };
}

/** What a Pod has by this daemon's record; all of that is gone through. */
export function* ofPod(ledger: Ledger, namespace: string, name: string): Generator<undefined, readonly Allocation[]> {
  const found: Allocation[] = [];
  for (const allocation of ledger.all()) {
    if (allocation.pod?.name === name && allocation.pod.namespace === namespace) found.push(allocation);
    yield;
  }
  return found;
}
