import { prefixRange } from '../ip/range.ts';
import { countAddresses, type RangeSet, rangeSet, summarise, union } from '../ip/range-set.ts';
import {
  type Level,
  levels,
  type Place,
  placesOf,
  type Ranged,
  type Topology,
} from '../resources/topology/topology.ts';

/** How many routes the router of a place needs to reach every Pod, at most among the places of the level. */
export interface RouteCount {
  readonly level: Level;
  /** Each place announces what it has as few prefixes. */
  readonly aggregated: number;
  /** Each subnet is announced everywhere. */
  readonly bySubnet: number;
}

/**
 * The routing tables of a network without default routes. A router knows the subnets or places directly in its own, and of each place
 * beside its own, and beside those around it, the fewest prefixes that hold what is in that.
 */
export function routeCounts(topology: Topology): readonly RouteCount[] {
  const prefixes = new Map<Place, number>();
  for (const zone of topology.zones) countPrefixes(zone, prefixes);
  const bySubnet = [...placesOf(topology)].reduce((sum, { subnets }) => sum + subnets.length, 0);
  return levels.map((level) => ({ level, aggregated: largest(topology.zones, level, 0, prefixes), bySubnet }));
}

/** @returns all that is in the place, and notes for it and each inner one how few prefixes that takes */
function countPrefixes(place: Place, prefixes: Map<Place, number>): RangeSet {
  const own = [...place.ranges, ...place.subnets];
  const inner = place.children.map((child) => countPrefixes(child, prefixes));
  const all = inner.reduce(union, setOf(own));
  prefixes.set(place, countAddresses(all) === 0n ? 0 : summarise(all).length);
  return all;
}

function setOf(ranged: readonly Ranged[]): RangeSet {
  return rangeSet(ranged.map(({ prefix }) => prefixRange(prefix)));
}

/** @param outside routes to what is not among the places */
function largest(
  places: readonly Place[],
  level: Level,
  outside: number,
  prefixes: ReadonlyMap<Place, number>,
): number {
  const of = (place: Place): number => prefixes.get(place) ?? 0;
  const all = places.reduce((sum, place) => sum + of(place), 0);
  let most = 0;
  for (const place of places) {
    const elsewhere = outside + all - of(place);
    const within =
      place.level === level
        ? elsewhere + place.subnets.length + place.children.reduce((sum, child) => sum + of(child), 0)
        : largest(place.children, level, elsewhere + place.subnets.length, prefixes);
    most = Math.max(most, within);
  }
  return most;
}
