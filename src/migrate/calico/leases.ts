import { ipAddrs } from '../../dialects/calico/annotations.ts';
import { type Address, formatAddress } from '../../ip/address.ts';
import { prefixContains } from '../../ip/prefix.ts';
import { defaultInterface, type PodRef } from '../../ipam/attachment.ts';
import { identityOf, type Owner, virtualMachineKind } from '../../ipam/bind/identity.ts';
import { isAlive, type ShownPod, shownAddresses } from '../../ipam/shown-pod.ts';
import { controllerOf } from '../../resources/controlled-by.ts';
import { ownValue } from '../../resources/own-value.ts';
import { type Conflict, unreadable } from '../conflict.ts';
import type { ForeignLease } from '../foreign.ts';
import { goAddress } from '../go-net.ts';
import type { CalicoAttributes, CalicoPool } from './objects.ts';

/** One address that is out, by a block. */
export interface Given {
  readonly address: Address;
  readonly attributes: CalicoAttributes;
  readonly origin: string;
}

/** The network of a handle that does not say it. */
const usualNetwork = 'k8s-pod-network';

/** Is it a Pod's or a virtual machine's? All else Calico's nodes have for themselves. */
export function isOfPod({ attributes: { owner, handle } }: Given): boolean {
  return ownValue(owner, 'pod') !== undefined || machineOf({ owner, handle }) !== undefined;
}

/**
 * @param pools those that may have it @param shown Pods by `namespace/name`
 * @param conflicts what cannot be moved is added to them
 */
export function leaseOf(
  { address, attributes, origin }: Given,
  pools: readonly CalicoPool[],
  shown: ReadonlyMap<string, ShownPod>,
  conflicts: Conflict[],
): readonly ForeignLease[] {
  const { handle, owner: own, other } = attributes;
  const machine = machineOf(attributes);
  const pod = podOf(own) ?? (machine === undefined ? undefined : { namespace: machine.namespace, name: machine.name });
  if (pod === undefined) {
    conflicts.push(unreadable(origin, 'it names a Pod of no namespace'));
    return [];
  }
  const target = podOf(other);
  if (target !== undefined && isThere(shown, pod) && isThere(shown, target) && target.name !== pod.name) {
    conflicts.push({
      subject: origin,
      reason: `Pod ${pod.namespace}/${pod.name} and Pod ${target.namespace}/${target.name} have it: its virtual machine moves`,
      advice: 'repeat when the live migration is over',
    });
    return [];
  }
  const seen = shown.get(`${pod.namespace}/${pod.name}`);
  const present = seen !== undefined && isAlive(seen) && hasAddress(seen, address) ? seen : undefined;
  const ref: PodRef = { ...pod, uid: present?.metadata.uid ?? '' };
  const [network, containerId] = machine === undefined ? containerOf(handle, ref) : [machine.network, nameless(ref)];
  const at = timeOf(ownValue(own, 'timestamp'));
  const owner = machine === undefined ? ownerOf(present, ref) : { kind: virtualMachineKind, name: machine.name };
  return [
    {
      address,
      attachment: { network, containerId, ifname: defaultInterface },
      pod: ref,
      ...(owner === undefined ? {} : { owner }),
      at,
      pools: pools.filter(({ prefix }) => prefixContains(prefix, address)).map(({ name }) => name),
      origin,
    },
  ];
}

function podOf(
  attributes: CalicoAttributes['owner'],
): { readonly namespace: string; readonly name: string } | undefined {
  const [name, namespace] = [ownValue(attributes, 'pod'), ownValue(attributes, 'namespace')];
  return name === undefined || namespace === undefined ? undefined : { namespace, name };
}

function isThere(
  shown: ReadonlyMap<string, ShownPod>,
  { namespace, name }: Pick<PodRef, 'namespace' | 'name'>,
): boolean {
  const pod = shown.get(`${namespace}/${name}`);
  return pod !== undefined && isAlive(pod);
}

function hasAddress(pod: ShownPod, address: Address): boolean {
  return shownAddresses(pod).some(({ ip }) => {
    const one = goAddress(ip);
    return one !== undefined && formatAddress(one) === formatAddress(address);
  });
}

/** A handle is the network's name, a dot, and the container's id, which has none. */
function containerOf(handle: string, pod: PodRef): readonly [network: string, containerId: string] {
  const dot = handle.lastIndexOf('.');
  return dot < 0 ? [usualNetwork, nameless(pod)] : [handle.slice(0, dot), handle.slice(dot + 1)];
}

/** No DEL finds it; the controller looks at the Pod. */
function nameless({ namespace, name, uid }: PodRef): string {
  return `pod-${uid || `${namespace}-${name}`}`;
}

interface Machine {
  readonly network: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Of a virtual machine that keeps its address the handle is `NETWORK.vmi.NAMESPACE.NAME`; where that would be too long it has a hash,
 * and the attributes say the name.
 */
function machineOf({ owner, handle }: Pick<CalicoAttributes, 'owner' | 'handle'>): Machine | undefined {
  const [, network = '', rest = ''] = /^(.+?)\.vmi\.(.+)$/.exec(handle) ?? [];
  if (network === '') return undefined;
  const [, namespace, name] = /^([^._][^.]*)\.(.+)$/.exec(rest) ?? [];
  if (namespace !== undefined && name !== undefined) return { network, namespace, name };
  const [said, of] = [ownValue(owner, 'vmi-name'), ownValue(owner, 'namespace')];
  return said === undefined || of === undefined ? undefined : { network, namespace: of, name: said };
}

/** Calico keeps addresses for those who annotate them; who keeps his name keeps his address here, so it begins with that of now. */
function ownerOf(shown: ShownPod | undefined, pod: PodRef): Owner | undefined {
  if (shown === undefined) return undefined;
  const { labels, annotations = {} } = shown.metadata;
  const stays = ownValue(annotations, ipAddrs) !== undefined;
  return identityOf({ pod, labels, controller: controllerOf(shown.metadata), ifname: defaultInterface, stays })?.owner;
}

/** As Go writes a time: `2026-11-30 21:43:07.123456789 +0000 UTC`. */
function timeOf(text = ''): number | undefined {
  const [, day, time, fraction = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)? \+0000 UTC/.exec(text) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${fraction.slice(0, 4)}Z`);
  return Number.isNaN(at) ? undefined : at;
}
