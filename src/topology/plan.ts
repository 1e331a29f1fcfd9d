import { formatAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix, prefixesOverlap } from '../ip/prefix.ts';
import { subnetPoolName } from '../resources/topology/subnet-pool.ts';
import {
  isWithin,
  type Place,
  type PlaceSubnet,
  placesById,
  placesOf,
  placeTitle,
  type Topology,
} from '../resources/topology/topology.ts';
import { type RouteCount, routeCounts } from './routes.ts';

/** A prefix that is not as it was. */
export interface PrefixChange {
  readonly change: 'appears' | 'vanishes' | 'moves' | 'changes';
  readonly prefix: string;
  /** Do Pods get addresses of it? Else places take theirs from it. */
  readonly isSubnet: boolean;
  /** Where it is afterwards; of one that vanishes, where it was. */
  readonly place: string;
  /** Where it was, or what it said; empty where the change says it. */
  readonly before: string;
  readonly after: string;
}

/** What may not happen, and why. */
export interface PlanRefusal {
  readonly prefix: string;
  readonly message: string;
  readonly advice: string;
}

export interface TopologyPlan {
  readonly changes: readonly PrefixChange[];
  readonly refusals: readonly PlanRefusal[];
  readonly routesBefore: readonly RouteCount[];
  readonly routesAfter: readonly RouteCount[];
}

/** What a change may meet. */
export interface PlanFacts {
  /** Of the pool of that name, addresses that are out, or may be: undefined: there is no such pool. */
  readonly held: (pool: string) => bigint | undefined;
  /** Pools that no topology made. */
  readonly others: readonly { readonly name: string; readonly subnet: Prefix }[];
}

/** A subnet, where it is. */
interface Placed {
  readonly subnet: PlaceSubnet;
  readonly place: Place;
}

/**
 * What a change of the topology comes to, before anything is changed. Refused is what would take addresses away from Pods that have
 * them, or from the rack that routes them.
 * @param before undefined: there is none yet
 */
export function planChange(before: Topology | undefined, after: Topology, facts: PlanFacts): TopologyPlan {
  const former = subnetsOf(before);
  const present = subnetsOf(after);
  const changes = [...rangeChanges(before, after)];
  const refusals: PlanRefusal[] = [];
  for (const [prefix, placed] of present) {
    const was = former.get(prefix);
    const change = was === undefined ? appearance(prefix, placed) : changeOf(prefix, was, placed);
    if (change !== undefined) changes.push(change);
    const refusal =
      was === undefined ? foreignRefusal(prefix, placed, facts) : changeRefusal(prefix, was, placed, after, facts);
    if (refusal !== undefined) refusals.push(refusal);
  }
  for (const [prefix, placed] of former) {
    if (present.has(prefix)) continue;
    const place = placeTitle(placed.place);
    changes.push({ change: 'vanishes', prefix, isSubnet: true, place, before: said(placed.subnet), after: '' });
    const refusal = heldRefusal(prefix, placed, `would vanish from ${place}`, facts);
    if (refusal !== undefined) refusals.push(refusal);
  }
  return {
    changes,
    refusals,
    routesBefore: before === undefined ? [] : routeCounts(before),
    routesAfter: routeCounts(after),
  };
}

/** By prefix: no two of a topology overlap. */
function subnetsOf(topology: Topology | undefined): ReadonlyMap<string, Placed> {
  const found = new Map<string, Placed>();
  for (const place of placesOf(topology ?? { zones: [] })) {
    for (const subnet of place.subnets) found.set(formatPrefix(subnet.prefix), { subnet, place });
  }
  return found;
}

function appearance(prefix: string, { subnet, place }: Placed): PrefixChange {
  return { change: 'appears', prefix, isSubnet: true, place: placeTitle(place), before: '', after: said(subnet) };
}

function changeOf(prefix: string, was: Placed, is: Placed): PrefixChange | undefined {
  const of = { prefix, isSubnet: true, place: placeTitle(is.place) };
  if (!isSamePlace(was.place, is.place)) {
    return { ...of, change: 'moves', before: placeTitle(was.place), after: placeTitle(is.place) };
  }
  const [before, after] = [said(was.subnet), said(is.subnet)];
  return before === after ? undefined : { ...of, change: 'changes', before, after };
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.level === b.level && a.id === b.id;
}

/** What a subnet says beside its prefix. */
function said({ purpose, gateway, vlan, blockSize }: PlaceSubnet): string {
  return [
    purpose,
    ...(gateway === undefined ? [] : [`gateway ${formatAddress(gateway)}`]),
    ...(vlan === undefined ? [] : [`vlan ${vlan}`]),
    ...(blockSize === undefined ? [] : [`block_size ${blockSize}`]),
  ].join(', ');
}

/** Ranges give nobody an address: they come and go freely, as far as the rules of a topology let them. */
function* rangeChanges(before: Topology | undefined, after: Topology): Generator<PrefixChange> {
  const [former, present] = [rangesOf(before), rangesOf(after)];
  const of = { isSubnet: false, before: '', after: '' };
  for (const [key, { prefix, place }] of present) {
    if (!former.has(key)) yield { ...of, change: 'appears', prefix, place };
  }
  for (const [key, { prefix, place }] of former) {
    if (!present.has(key)) yield { ...of, change: 'vanishes', prefix, place };
  }
}

function rangesOf(
  topology: Topology | undefined,
): ReadonlyMap<string, { readonly prefix: string; readonly place: string }> {
  const found = new Map<string, { prefix: string; place: string }>();
  const add = (place: string, ranges: Topology['ranges']): void => {
    for (const range of ranges) {
      const prefix = formatPrefix(range.prefix);
      found.set(`${place} ${prefix}`, { prefix, place });
    }
  };
  add('the cluster', topology?.ranges ?? []);
  for (const place of placesOf(topology ?? { zones: [] })) add(placeTitle(place), place.ranges);
  return found;
}

function changeRefusal(
  prefix: string,
  was: Placed,
  is: Placed,
  after: Topology,
  facts: PlanFacts,
): PlanRefusal | undefined {
  if (was.subnet.blockSize !== is.subnet.blockSize && facts.held(subnetPoolName(is.subnet.prefix)) !== undefined) {
    return {
      prefix,
      message: `${prefix} of ${placeTitle(is.place)}: block_size cannot change from ${was.subnet.blockSize ?? 'none'} to ${is.subnet.blockSize ?? 'none'}`,
      advice: 'take the subnet out, apply that, and put it back with the other block_size',
    };
  }
  if (isSamePlace(was.place, is.place)) return undefined;
  // Whoever has addresses of it may have them still.
  const moved = placesById(after, was.place.level).get(was.place.id);
  if (moved !== undefined && isWithin(moved, is.place)) return undefined;
  return heldRefusal(prefix, is, `would move from ${placeTitle(was.place)} to ${placeTitle(is.place)}`, facts);
}

function heldRefusal(prefix: string, { subnet }: Placed, what: string, facts: PlanFacts): PlanRefusal | undefined {
  const held = facts.held(subnetPoolName(subnet.prefix)) ?? 0n;
  if (held === 0n) return undefined;
  return {
    prefix,
    message: `${prefix} ${what}, and ${held} of its addresses are in use or leased`,
    advice: 'disable its pool, let the Pods that have them go, and apply again: ipam-cli addresses shows who they are',
  };
}

function foreignRefusal(prefix: string, { subnet, place }: Placed, { others }: PlanFacts): PlanRefusal | undefined {
  const other = others.find((one) => prefixesOverlap(one.subnet, subnet.prefix));
  if (other === undefined) return undefined;
  return {
    prefix,
    message: `${prefix} of ${placeTitle(place)} overlaps ${formatPrefix(other.subnet)} of pool "${other.name}", which no topology made`,
    advice: 'choose another prefix, or delete that pool first',
  };
}
