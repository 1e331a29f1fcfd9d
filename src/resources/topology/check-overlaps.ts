import { comparePrefixes, formatPrefix, prefixCovers } from '../../ip/prefix.ts';
import type { TopologyProblems } from './problems.ts';
import { isWithin, levels, type Place, placesOf, placeTitle, type Ranged, type Topology } from './topology.ts';

/** A prefix of a place: one that it takes addresses from, or one that it gives addresses of. */
interface Entry extends Ranged {
  readonly place: Place;
  readonly isSubnet: boolean;
}

/**
 * Two prefixes overlap only where one covers the other, so all are looked at in order, with those that cover the present one on a
 * stack: at most one of each length and kind, as an equal one is reported and not put there.
 */
export function checkOverlaps(topology: Topology, problems: TopologyProblems): void {
  const covering: Entry[] = [];
  for (const entry of entriesOf(topology)) {
    while (!covers(covering.at(-1), entry)) covering.pop();
    // The innermost that is in the way says it all.
    const outer = covering.findLast((one) => isInTheWay(one, entry));
    if (outer === undefined) covering.push(entry);
    else if (!problems.has(entry.path)) report(outer, entry, problems);
  }
}

function covers(outer: Entry | undefined, entry: Entry): boolean {
  return outer === undefined || prefixCovers(outer.prefix, entry.prefix);
}

/** In the order of addresses, larger ones first; of equal ones first those of outer places, and ranges before subnets. */
function entriesOf(topology: Topology): readonly Entry[] {
  const entries = [...placesOf(topology)].flatMap((place) => [
    ...place.ranges.map((range) => ({ ...range, place, isSubnet: false })),
    ...place.subnets.map(({ prefix, path }) => ({ prefix, path, place, isSubnet: true })),
  ]);
  const rank = ({ place, isSubnet }: Entry): number => levels.indexOf(place.level) * 2 + (isSubnet ? 1 : 0);
  return entries.sort((a, b) => comparePrefixes(a.prefix, b.prefix) || rank(a) - rank(b));
}

/** May an inner prefix not be in an outer one? */
function isInTheWay(outer: Entry, inner: Entry): boolean {
  const isOfOne = outer.place === inner.place;
  if (isOfOne && outer.isSubnet === inner.isSubnet) return true;
  // The range of a place around it, or that a subnet is cut from.
  if (!outer.isSubnet && isWithin(inner.place, outer.place)) return false;
  // It is larger than the place that it is in, and heard of that already.
  return inner.isSubnet || !isWithin(outer.place, inner.place);
}

function report(outer: Entry, inner: Entry, problems: TopologyProblems): void {
  const text = formatPrefix(inner.prefix);
  const other = formatPrefix(outer.prefix);
  const title = placeTitle(inner.place);
  if (inner.isSubnet && outer.isSubnet) {
    const same = text === other;
    const of = outer.place === inner.place ? 'the same place' : placeTitle(outer.place);
    problems.add(
      inner.path,
      same ? `${text} of ${title} is a subnet of ${of} already` : `${text} of ${title} overlaps ${other} of ${of}`,
      'an address belongs to one subnet: choose another prefix',
    );
  } else if (outer.place === inner.place && !inner.isSubnet && !outer.isSubnet) {
    problems.add(inner.path, `${text} of ${title} is in its ${other} already`, 'leave it out');
  } else if (inner.isSubnet) {
    problems.add(
      inner.path,
      `${text} of ${title} is of ${other}, which belongs to ${placeTitle(outer.place)}`,
      `${placeTitle(outer.place)} is not above it: choose another prefix`,
    );
  } else {
    problems.add(
      inner.path,
      `${text} of ${title} overlaps ${other}${outer.isSubnet ? ', a subnet' : ''} of ${placeTitle(outer.place)}`,
      'places beside one another have addresses of their own: choose another prefix',
    );
  }
}
