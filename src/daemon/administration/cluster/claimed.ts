import { formatAddress, parseAddress } from '../../../ip/address.ts';
import { type Allocation, compareListPlaces, listPlaceOf } from '../../../ipam/allocation.ts';
import { attachmentKey } from '../../../ipam/attachment.ts';
import { isParked } from '../../../ipam/claim/claim-state.ts';
import type { Claim } from '../../../resources/claim.ts';
import type { Pool } from '../../../resources/pool.ts';
import type { Stored } from '../../../resources/resource.ts';

/**
 * What claims tell of a daemon's record when it does not answer: which attachment has which addresses of shared pools. The
 * network namespace it alone knows. Sorted as every list is.
 */
export function claimedAllocations(
  claims: Iterable<Stored<Claim>>,
  poolOf: (name: string) => Pool | undefined,
): readonly Allocation[] {
  const allocations = new Map<string, Allocation>();
  for (const claim of claims) {
    if (isParked(claim)) continue;
    const { spec } = claim;
    const key = attachmentKey(spec);
    const former = allocations.get(key);
    const held = heldOf(claim, poolOf(spec.pool));
    allocations.set(key, {
      attachment: { network: spec.network, containerId: spec.containerId, ifname: spec.ifname },
      node: spec.node,
      ...(spec.podName === undefined
        ? {}
        : { pod: { namespace: spec.podNamespace ?? '', name: spec.podName, uid: spec.podUid ?? '' } }),
      netns: '',
      addresses: former === undefined ? [held] : [...former.addresses, held],
      createdAt: Date.parse(claim.metadata.creationTimestamp),
    });
  }
  return [...allocations.values()].sort((a, b) => compareListPlaces(listPlaceOf(a), listPlaceOf(b)));
}

function heldOf({ spec: { address, pool: name } }: Claim, pool: Pool | undefined) {
  const { family } = parseAddress(address);
  return {
    address,
    prefixLength: pool?.subnet.length ?? (family === 4 ? 32 : 128),
    ...(pool?.gateway === undefined ? {} : { gateway: formatAddress(pool.gateway) }),
    pool: name,
    routes: [],
  };
}
