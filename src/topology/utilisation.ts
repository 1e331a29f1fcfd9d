import type { Family } from '../ip/address.ts';
import { formatPrefix } from '../ip/prefix.ts';
import { subnetPoolName } from '../resources/topology/subnet-pool.ts';
import type { Place, Topology } from '../resources/topology/topology.ts';

/** How full something is. Families are never added up. */
export interface Fill {
  readonly family: Family;
  readonly total: bigint;
  readonly used: bigint;
  /** Of how many nobody who was heard knows whether they are in use. */
  readonly unknown: bigint;
}

export interface SubnetFill extends Fill {
  readonly prefix: string;
  readonly purpose: string;
  readonly pool: string;
}

/** A place, how full it is with everything in it, and what is in it. */
export interface PlaceFill {
  readonly place: Place;
  /** Of the subnets of the place and of those in it, by family. */
  readonly fills: readonly Fill[];
  readonly subnets: readonly SubnetFill[];
  /** Nodes at its TORs. */
  readonly nodes: number;
  readonly children: readonly PlaceFill[];
}

export interface FillFacts {
  /** Of the pool of that name; undefined: there is none. */
  readonly fill: (pool: string) => Omit<Fill, 'family'> | undefined;
  /** How many nodes are at a TOR. */
  readonly nodes: (tor: string) => number;
}

/** The tree of places with what is used of each. */
export function utilisation({ zones }: Pick<Topology, 'zones'>, facts: FillFacts): readonly PlaceFill[] {
  return zones.map((zone) => fillOf(zone, facts));
}

function fillOf(place: Place, facts: FillFacts): PlaceFill {
  const children = place.children.map((child) => fillOf(child, facts));
  const subnets = place.subnets.map(({ prefix, purpose }) => {
    const pool = subnetPoolName(prefix);
    const { family } = prefix.address;
    const fill = facts.fill(pool) ?? { total: 0n, used: 0n, unknown: 0n };
    return { prefix: formatPrefix(prefix), purpose, pool, family, ...fill };
  });
  const own = place.level === 'tor' ? facts.nodes(place.id) : 0;
  return {
    place,
    fills: sumByFamily([...subnets, ...children.flatMap(({ fills }) => fills)]),
    subnets,
    nodes: children.reduce((sum, { nodes }) => sum + nodes, own),
    children,
  };
}

function sumByFamily(fills: readonly Fill[]): readonly Fill[] {
  return ([4, 6] as const).flatMap((family) => {
    const own = fills.filter((one) => one.family === family);
    if (own.length === 0) return [];
    const sum = (count: (one: Fill) => bigint): bigint => own.reduce((total, one) => total + count(one), 0n);
    return [
      { family, total: sum((one) => one.total), used: sum((one) => one.used), unknown: sum((one) => one.unknown) },
    ];
  });
}
