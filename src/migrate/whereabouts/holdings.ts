import type { Address } from '../../ip/address.ts';
import { formatPrefix, prefixContains } from '../../ip/prefix.ts';
import type { PoolResource } from '../../resources/pool.ts';
import { scopeId, scopeOf } from '../../resources/scope.ts';
import { type Conflict, unreadable } from '../conflict.ts';
import { type ForeignLease, podOfText } from '../foreign.ts';
import { goAddress, goPrefix } from '../go-net.ts';
import type { LeftOut } from '../holdings.ts';
import { readAllocations, usualInterface } from './allocations.ts';
import { readIpamSection, type WhereaboutsNetwork } from './ipam-section.ts';
import {
  type NodeSlice,
  poolName,
  readPoolObject,
  readReservation,
  readSlices,
  subjectOf,
  type WhereaboutsPool,
  type WhereaboutsReservation,
} from './objects.ts';
import { gatewayConflicts, givenBy, nameOf, type PoolUse, poolOf, useOf } from './pools.ts';

/** A network configuration that names whereabouts. */
export interface NamedSection {
  readonly name: string;
  readonly ipam: unknown;
  /** `NetworkAttachmentDefinition shop/storage`, for messages. */
  readonly origin?: string;
}

/** The objects of a cluster that whereabouts serves, as they are. */
export interface WhereaboutsFacts {
  readonly pools: readonly unknown[];
  readonly reservations: readonly unknown[];
  readonly slices?: readonly unknown[];
  readonly networks: readonly NamedSection[];
  /** For addresses of a range that no network, or more than one, names. */
  readonly network: string | undefined;
  /** Pods that are there, `namespace/name`, of those that reservations without an allocation name. */
  readonly alive?: ReadonlySet<string>;
  /** What an earlier run of this migration has made, by name. */
  readonly made?: ReadonlyMap<string, PoolResource>;
}

export interface WhereaboutsHoldings {
  readonly pools: readonly PoolResource[];
  readonly leases: readonly ForeignLease[];
  readonly conflicts: readonly Conflict[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

type LeftBehind = Pick<WhereaboutsHoldings, 'leases' | 'leftOut' | 'warnings'>;

/** All that whereabouts has given out. What it may have given out and cannot be read is a conflict. */
export function whereaboutsHoldings(facts: WhereaboutsFacts): WhereaboutsHoldings {
  const conflicts: Conflict[] = [];
  const warnings: string[] = [];
  const networks = facts.networks.flatMap((section) => networkOf(section, conflicts, warnings));
  const slices = readEach('NodeSlicePool', facts.slices ?? [], readSlices, conflicts).flat();
  const reservations = readEach('OverlappingRangeIPReservation', facts.reservations, readReservation, conflicts);
  const read = readEach('IPPool', facts.pools, readPoolObject, conflicts);
  const made: PoolResource[] = [];
  /** Pools of ranges that no network names. */
  const unnamed = new Map<string, WhereaboutsPool>();
  const leases: ForeignLease[] = [];
  const reserved = new Set<string>();
  for (const pool of [...read, ...unusedSlices(slices, read, networks)]) {
    const use = useOf(pool, networks, slices);
    const former = facts.made?.get(nameOf(pool, use));
    const network = networkNameOf(pool, use, facts.network, warnings);
    const copy = poolOf(pool, use, former);
    if (use.users.length === 0 && use.slice === undefined && former === undefined)
      unnamed.set(copy.metadata.name, pool);
    const found = readAllocations(pool, {
      pool: copy.metadata.name,
      networkName: use.networkName,
      network,
      given: givenBy(use, pool),
      reservations,
    });
    leases.push(...found.leases);
    conflicts.push(...found.conflicts, ...gatewayConflicts(use, pool));
    for (const name of found.reserved) reserved.add(name);
    made.push(copy);
  }
  const left = leftBehind({ all: reservations, reserved, alive: facts.alive ?? new Set() }, made);
  leases.push(...left.leases);
  const inUse = new Set(leases.flatMap(({ pools }) => pools));
  const leftOut = [...left.leftOut];
  for (const [name, pool] of unnamed) {
    if (inUse.has(name) || pool.allocations.length > 0) warnings.push(withoutNetwork(pool));
    else leftOut.push({ subject: pool.subject, reason: 'no network uses it, and nothing of it is out' });
  }
  const isNeeded = (name: string): boolean => inUse.has(name) || (unnamed.get(name)?.allocations.length ?? 1) > 0;
  return {
    pools: made.filter(({ metadata }) => isNeeded(metadata.name)),
    leases,
    conflicts,
    leftOut,
    warnings: [...warnings, ...left.warnings],
  };
}

/** @param conflicts what cannot be read is added to them */
function readEach<T extends object>(
  kind: string,
  objects: readonly unknown[],
  read: (object: unknown) => T | string,
  conflicts: Conflict[],
): readonly T[] {
  return objects.flatMap((object) => {
    const value = read(object);
    if (typeof value !== 'string') return [value];
    conflicts.push(unreadable(subjectOf(kind, object), value));
    return [];
  });
}

function networkOf(
  { name, ipam, origin = `network "${name}"` }: NamedSection,
  conflicts: Conflict[],
  warnings: string[],
): readonly WhereaboutsNetwork[] {
  const read = readIpamSection(ipam, { name, origin });
  if ('problem' in read) {
    conflicts.push({
      subject: origin,
      reason: `${read.problem}: what it gives out and what it excludes is not known`,
      advice: 'mend the configuration, or delete it when nothing uses it, and repeat',
    });
    return [];
  }
  if (read.value.fixed.length > 0) {
    warnings.push(
      `${origin} gives ${read.value.fixed.join(', ')} to its Pods (ipam.addresses), which whereabouts records nowhere: reserve them (SpiderReservedIP) where a pool offers them`,
    );
  }
  if (read.value.nodesFile !== undefined) {
    warnings.push(
      `${origin}: ${read.value.nodesFile} of its nodes is not read: put range, exclude, gateway and network_name from there into the network before, or into the pool afterwards`,
    );
  }
  return [read.value];
}

/** Slices of nodes that have not given anything out yet: without a pool they never could. */
function unusedSlices(
  slices: readonly NodeSlice[],
  pools: readonly WhereaboutsPool[],
  networks: readonly WhereaboutsNetwork[],
): readonly WhereaboutsPool[] {
  const present = new Set(pools.map(({ name }) => name));
  return slices.flatMap(({ node, slice, network }) => {
    const isNamed = networks.some(({ networkName }) => networkName === network);
    const name = poolName(slice, isNamed ? network : '', node);
    if (present.has(name)) return [];
    const range = { address: slice.address, prefix: slice };
    return [{ name, subject: `slice ${formatPrefix(slice)} of node "${node}"`, range, allocations: [] }];
  });
}

function networkNameOf(
  { subject, range, allocations }: WhereaboutsPool,
  { users }: PoolUse,
  network: string | undefined,
  warnings: string[],
): string {
  const [user] = users;
  const names = new Set(users.map(({ name }) => name));
  const name = names.size === 1 && user !== undefined ? user.name : network;
  if (name === undefined && allocations.length > 0) {
    warnings.push(
      `${names.size === 0 ? 'no network' : `more than one network (${[...names].join(', ')})`} uses ${subject}, range ${formatPrefix(range.prefix)}: name the one with --network, or a DEL does not find its address, and the controller frees it once the Pod is gone`,
    );
  }
  return name ?? 'whereabouts';
}

function withoutNetwork({ subject, range }: WhereaboutsPool): string {
  return `no network tells what ${subject} gives out: its pool offers all of ${formatPrefix(range.prefix)}; take the gateway and what is excluded out of spec.ips, or migrate once while the networks still name whereabouts`;
}

interface Reservations {
  readonly all: readonly WhereaboutsReservation[];
  /** Names of those that belong to allocations. */
  readonly reserved: ReadonlySet<string>;
  readonly alive: ReadonlySet<string>;
}

/**
 * Whereabouts takes an allocation back before its reservation, so one that is left is nobody's; but while its Pod is there,
 * whereabouts gives the address to no other, and neither do we.
 */
function leftBehind({ all, reserved, alive }: Reservations, pools: readonly PoolResource[]): LeftBehind {
  const leases: ForeignLease[] = [];
  const leftOut: LeftOut[] = [];
  const warnings: string[] = [];
  for (const { name, subject, pod, ifname } of all.filter((one) => !reserved.has(one.name))) {
    const ref = podOfText(pod);
    const place = ref !== undefined && alive.has(pod) ? reservedPlace(name, pools) : undefined;
    if (ref === undefined || place === undefined) {
      leftOut.push({
        subject: `OverlappingRangeIPReservation "${name}"`,
        reason: `no IPPool has allocated it (${pod || 'no Pod named'})`,
      });
      continue;
    }
    const attachment = {
      network: 'whereabouts',
      containerId: `pod-${ref.namespace}-${ref.name}`,
      ifname: ifname || usualInterface,
    };
    leases.push({ ...place, attachment, pod: ref, at: undefined, origin: subject });
    warnings.push(`${subject}: no IPPool has allocated it, but Pod ${pod} is there: claimed for the Pod`);
  }
  return { leases, leftOut, warnings };
}

/** The name of a reservation is an address behind the `network_name` of its pools, and that is their scope. */
function reservedPlace(
  name: string,
  pools: readonly PoolResource[],
): Pick<ForeignLease, 'address' | 'pools'> | undefined {
  for (let from = 0; from >= 0; from = name.indexOf('-', from) + 1) {
    const address = goAddress(name.slice(from).replaceAll('-', ':'));
    const scope = scopeId(name.slice(0, Math.max(0, from - 1)));
    const names = pools.filter((pool) => scopeOf(pool.metadata.name) === scope && hasAddress(pool, address));
    if (address !== undefined && names.length > 0)
      return { address, pools: names.map(({ metadata }) => metadata.name) };
    if (!name.includes('-', from)) return undefined;
  }
  return undefined;
}

function hasAddress({ spec }: PoolResource, address: Address | undefined): boolean {
  const prefix = goPrefix(spec.subnet)?.prefix;
  return address !== undefined && prefix !== undefined && prefixContains(prefix, address);
}
