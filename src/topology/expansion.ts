import { type Family, familyBits, offsetAddress } from '../ip/address.ts';
import { formatPrefix, lastAddress, type Prefix, prefixContains, prefixSize } from '../ip/prefix.ts';
import { prefixRange } from '../ip/range.ts';
import { type RangeSet, rangeSet, union } from '../ip/range-set.ts';
import { parsePool } from '../resources/pool.ts';
import { refusalsOf } from '../resources/refusal.ts';
import { mostGrown } from '../resources/topology/schema.ts';
import { subnetPool, subnetPoolName } from '../resources/topology/subnet-pool.ts';
import {
  type Expansion,
  type GrownSubnet,
  type Place,
  type PlaceSubnet,
  placesOf,
  placeTitle,
  type Topology,
} from '../resources/topology/topology.ts';
import { adjacentPrefix, freeAround } from './free-space.ts';

/** How full the pool of a subnet is. */
export interface SubnetPoolUse {
  /** Addresses that it may give. */
  readonly total: bigint;
  /** Of them those that nobody else can get: used, kept, or leased to a node. */
  readonly out: bigint;
  /** Does no node have anything of it, not even an empty block? */
  readonly isEmpty: boolean;
  /** It gives nothing, because its operators say so. */
  readonly isOff: boolean;
  /** It is being deleted. */
  readonly isGoing: boolean;
  /** How many more are out each hour lately; undefined: nobody knows yet. */
  readonly perHour: number | undefined;
}

export interface ExpansionFacts {
  /** Of the pool of that name; undefined: there is none. */
  readonly use: (pool: string) => SubnetPoolUse | undefined;
  /** Subnets of all pools that there are, whoever made them. */
  readonly pools: readonly Prefix[];
}

/** What happens to a prefix that came by itself. */
export interface GrowthChange {
  /** It appears; its pool is to go, since it is empty; it stays after all; its pool is gone, and so is it. */
  readonly change: 'appears' | 'leaves' | 'stays' | 'gone';
  readonly grown: GrownSubnet;
  /** As a sentence, for logs. */
  readonly why: string;
}

/** Subnets that are full, and no room is left around them. */
export interface FullPlace {
  readonly place: Place;
  readonly purpose: string;
  readonly family: Family;
}

export interface GrowthPlan {
  readonly changes: readonly GrowthChange[];
  readonly full: readonly FullPlace[];
}

/** A further prefix is to last for so many hours at the pace of late. */
const wantedHours = 7 * 24;
/** Of what there is, it is at least a quarter, so that it takes few steps, and at most as much again. */
const leastShare = 4n;
/** Where no prefix of the size is left, one of a quarter of it does. */
const shorterBits = 2;
/** A prefix goes when what is left without it would be used at most half as much as it takes to get one: it does not come and go. */
const calmShare = 2n;

/**
 * Which places get a further prefix, and which prefixes go, by one version of the topology: who writes that over the same version, and no
 * other, is the only one.
 */
export function planExpansion(topology: Topology, facts: ExpansionFacts): GrowthPlan {
  const changes: GrowthChange[] = topology.grown.flatMap((grown) => changeOfLeaving(grown, facts) ?? []);
  const full: FullPlace[] = [];
  let taken = takenIn(topology, facts);
  let left = mostGrown - topology.grown.length;
  for (const group of groupsOf(topology)) {
    const use = useOf(group.subnets, facts);
    if (!isShort(use, topology.expansion)) {
      const leaving = leavingOf(group, use, topology, facts);
      if (leaving !== undefined) changes.push(leaving);
      continue;
    }
    if (!mayGrow(group.model, topology.expansion)) continue;
    const prefix = left > 0 ? nextPrefix(group, use, topology, taken) : undefined;
    if (prefix === undefined) {
      full.push(group);
      continue;
    }
    left -= 1;
    taken = union(taken, rangeSet([prefixRange(prefix)]));
    changes.push({
      change: 'appears',
      grown: { place: group.place, subnet: likeModel(group.model, prefix), isLeaving: false },
      why: `${placeTitle(group.place)} gets ${formatPrefix(prefix)} for ${group.purpose}: ${use.out} of ${use.total} addresses are out`,
    });
  }
  return { changes, full };
}

/** Subnets of a place that are for the same, of one IP family. */
interface Group extends FullPlace {
  readonly subnets: readonly PlaceSubnet[];
  /** What a further one is like: the first that people wrote. */
  readonly model: PlaceSubnet;
}

function* groupsOf(topology: Topology): Generator<Group> {
  for (const place of placesOf(topology)) {
    const groups = Map.groupBy(place.subnets, ({ prefix, purpose }) => `${prefix.address.family} ${purpose}`);
    for (const subnets of groups.values()) {
      const model = subnets.find(({ isGrown }) => !isGrown) ?? subnets[0];
      if (model === undefined) continue;
      yield { place, purpose: model.purpose, family: model.prefix.address.family, subnets, model };
    }
  }
}

interface Use {
  readonly total: bigint;
  readonly out: bigint;
  readonly perHour: number | undefined;
}

/** What is not a pool yet counts as empty, so that one that comes just now is not asked for twice. */
function useOf(subnets: readonly PlaceSubnet[], facts: ExpansionFacts): Use {
  let [total, out] = [0n, 0n];
  let perHour: number | undefined;
  for (const { prefix } of subnets) {
    const use = facts.use(subnetPoolName(prefix));
    if (use?.isOff === true || use?.isGoing === true) continue;
    total += use?.total ?? prefixSize(prefix);
    out += use?.out ?? 0n;
    if (use?.perHour !== undefined) perHour = (perHour ?? 0) + use.perHour;
  }
  return { total, out, perHour };
}

function isShort({ out, total }: Use, { abovePercent }: Expansion): boolean {
  return total > 0n && out * 100n > total * BigInt(abovePercent);
}

/** Of an underlay's subnet the router has to be told, which nobody here can do. */
function mayGrow({ blockSize, gateway, vlan }: PlaceSubnet, { subnets }: Expansion): boolean {
  if (subnets !== 'routed') return subnets === 'all';
  return blockSize !== undefined || (gateway === undefined && vlan === undefined);
}

function nextPrefix(
  { place, family, subnets, model }: Group,
  use: Use,
  topology: Topology,
  taken: RangeSet,
): Prefix | undefined {
  const bits = familyBits(family);
  const longest = model.blockSize ?? bits - 2;
  const wanted = Math.min(bits - bitsFor(wantedSize(use, subnets)), longest);
  const shortest = Math.min(wanted + shorterBits, longest);
  const beside = subnets.map(({ prefix }) => prefix);
  for (const free of freeAround(place, family, topology, taken)) {
    for (let length = wanted; length <= shortest; length += 1) {
      const prefix = adjacentPrefix(free, length, beside);
      if (prefix !== undefined && isPool(model, prefix, place)) return prefix;
    }
  }
  return undefined;
}

/** What no pool may say is no prefix to give. */
function isPool(model: PlaceSubnet, prefix: Prefix, place: Place): boolean {
  return refusalsOf(() => void parsePool(subnetPool(likeModel(model, prefix), place, ''))).length === 0;
}

/** Addresses. */
function wantedSize({ total, perHour }: Use, subnets: readonly PlaceSubnet[]): bigint {
  const all = subnets.reduce((sum, { prefix }) => sum + prefixSize(prefix), 0n);
  const largest = subnets.map(({ prefix }) => prefix).sort((a, b) => a.length - b.length)[0];
  if (perHour === undefined || total === 0n) return largest === undefined ? 1n : prefixSize(largest);
  const grown = BigInt(Math.max(0, Math.ceil(perHour * wantedHours)));
  const least = all / leastShare;
  if (grown < least) return least;
  return grown > all ? all : grown;
}

/** The fewest bits that number so many. */
function bitsFor(count: bigint): number {
  return count <= 1n ? 0 : (count - 1n).toString(2).length;
}

/** Another subnet as its place has them: its gateway is the same address of it. */
function likeModel(model: PlaceSubnet, prefix: Prefix): PlaceSubnet {
  return { ...model, prefix, gateway: gatewayOf(model, prefix), isGrown: true };
}

function gatewayOf({ prefix: of, gateway }: PlaceSubnet, prefix: Prefix): PlaceSubnet['gateway'] {
  if (gateway === undefined || !prefixContains(of, gateway)) return gateway;
  const size = prefixSize(prefix);
  const fromFirst = gateway.value - of.address.value;
  const fromLast = lastAddress(of).value - gateway.value;
  if (fromLast < fromFirst && fromLast < size) return offsetAddress(lastAddress(prefix), -fromLast);
  return offsetAddress(prefix.address, fromFirst < size ? fromFirst : 1n);
}

function leavingOf(
  { place, purpose, subnets }: Group,
  { out }: Use,
  topology: Topology,
  facts: ExpansionFacts,
): GrowthChange | undefined {
  const { expansion, grown } = topology;
  const empty = subnets.findLast(
    ({ prefix, isGrown }) => isGrown && facts.use(subnetPoolName(prefix))?.isEmpty === true,
  );
  if (empty === undefined) return undefined;
  const rest = useOf(
    subnets.filter((subnet) => subnet !== empty),
    facts,
  ).total;
  if (rest === 0n || out * 100n * calmShare > rest * BigInt(expansion.abovePercent)) return undefined;
  const one = grown.find(({ subnet }) => subnet.prefix === empty.prefix);
  if (one === undefined) return undefined;
  const text = formatPrefix(empty.prefix);
  return {
    change: 'leaves',
    grown: { ...one, isLeaving: true },
    why: `${placeTitle(place)} gives ${text} for ${purpose} back: it is empty, and ${out} of ${rest} addresses are out without it`,
  };
}

function changeOfLeaving(grown: GrownSubnet, facts: ExpansionFacts): GrowthChange | undefined {
  if (!grown.isLeaving) return undefined;
  const use = facts.use(subnetPoolName(grown.subnet.prefix));
  const text = formatPrefix(grown.subnet.prefix);
  if (use === undefined) return { change: 'gone', grown, why: `${text} of ${placeTitle(grown.place)} is free again` };
  if (use.isGoing || use.isEmpty) return undefined;
  const why = `${text} stays with ${placeTitle(grown.place)}: it is used again`;
  return { change: 'stays', grown: { ...grown, isLeaving: false }, why };
}

function takenIn(topology: Topology, { pools }: ExpansionFacts): RangeSet {
  const subnets = [...placesOf(topology)].flatMap((place) => place.subnets.map(({ prefix }) => prefix));
  const leaving = topology.grown.map(({ subnet }) => subnet.prefix);
  return rangeSet([...subnets, ...leaving, ...pools].map(prefixRange));
}
