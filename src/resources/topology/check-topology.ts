import { formatPrefix, prefixCovers } from '../../ip/prefix.ts';
import { whyUnassignable } from '../../ip/unassignable.ts';
import { parsePool } from '../pool.ts';
import { refusalsOf } from '../refusal.ts';
import { checkOverlaps } from './check-overlaps.ts';
import type { TopologyProblems } from './problems.ts';
import { subnetPool } from './subnet-pool.ts';
import {
  familyOf,
  type Level,
  levels,
  outward,
  type Place,
  type PlaceSubnet,
  placesOf,
  placeTitle,
  type Ranged,
  type Topology,
} from './topology.ts';

/** The rules between the places of a topology; what breaks one is added to `problems`, at the place that breaks it. */
export function checkTopology(topology: Topology, problems: TopologyProblems): void {
  const places = [...placesOf(topology)];
  checkIds(places, problems);
  for (const place of places) {
    for (const range of place.ranges) {
      checkUnicast(range, problems);
      checkWithin(range, place, place.parent, topology, problems);
    }
    for (const subnet of place.subnets) {
      checkUnicast(subnet, problems);
      checkWithin(subnet, place, place, topology, problems);
      checkAsPool(subnet, place, problems);
    }
  }
  checkOverlaps(topology, problems);
}

/** A node and a pool name a place by its id alone. */
function checkIds(places: readonly Place[], problems: TopologyProblems): void {
  const seen: Readonly<Record<Level, Map<string, Place>>> = { zone: new Map(), pod: new Map(), tor: new Map() };
  for (const level of levels) {
    for (const place of places) {
      if (place.level !== level || place.id === '') continue;
      const other = seen[level].get(place.id);
      seen[level].set(place.id, other ?? place);
      if (other === undefined) continue;
      const is =
        other.parent === undefined || other.parent === place.parent
          ? 'is there twice'
          : `is in ${placeTitle(other.parent)} already`;
      problems.add(
        [...place.path, 'id'],
        `${placeTitle(place)} ${is}`,
        'give each an id of its own: nodes and pools name it by its id alone',
      );
    }
  }
}

function checkUnicast({ prefix, path }: Ranged, problems: TopologyProblems): void {
  const why = whyUnassignable(prefix);
  if (why !== undefined) problems.add(path, `${formatPrefix(prefix)}: ${why}`, 'name a unicast prefix');
}

/**
 * Of each IP family by itself: a place that has IPv4 prefixes only says nothing of IPv6.
 * @param from the innermost place whose ranges count
 */
function checkWithin(
  ranged: Ranged,
  place: Place,
  from: Place | undefined,
  topology: Topology,
  problems: TopologyProblems,
): void {
  const ofFamily = ({ ranges }: Pick<Place, 'ranges'>): readonly Ranged[] =>
    ranges.filter((one) => familyOf(one) === familyOf(ranged));
  const holder = [...outward(from)].find((one) => ofFamily(one).length > 0);
  const around = ofFamily(holder ?? topology);
  if (around.length === 0 || around.some(({ prefix }) => prefixCovers(prefix, ranged.prefix))) return;
  const title = holder === undefined ? 'the cluster_cidr' : placeTitle(holder);
  const field = holder === undefined || holder === place ? 'subnet_ranges' : `subnet_ranges of ${title}`;
  const has = around.map(({ prefix }) => formatPrefix(prefix)).join(', ');
  problems.add(
    ranged.path,
    `${formatPrefix(ranged.prefix)} of ${placeTitle(place)} is outside ${title} (${has})`,
    `choose a prefix of it, or add one that covers it to ${field}`,
  );
}

/** A subnet is a pool to be: what a pool may not say, it may not either. In the words of the file. */
function checkAsPool(subnet: PlaceSubnet, place: Place, problems: TopologyProblems): void {
  for (const { message, advice } of refusalsOf(() => void parsePool(subnetPool(subnet, place, '')))) {
    for (const one of message.replace(/^[^:]*"[^"]*": /, '').split('; ')) {
      problems.add(subnet.path, inWordsOfFile(one), inWordsOfFile(advice));
    }
  }
}

function inWordsOfFile(text: string): string {
  return text
    .replaceAll('spec.subnet', 'cidr')
    .replaceAll('spec.blockSize', 'block_size')
    .replaceAll('blockSize', 'block_size')
    .replaceAll('spec.gateway', 'gateway')
    .replaceAll('spec.ips against spec.excludeIPs and gateway', 'cidr and gateway');
}
