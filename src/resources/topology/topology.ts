import type { Address, Family } from '../../ip/address.ts';
import type { Prefix } from '../../ip/prefix.ts';

/** From the outside in. */
export const levels = ['zone', 'pod', 'tor'] as const;
export type Level = (typeof levels)[number];

/** How people call a place of a level. */
export const levelTitles: Readonly<Record<Level, string>> = { zone: 'zone', pod: 'pod', tor: 'TOR' };

/** By which nodes of Kubernetes are in a zone, whoever runs them. */
export const zoneLabel = 'topology.kubernetes.io/zone';

/** Keys of a value from its root. */
export type Path = readonly PropertyKey[];

/** A prefix and where it was read. */
export interface Ranged {
  readonly prefix: Prefix;
  readonly path: Path;
}

/** Addresses that Pods on the nodes of a place get. */
export interface PlaceSubnet extends Ranged {
  readonly purpose: string;
  readonly gateway: Address | undefined;
  readonly vlan: number | undefined;
  /** Prefix length of the blocks that nodes lease; undefined: one claim per address. */
  readonly blockSize: number | undefined;
  /** Did it come by itself, since what people wrote had become full? */
  readonly isGrown: boolean;
}

/** A prefix that a place has been given beyond what people wrote. */
export interface GrownSubnet {
  readonly place: Place;
  readonly subnet: PlaceSubnet;
  /** It is not among the place's subnets any more, and its pool is going. */
  readonly isLeaving: boolean;
}

/** When the subnets of a place get a further prefix. */
export interface Expansion {
  /** Those of which no router has to be told; all; none. */
  readonly subnets: 'routed' | 'all' | 'none';
  /** How full they are then, per cent. */
  readonly abovePercent: number;
}

/** A zone, a pod or a TOR. */
export interface Place {
  readonly level: Level;
  readonly id: string;
  /** For people; the id where nothing else was written. */
  readonly name: string;
  /** Where it stands, for people; empty: nobody said. */
  readonly location: string;
  /** Addresses that it and everything below takes its own from. Empty: those of the place around it. */
  readonly ranges: readonly Ranged[];
  readonly subnets: readonly PlaceSubnet[];
  /** The place around it; undefined: the topology itself. */
  readonly parent: Place | undefined;
  readonly children: readonly Place[];
  readonly path: Path;
}

/** A data centre's network, parsed. What `readTopology` found no problem with keeps every rule of `checkTopology`. */
export interface Topology {
  /** Addresses that all zones take theirs from; empty: nobody said. */
  readonly ranges: readonly Ranged[];
  readonly zones: readonly Place[];
  readonly expansion: Expansion;
  /** Those that keep the rules with what people wrote; of others there is nothing but their pools. */
  readonly grown: readonly GrownSubnet[];
}

/** Every place, each before those in it. */
export function* placesOf(topology: Pick<Topology, 'zones'>): Generator<Place> {
  for (const zone of topology.zones) yield* within(zone);
}

function* within(place: Place): Generator<Place> {
  yield place;
  for (const child of place.children) yield* within(child);
}

/** The place and those around it, from the inside out. */
export function* outward(place: Place | undefined): Generator<Place> {
  for (let at = place; at !== undefined; at = at.parent) yield at;
}

/** `TOR "tor-1"`; without an id, one whose id could not be read. */
export function placeTitle({ level, id }: Pick<Place, 'level' | 'id'>): string {
  return id === '' ? `this ${levelTitles[level]}` : `${levelTitles[level]} "${id}"`;
}

/** Is one of them the other, or in it? */
export function isWithin(inner: Place, outer: Place): boolean {
  for (const place of outward(inner)) if (place === outer) return true;
  return false;
}

export function familyOf({ prefix }: Ranged): Family {
  return prefix.address.family;
}

/** Places of a level by their ids. */
export function placesById({ zones }: Pick<Topology, 'zones'>, level: Level): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>();
  for (const place of placesOf({ zones })) if (place.level === level) found.set(place.id, place);
  return found;
}
