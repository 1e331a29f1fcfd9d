import { type Prefix, prefixCovers, prefixesOverlap } from '../../ip/prefix.ts';
import { parsePool } from '../pool.ts';
import { refusalsOf } from '../refusal.ts';
import { subnetOf } from './read-topology.ts';
import { type GrownSubnetSpec, grownSubnetSchema } from './schema.ts';
import { subnetPool } from './subnet-pool.ts';
import { type GrownSubnet, isWithin, type Place, placesOf, placeTitle, type Topology } from './topology.ts';

/**
 * A topology with what it was given by itself. People's word counts more, and may come later: what of it breaks a rule with that (its
 * place is gone, its addresses are somebody else's by now) is left out. Its pool stays for as long as addresses of it are out.
 * @param status of the object, as it is stored
 */
export function withGrown(topology: Topology, status: unknown): Topology {
  const specs = grownSpecs(status);
  if (specs.length === 0) return topology;
  const places = [...placesOf(topology)];
  const byTitle = new Map(places.map((place) => [placeTitle(place), place]));
  const accepted: GrownSubnet[] = [];
  for (const [index, spec] of specs.entries()) {
    const place = byTitle.get(placeTitle(spec));
    if (place === undefined) continue;
    const { level: _, id: __, leaving, ...said } = spec;
    const subnet = subnetOf(said, ['status', 'grown', index], true);
    if (!isOfPlace(subnet.prefix, place, topology) || !isFree(subnet.prefix, place, places, accepted)) continue;
    if (refusalsOf(() => void parsePool(subnetPool(subnet, place, ''))).length > 0) continue;
    accepted.push({ place, subnet, isLeaving: leaving ?? false });
  }
  return rebuilt(topology, accepted);
}

/** Those that can be read: a hand may have written there. */
function grownSpecs(status: unknown): readonly GrownSubnetSpec[] {
  const { grown } = (status ?? {}) as { readonly grown?: unknown };
  if (!Array.isArray(grown)) return [];
  return grown.flatMap((one: unknown) => grownSubnetSchema.safeParse(one).data ?? []);
}

/** Of the place, or of a place around it. */
function isOfPlace(prefix: Prefix, place: Place, topology: Topology): boolean {
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    if (at.ranges.some((range) => prefixCovers(range.prefix, prefix))) return true;
  }
  return topology.ranges.some((range) => prefixCovers(range.prefix, prefix));
}

function isFree(prefix: Prefix, place: Place, places: readonly Place[], accepted: readonly GrownSubnet[]): boolean {
  const isMet = (one: { readonly prefix: Prefix }): boolean => prefixesOverlap(one.prefix, prefix);
  if (accepted.some(({ subnet }) => isMet(subnet))) return false;
  return !places.some((other) => other.subnets.some(isMet) || (!isWithin(place, other) && other.ranges.some(isMet)));
}

/** The same tree, whose places have what they were given. */
function rebuilt(topology: Topology, accepted: readonly GrownSubnet[]): Topology {
  const copies = new Map<Place, Place>();
  const copy = (place: Place, parent: Place | undefined): Place => {
    const children: Place[] = [];
    const own = accepted.filter((one) => one.place === place && !one.isLeaving).map(({ subnet }) => subnet);
    const made: Place = { ...place, parent, children, subnets: [...place.subnets, ...own] };
    copies.set(place, made);
    children.push(...place.children.map((child) => copy(child, made)));
    return made;
  };
  const zones = topology.zones.map((zone) => copy(zone, undefined));
  return { ...topology, zones, grown: accepted.map((one) => ({ ...one, place: copies.get(one.place) ?? one.place })) };
}
