import { fixedBy } from '../dialects/annotated-request.ts';
import { type Address, formatAddress } from '../ip/address.ts';
import { parsePrefix, prefixContains } from '../ip/prefix.ts';
import { defaultInterface, type PodRef, podSubject } from '../ipam/attachment.ts';
import { identityOf } from '../ipam/bind/identity.ts';
import { isRequested, onlyAddress, type RequestedAddress } from '../ipam/requested-address.ts';
import { isAlive, type ShownPod, shownAddresses } from '../ipam/shown-pod.ts';
import { controllerOf } from '../resources/controlled-by.ts';
import { isIpamError } from '../resources/errors.ts';
import type { PoolResource } from '../resources/pool.ts';
import { rangesOwner } from '../resources/ranges-owner.ts';
import { type Conflict, unreadable } from './conflict.ts';
import type { ForeignLease } from './foreign.ts';
import { goAddress } from './go-net.ts';

export interface FixedLeases {
  readonly leases: readonly ForeignLease[];
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly string[];
}

interface HeldThere {
  readonly address: Address;
  readonly ifname: string;
}

/**
 * What kube-ipam gave to Pods that fixed their addresses: it keeps no record of that, the Pods do. They name no container, so
 * the controller, and no DEL, gives such an address on when its Pod is gone: to the next Pod of the same owner.
 * @param pools of kube-ipam's networks
 */
export function kubeIpamFixedLeases(pods: readonly ShownPod[], pools: readonly PoolResource[]): FixedLeases {
  const leases: ForeignLease[] = [];
  const conflicts: Conflict[] = [];
  const warnings: string[] = [];
  for (const shown of pods.filter(isAlive)) {
    const { namespace = '', name, uid, annotations = {} } = shown.metadata;
    const pod = { namespace, name, uid };
    try {
      const [fixed] = fixedBy({ pod, ifname: defaultInterface, annotations, ipamType: undefined }).filter(
        ([dialect]) => dialect === 'kube-ipam',
      );
      if (fixed === undefined) continue;
      const [, { requested }] = fixed;
      const held = heldOf(shown, requested);
      if (held.length === 0)
        warnings.push(
          `${podSubject(pod)} asks for one of several addresses, and its status shows none of them: none is moved`,
        );
      leases.push(...held.map((one) => leaseOf(shown, pod, one, pools)));
    } catch (error) {
      if (!isIpamError(error)) throw error;
      conflicts.push(unreadable(podSubject(pod), error.message));
    }
  }
  return { leases, conflicts, warnings };
}

function leaseOf(
  shown: ShownPod,
  pod: PodRef,
  { address, ifname }: HeldThere,
  pools: readonly PoolResource[],
): ForeignLease {
  const { labels } = shown.metadata;
  const controller = controllerOf(shown.metadata);
  const owner = identityOf({ pod, labels, controller, ifname, stays: true })?.owner;
  const around = pools.filter(({ spec }) => prefixContains(parsePrefix(spec.subnet), address));
  const [first] = around;
  const network = first === undefined ? undefined : rangesOwner(first)?.network;
  return {
    address,
    attachment: { network: network ?? 'kube-ipam', containerId: `pod-${pod.uid}`, ifname },
    pod,
    ...(owner === undefined ? {} : { owner }),
    at: undefined,
    pools: around.map(({ metadata }) => metadata.name),
    origin: `annotation kube-ipam.ip of ${podSubject(pod)}, ${formatAddress(address)}`,
  };
}

/** Of each address that is asked for, what the status shows; where that shows nothing, the only one that there is. */
function heldOf(shown: ShownPod, requested: readonly RequestedAddress[]): readonly HeldThere[] {
  const all = addressesOf(shown);
  return requested.flatMap((one) => {
    const seen = all.filter(({ address }) => isRequested(one, address));
    const only = onlyAddress(one);
    return seen.length > 0 || only === undefined ? seen : [{ address: only, ifname: defaultInterface }];
  });
}

function addressesOf(shown: ShownPod): readonly HeldThere[] {
  const held = new Map<string, HeldThere>();
  for (const { ip, ifname } of shownAddresses(shown)) {
    const address = ifname === '' ? undefined : goAddress(ip);
    if (address !== undefined) held.set(formatAddress(address), { address, ifname });
  }
  return [...held.values()];
}
