import { type Address, compareAddresses, type Family, familyBits } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import { prefixRange, type Range } from '../ip/range.ts';
import { type RangeSet, rangeSet, subtract, summarise, union } from '../ip/range-set.ts';
import {
  familyOf,
  isWithin,
  outward,
  type Place,
  placesOf,
  type Ranged,
  type Topology,
} from '../resources/topology/topology.ts';

/**
 * What nobody has of the ranges of a place, then of those of the places around it, from the inside out: ranges of other places are
 * theirs, whether they use them or not.
 * @param taken whatever is somebody's, wherever it is
 */
export function* freeAround(place: Place, family: Family, topology: Topology, taken: RangeSet): Generator<RangeSet> {
  const places = [...placesOf(topology)];
  const setOf = (ranged: readonly Ranged[]): RangeSet =>
    rangeSet(ranged.filter((one) => familyOf(one) === family).map(({ prefix }) => prefixRange(prefix)));
  for (const at of [...outward(place), undefined]) {
    const own = setOf((at ?? topology).ranges);
    if (own.ranges.length === 0) continue;
    const inner = places.filter((other) => at === undefined || !isWithin(at, other));
    yield subtract(own, union(setOf(inner.flatMap(({ ranges }) => ranges)), taken));
  }
}

/**
 * The prefix of a length that makes the fewest routes together with those that are there, of equals the nearest to one of them, of
 * equals the lowest. Only what is at the edge of something taken can be next to it, so nothing else is looked at.
 */
export function adjacentPrefix(free: RangeSet, length: number, beside: readonly Prefix[]): Prefix | undefined {
  const near = rangeSet(beside.map(prefixRange));
  let best: { readonly prefix: Prefix; readonly routes: number; readonly distance: bigint } | undefined;
  for (const prefix of free.ranges.flatMap((range) => edgePrefixes(range, length))) {
    const routes = summarise(union(near, rangeSet([prefixRange(prefix)]))).length;
    const one = { prefix, routes, distance: distanceTo(near, prefix) };
    if (best === undefined || isBetter(one, best)) best = one;
  }
  return best?.prefix;
}

interface Rated {
  readonly prefix: Prefix;
  readonly routes: number;
  readonly distance: bigint;
}

function isBetter(a: Rated, b: Rated): boolean {
  if (a.routes !== b.routes) return a.routes < b.routes;
  if (a.distance !== b.distance) return a.distance < b.distance;
  return compareAddresses(a.prefix.address, b.prefix.address) < 0;
}

/** The first and the last prefix of a length in a range. */
function edgePrefixes({ first, last }: Range, length: number): readonly Prefix[] {
  const { family } = first;
  const size = 1n << BigInt(familyBits(family) - length);
  const lowest = ((first.value + size - 1n) / size) * size;
  const highest = ((last.value + 1n) / size) * size - size;
  if (lowest > highest) return [];
  const at = (value: bigint): Prefix => ({ address: { family, value }, length });
  return lowest === highest ? [at(lowest)] : [at(lowest), at(highest)];
}

/** How many addresses are between a prefix and the nearest range; 0: it is next to one, or there is none. */
function distanceTo({ ranges }: RangeSet, prefix: Prefix): bigint {
  const { first, last } = prefixRange(prefix);
  const gap = (from: Address, to: Address): bigint => to.value - from.value - 1n;
  return (
    ranges
      .filter((range) => range.first.family === first.family)
      .map((range) => (range.last.value < first.value ? gap(range.last, first) : gap(last, range.first)))
      .reduce<bigint | undefined>((least, one) => (least === undefined || one < least ? one : least), undefined) ?? 0n
  );
}
