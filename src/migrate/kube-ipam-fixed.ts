import { fixedBy } from '../dialects/annotated-request.ts';
import { type Address, formatAddress } from '../ip/address.ts';
import { parsePrefix, prefixContains } from '../ip/prefix.ts';
import { defaultInterface, type PodRef, podSubject } from '../ipam/attachment.ts';
import { identityOf } from '../ipam/bind/identity.ts';
import { isRequested, onlyAddress, type RequestedAddress } from '../ipam/requested-address.ts';
import { controllerOf } from '../resources/controlled-by.ts';
import { isIpamError } from '../resources/errors.ts';
import { parseJsonText } from '../resources/json-text.ts';
import type { PoolResource } from '../resources/pool.ts';
import { rangesOwner } from '../resources/ranges-owner.ts';
import type { OwnerReference } from '../resources/resource.ts';
import { type Conflict, unreadable } from './conflict.ts';
import type { ForeignLease } from './foreign.ts';
import { goAddress } from './go-net.ts';

/** What an API server shows of a Pod, as far as it matters here. */
export interface ShownPod {
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
  };
}

export interface FixedLeases {
  readonly leases: readonly ForeignLease[];
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly string[];
}

interface ShownAddress {
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
  { address, ifname }: ShownAddress,
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
function heldOf(shown: ShownPod, requested: readonly RequestedAddress[]): readonly ShownAddress[] {
  const all = shownAddresses(shown);
  return requested.flatMap((one) => {
    const seen = all.filter(({ address }) => isRequested(one, address));
    const only = onlyAddress(one);
    return seen.length > 0 || only === undefined ? seen : [{ address: only, ifname: defaultInterface }];
  });
}

/** The status of a Pod that has ended shows the addresses that it had. */
function isAlive({ status }: ShownPod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function shownAddresses({ metadata, status }: ShownPod): readonly ShownAddress[] {
  const own = [status?.podIP ?? '', ...(status?.podIPs ?? []).map(({ ip }) => ip)];
  const shown = new Map<string, ShownAddress>();
  const add = (text: unknown, ifname: string): void => {
    const address = goAddress(text);
    if (address !== undefined) shown.set(formatAddress(address), { address, ifname });
  };
  for (const text of own) add(text, defaultInterface);
  for (const { interface: ifname, ips } of networkStatuses(
    metadata.annotations?.['k8s.v1.cni.cncf.io/network-status'],
  )) {
    for (const text of ips) add(text, ifname);
  }
  return [...shown.values()];
}

/** What Multus writes of the interfaces that it adds; anybody may write an annotation, so what is otherwise says nothing. */
function networkStatuses(text = ''): readonly { readonly interface: string; readonly ips: readonly unknown[] }[] {
  const value = jsonOrNone(text);
  return (Array.isArray(value) ? value : []).flatMap((one: { interface?: unknown; ips?: unknown } | null) =>
    typeof one?.interface === 'string' && Array.isArray(one.ips) ? [{ interface: one.interface, ips: one.ips }] : [],
  );
}

function jsonOrNone(text: string): unknown {
  try {
    return parseJsonText(text, '');
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return undefined;
  }
}
