import { type Address, formatAddress } from '../../ip/address.ts';
import { prefixContains } from '../../ip/prefix.ts';
import { defaultInterface, type PodRef } from '../../ipam/attachment.ts';
import { identityOf, type Owner, ordinalOf, statefulSetKind } from '../../ipam/bind/identity.ts';
import { isAlive, type ShownPod, shownAddresses } from '../../ipam/shown-pod.ts';
import { controllerOf } from '../../resources/controlled-by.ts';
import type { PoolResource } from '../../resources/pool.ts';
import { type ForeignLease, podOfText } from '../foreign.ts';
import { goAddress, goPrefix } from '../go-net.ts';
import type { LeftOut } from '../holdings.ts';
import type { CiliumEndpoint, CiliumNode, Mark } from './objects.ts';

export interface LeaseFacts {
  readonly nodes: readonly CiliumNode[];
  readonly endpoints: readonly CiliumEndpoint[];
  readonly pods: readonly ShownPod[];
  readonly pools: readonly PoolResource[];
  /** What the network's file is called. */
  readonly network: string;
}

export interface CiliumLeases {
  readonly leases: readonly ForeignLease[];
  readonly leftOut: readonly LeftOut[];
}

/** Who has an address, and where that is written. */
interface Holding {
  readonly address: Address;
  readonly pod: PodRef;
  readonly owner: Owner | undefined;
  readonly origin: string;
}

/**
 * Who has which address: what Pods show and is of a pool; what CiliumEndpoints say of Pods that show none yet; in CRD mode what is used
 * by a Pod, and what is marked for a Pod of a StatefulSet that is not there now.
 */
export function ciliumLeases(facts: LeaseFacts): CiliumLeases {
  const alive = new Map(facts.pods.filter(isAlive).map((pod) => [keyOf(pod.metadata), pod]));
  const containers = new Map(facts.endpoints.map((one) => [keyOf(one), one.containerId]));
  const leftOut: LeftOut[] = [];
  const held = [
    ...[...alive.values()].flatMap((pod) => shownBy(pod, facts.pools)),
    ...facts.endpoints.flatMap((endpoint) => ofEndpoint(endpoint, alive, leftOut)),
    ...facts.nodes.flatMap(({ used, subject }) => used.flatMap((mark) => ofUsed(mark, subject, alive))),
    ...facts.nodes.flatMap(({ pool, subject }) => pool.flatMap((mark) => ofMark(mark, subject, alive))),
  ];
  const distinct = new Map(held.map((one) => [`${formatAddress(one.address)} ${keyOf(one.pod)}`, one]));
  return { leases: [...distinct.values()].map((one) => leaseOf(one, facts, containers)), leftOut };
}

function leaseOf(
  { address, pod, owner, origin }: Holding,
  { pools, network }: LeaseFacts,
  containers: ReadonlyMap<string, string>,
): ForeignLease {
  const containerId = containers.get(keyOf(pod)) || `pod-${pod.uid || `${pod.namespace}-${pod.name}`}`;
  return {
    address,
    attachment: { network, containerId, ifname: defaultInterface },
    pod,
    ...(owner === undefined ? {} : { owner }),
    at: undefined,
    pools: poolsWith(address, pools),
    origin,
  };
}

function shownBy(pod: ShownPod, pools: readonly PoolResource[]): readonly Holding[] {
  const addresses = shownAddresses(pod)
    .filter(({ ifname }) => ifname === defaultInterface)
    .flatMap(({ ip }) => goAddress(ip) ?? []);
  // What no pool has is its node's own, in whose network it is.
  return addresses
    .filter((address) => poolsWith(address, pools).length > 0)
    .map((address) => ({ address, ...bearerOf(pod), origin: `status of Pod ${keyOf(pod.metadata)}` }));
}

function ofEndpoint(
  { namespace, name, addresses, subject }: CiliumEndpoint,
  alive: ReadonlyMap<string, ShownPod>,
  leftOut: LeftOut[],
): readonly Holding[] {
  const pod = alive.get(keyOf({ namespace, name }));
  if (pod === undefined) {
    if (addresses.length > 0) leftOut.push({ subject, reason: 'its Pod is gone' });
    return [];
  }
  return addresses
    .filter((address) => mayHave(pod, address))
    .map((address) => ({ address, ...bearerOf(pod), origin: subject }));
}

function ofUsed({ address, owner }: Mark, subject: string, alive: ReadonlyMap<string, ShownPod>): readonly Holding[] {
  const pod = alive.get(owner);
  if (pod === undefined || !mayHave(pod, address)) return [];
  return [{ address, ...bearerOf(pod), origin: `status.ipam.used of ${subject}` }];
}

/** A mark of a Pod that is there says what its status says. */
function ofMark(
  { address, owner: text, resource }: Mark,
  subject: string,
  alive: ReadonlyMap<string, ShownPod>,
): readonly Holding[] {
  const pod = podOfText(text);
  const [namespace, kind, name = ''] = resource.split('/');
  if (pod === undefined || alive.has(text) || namespace !== pod.namespace) return [];
  if (kind !== statefulSetKind || ordinalOf(pod.name, name) === undefined) return [];
  return [{ address, pod, owner: { kind, name }, origin: `spec.ipam.pool of ${subject}` }];
}

/** Does the Pod show it, or none of its family yet? A record of one that it has no more is of a former container. */
function mayHave(pod: ShownPod, address: Address): boolean {
  const shown = shownAddresses(pod).flatMap(({ ip }) => goAddress(ip) ?? []);
  const ofFamily = shown.filter(({ family }) => family === address.family);
  return ofFamily.length === 0 || ofFamily.some((one) => one.value === address.value);
}

function bearerOf({ metadata }: ShownPod): Pick<Holding, 'pod' | 'owner'> {
  const pod: PodRef = { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid };
  const { labels } = metadata;
  const identity = identityOf({
    pod,
    labels,
    controller: controllerOf(metadata),
    ifname: defaultInterface,
    stays: false,
  });
  return { pod, owner: identity?.owner };
}

function poolsWith(address: Address, pools: readonly PoolResource[]): readonly string[] {
  return pools
    .filter(({ spec }) => {
      const prefix = goPrefix(spec.subnet)?.prefix;
      return prefix !== undefined && prefixContains(prefix, address);
    })
    .map(({ metadata }) => metadata.name);
}

function keyOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
