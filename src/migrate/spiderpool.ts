import { z } from 'zod';
import { type Address, formatAddress } from '../ip/address.ts';
import { type Owner, ordinalOf, statefulSetKind, virtualMachineKind } from '../ipam/bind/identity.ts';
import { isIpamError } from '../resources/errors.ts';
import { goField } from '../resources/go-json.ts';
import { parseJsonText } from '../resources/json-text.ts';
import { poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import { subnetKind } from '../resources/subnet.ts';
import { type Conflict, unreadable } from './conflict.ts';
import { type ForeignLease, podOfText } from './foreign.ts';
import { goAddress } from './go-net.ts';

/** PoolIPAllocations of Spiderpool (v2beta1): JSON text in a pool's status, the Pod of each address. */
const allocationSchema = z.looseObject({
  pod: z.string(),
  podUid: z.string().optional(),
  interface: z.string().optional(),
});

const usualInterface = 'eth0';

export interface SpiderpoolLeases {
  readonly leases: readonly ForeignLease[];
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly string[];
}

/**
 * What Spiderpool has given out. It writes no container's id: a DEL of ours does not find such an address, and the
 * controller frees it once its Pod is gone.
 */
export function spiderpoolLeases(
  pools: readonly Resource[],
  endpoints: readonly Resource[],
  network: string,
): SpiderpoolLeases {
  const interfaces = endpoints.flatMap(interfacesOf);
  const told = new Map(interfaces.map((one) => [formatAddress(one.address), one]));
  const leases: ForeignLease[] = [];
  const conflicts: Conflict[] = [];
  const warnings: string[] = [];
  for (const pool of pools.filter(({ kind }) => kind === poolKind)) {
    const { name } = pool.metadata;
    const subject = `SpiderIPPool "${name}"`;
    const allocations = allocationsOf(pool);
    if (allocations === undefined) {
      conflicts.push(unreadable(subject, 'status.allocatedIPs is not what Spiderpool writes'));
      continue;
    }
    const counted = (pool.status as { readonly allocatedIPCount?: unknown } | undefined)?.allocatedIPCount;
    if (typeof counted === 'number' && counted > allocations.length) {
      warnings.push(`${subject}: status counts ${counted} addresses that are out, and names ${allocations.length}`);
    }
    for (const [text, value] of allocations) {
      const read = allocationSchema.safeParse(value);
      const address = goAddress(text);
      const pod = podOfText(read.data?.pod, read.data?.podUid ?? '');
      const origin = `${text.length > 60 ? `${text.slice(0, 57)}…` : text} in status.allocatedIPs of ${subject}`;
      if (address === undefined || pod === undefined) {
        conflicts.push(unreadable(origin, address === undefined ? 'it is no address' : 'it names no Pod'));
        continue;
      }
      const { ifname: named, owner } = told.get(formatAddress(address)) ?? {};
      const ifname = named || read.data?.interface || usualInterface;
      const attachment = { network, containerId: `pod-${pod.uid || pod.name}`, ifname };
      leases.push({ address, attachment, pod, ...keptFor(owner), at: undefined, pools: [name], origin });
    }
  }
  const recorded = new Set(leases.map(({ address }) => formatAddress(address)));
  for (const { address, ifname, pool, pod, owner, origin } of interfaces) {
    if (pod === undefined || recorded.has(formatAddress(address)) || !pools.some(isNamed(pool))) continue;
    const attachment = { network, containerId: `pod-${pod.uid || pod.name}`, ifname: ifname || usualInterface };
    leases.push({ address, attachment, pod, ...keptFor(owner), at: undefined, pools: [pool], origin });
    warnings.push(
      `${origin} has ${formatAddress(address)}, which SpiderIPPool "${pool}" does not record: claimed for it`,
    );
  }
  return { leases, conflicts, warnings };
}

function isNamed(name: string): (resource: Resource) => boolean {
  return ({ kind, metadata }) => kind === poolKind && metadata.name === name;
}

/** Undefined: no program of Spiderpool's can read it. */
function allocationsOf({ status }: Resource): readonly (readonly [text: string, value: unknown])[] | undefined {
  const text = (status as { readonly allocatedIPs?: unknown } | undefined)?.allocatedIPs ?? '';
  if (text === '') return [];
  if (typeof text !== 'string') return undefined;
  try {
    const value = parseJsonText(text, '') ?? {};
    return typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : undefined;
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return undefined;
  }
}

interface PodInterface {
  readonly address: Address;
  readonly ifname: string;
  readonly pool: string;
  readonly pod: ForeignLease['pod'];
  readonly owner: Owner | undefined;
  readonly origin: string;
}

/** Spiderpool offers what is listed and nothing else, and writes an empty list as none; here that would be the whole subnet. */
export function withListedAddresses(resource: Resource): Resource {
  if (resource.kind !== poolKind && resource.kind !== subnetKind) return resource;
  return { ...resource, spec: { ips: [], ...(resource.spec as object) } };
}

/** Which interface has an address, as far as endpoints tell. */
function interfacesOf({ metadata, status }: Resource): readonly PodInterface[] {
  const current = goField(status, 'current');
  const ips = goField(current, 'ips');
  const uid = goField(current, 'uid');
  const origin = `SpiderEndpoint "${metadata.namespace}/${metadata.name}"`;
  const pod = podOfText(`${metadata.namespace}/${metadata.name}`, typeof uid === 'string' ? uid : '');
  const owner = ownerOf(status, metadata.name);
  return (Array.isArray(ips) ? ips : []).flatMap((one: unknown) =>
    ['ipv4', 'ipv6'].flatMap((key) => {
      const text = goField(one, key);
      const address = goAddress(typeof text === 'string' ? text.replace(/\/.*$/, '') : undefined);
      const [ifname, pool] = [goField(one, 'interface'), goField(one, `${key}Pool`)].map((value) =>
        typeof value === 'string' ? value : '',
      );
      return address === undefined ? [] : [{ address, ifname: ifname ?? '', pool: pool ?? '', pod, owner, origin }];
    }),
  );
}

/**
 * For whom Spiderpool keeps the addresses of an endpoint: for a Pod of a StatefulSet, and for a virtual machine, which gives its
 * endpoint the name. It does not write of which group the owner is.
 */
function ownerOf(status: unknown, endpoint: string): Owner | undefined {
  const [kind, name] = [goField(status, 'ownerControllerType'), goField(status, 'ownerControllerName')];
  if (typeof name !== 'string' || name === '') return undefined;
  if (kind === statefulSetKind) return ordinalOf(endpoint, name) === undefined ? undefined : { kind, name };
  return kind === 'VirtualMachineInstance' ? { kind: virtualMachineKind, name } : undefined;
}

function keptFor(owner: Owner | undefined): Pick<ForeignLease, 'owner'> {
  return owner === undefined ? {} : { owner };
}
