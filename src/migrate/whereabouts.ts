import { z } from 'zod';
import { formatAddress, offsetAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { formatPrefix, parseInterfaceAddress } from '../ip/prefix.ts';
import { IpamError } from '../resources/errors.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../resources/pool.ts';
import { parseWith } from '../resources/schema.ts';
import { addressOrNone, type ForeignLease, podOfText } from './foreign.ts';
import type { LeftOut } from './holdings.ts';

/** `whereabouts.cni.cncf.io/v1alpha1`, pkg/api of k8snetworkplumbingwg/whereabouts: addresses by their offset in the range. */
const poolSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    range: z.string(),
    allocations: z
      .record(
        z.string(),
        z.looseObject({ id: z.string(), podref: z.string().optional(), ifname: z.string().optional() }),
      )
      .nullish(),
  }),
});

/** One address of several ranges, named after the address, dashes for colons, behind the network's name if it has one. */
const reservationSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    containerid: z.string().optional(),
    podref: z.string().optional(),
    ifname: z.string().optional(),
  }),
});

/** What an `ipam` section of whereabouts says of one of its ranges. */
const rangeSchema = z.looseObject({
  range: z.string().optional(),
  range_start: z.string().optional(),
  range_end: z.string().optional(),
  gateway: z.string().optional(),
  exclude: z.array(z.string()).optional(),
});

/** A network whose addresses whereabouts gives. */
export interface WhereaboutsNetwork {
  readonly name: string;
  readonly ipam: unknown;
}

export interface WhereaboutsFacts {
  readonly pools: readonly unknown[];
  readonly reservations: readonly unknown[];
  readonly networks: readonly WhereaboutsNetwork[];
  /** For addresses of a range that no network, or more than one, names. */
  readonly network: string | undefined;
}

export interface WhereaboutsHoldings {
  readonly pools: readonly PoolResource[];
  readonly leases: readonly ForeignLease[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/** The interface of allocations that older versions wrote without one: what Multus calls its first. */
const usualInterface = 'net1';

/** @throws IpamError invalid-config: an object that this version of whereabouts does not write */
export function whereaboutsHoldings({ pools, reservations, networks, network }: WhereaboutsFacts): WhereaboutsHoldings {
  const leftOut: LeftOut[] = [];
  const warnings: string[] = [];
  const leases: ForeignLease[] = [];
  const made: PoolResource[] = [];
  const held = new Set<string>();
  for (const object of pools) {
    const { metadata, spec } = parseWith(poolSchema, object, 'IPPool of whereabouts');
    const { address: base, prefix } = rangeOf(spec.range, metadata.name);
    const users = networks.filter(({ ipam }) =>
      rangesOf(ipam).some((range) => isRange(range.range, formatPrefix(prefix))),
    );
    const [user] = users;
    const name = users.length === 1 && user !== undefined ? user.name : network;
    const allocations = Object.entries(spec.allocations ?? {});
    if (name === undefined && allocations.length > 0) {
      warnings.push(
        `${users.length === 0 ? 'no network' : `more than one network (${users.map((one) => one.name).join(', ')})`} uses range ${spec.range}: name the one with --network, or a DEL does not find its address, and the controller frees it once the Pod is gone`,
      );
    }
    made.push(poolOf(metadata.name, prefix, user === undefined ? [] : rangesOf(user.ipam)));
    for (const [offset, { id, podref, ifname }] of allocations) {
      if (!/^\d+$/.test(offset) || id === '') {
        leftOut.push({
          subject: `allocation "${offset}" of IPPool "${metadata.name}"`,
          reason: 'it names no address or no container',
        });
        continue;
      }
      const address = offsetAddress(base, BigInt(offset));
      const pod = podOfText(podref);
      held.add(formatAddress(address));
      leases.push({
        address,
        attachment: { network: name ?? 'whereabouts', containerId: id, ifname: ifname || usualInterface },
        ...(pod === undefined ? {} : { pod }),
        at: undefined,
      });
    }
  }
  for (const object of reservations) {
    const { metadata, spec } = parseWith(reservationSchema, object, 'OverlappingRangeIPReservation of whereabouts');
    const address = reservedAddress(metadata.name);
    if (address !== undefined && held.has(formatAddress(address))) continue;
    leftOut.push({
      subject: `OverlappingRangeIPReservation "${metadata.name}"`,
      reason: `no IPPool has allocated it (${spec.podref ?? 'no Pod named'})`,
    });
  }
  return { pools: made, leases, leftOut, warnings };
}

/** Offsets count from the address that the range names, which need not be its first. */
function rangeOf(text: string, pool: string) {
  try {
    return parseInterfaceAddress(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new IpamError('invalid-config', `IPPool "${pool}" of whereabouts: spec.range ${text}: ${error.message}`);
  }
}

function poolOf(
  name: string,
  prefix: ReturnType<typeof rangeOf>['prefix'],
  sections: readonly z.output<typeof rangeSchema>[],
): PoolResource {
  const subnet = formatPrefix(prefix);
  const section = sections.find(({ range }) => isRange(range, subnet));
  const [start, end] = startAndEnd(section);
  const gateway = section?.gateway === undefined ? undefined : addressOrNone(section.gateway);
  const spec: PoolSpec = {
    ipVersion: prefix.address.family,
    subnet,
    ...(start === undefined || end === undefined ? {} : { ips: [`${start}-${end}`] }),
    ...(section?.exclude === undefined ? {} : { excludeIPs: section.exclude }),
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
  };
  return { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name: `whereabouts-${name}` }, spec };
}

function startAndEnd(
  section: z.output<typeof rangeSchema> | undefined,
): readonly [string | undefined, string | undefined] {
  const [, first, last] = /^([^-]+)-([^/]+)\//.exec(section?.range ?? '') ?? [];
  return [section?.range_start ?? first, section?.range_end ?? last];
}

function rangesOf(ipam: unknown): readonly z.output<typeof rangeSchema>[] {
  const section = z
    .looseObject({ ipRanges: z.array(rangeSchema).optional() })
    .and(rangeSchema)
    .safeParse(ipam);
  if (!section.success) return [];
  return [section.data, ...(section.data.ipRanges ?? [])];
}

/** `10.1.0.0/24`, `10.1.0.9/24` and `10.1.0.5-10.1.0.9/24` are ranges of one subnet. */
function isRange(range: string | undefined, subnet: string): boolean {
  const text = range?.replace(/^[^-]+-/, '');
  try {
    return text !== undefined && formatPrefix(parseInterfaceAddress(text).prefix) === subnet;
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    return false;
  }
}

function reservedAddress(name: string) {
  const parts = name.split('-');
  for (let from = 0; from < parts.length; from += 1) {
    const address = addressOrNone(parts.slice(from).join(':'));
    if (address !== undefined) return address;
  }
  return undefined;
}
