import { type Address, sameAddress } from '../ip/address.ts';
import { prefixContains } from '../ip/prefix.ts';
import { containsAddress, emptyRangeSet, type RangeSet, union } from '../ip/range-set.ts';
import { subnetEdges } from '../resources/address-plan.ts';
import { type Pool, parsePool, poolKind } from '../resources/pool.ts';
import { refusalsOf } from '../resources/refusal.ts';
import { parseReservedIP, reservedIPKind } from '../resources/reserved-ip.ts';
import type { Resource } from '../resources/resource.ts';
import { type Conflict, refused } from './conflict.ts';
import type { ForeignLease } from './foreign.ts';
import { asItWas } from './pools.ts';

/** Where an address that is out has its place here. */
export interface Place {
  readonly pool: Pool;
  /** Why the pool would not give it out itself; empty: it would. */
  readonly withheld: string;
}

export interface Places {
  /** Undefined: no pool's subnet has the address. */
  readonly placeOf: (lease: ForeignLease) => Place | undefined;
  /** Why pools that may have the address cannot be read: nobody knows what they have. */
  readonly problemsOf: (lease: ForeignLease) => readonly Conflict[];
}

/** @param resources pools and reservations of the source */
export function readPlaces(resources: readonly Resource[]): Places {
  const problems = new Map<string, Conflict>();
  const read = <T>(kind: string, parse: (resource: Resource) => T): readonly T[] =>
    resources
      .filter((one) => one.kind === kind)
      .flatMap((resource) => {
        const values: T[] = [];
        const refusals = refusalsOf(() => values.push(parse(asItWas(resource))));
        if (kind === poolKind) for (const one of refusals) problems.set(resource.metadata.name, refused(one));
        return values;
      });
  const pools = new Map(read(poolKind, parsePool).map((pool) => [pool.name, pool]));
  const reserved = read(reservedIPKind, parseReservedIP).reduce(union, emptyRangeSet);
  return {
    placeOf: (lease) => placeOf(lease, pools, reserved),
    problemsOf: ({ pools: names }) => names.flatMap((name) => problems.get(name) ?? []),
  };
}

function placeOf(
  { address, pools: names }: ForeignLease,
  all: ReadonlyMap<string, Pool>,
  reserved: RangeSet,
): Place | undefined {
  const pools = names.flatMap((name) => all.get(name) ?? []);
  const offering = pools.find(({ usable }) => containsAddress(usable, address));
  if (offering !== undefined) {
    return { pool: offering, withheld: containsAddress(reserved, address) ? 'a reserved address' : '' };
  }
  const pool = pools.find(({ subnet }) => prefixContains(subnet, address));
  return pool === undefined ? undefined : { pool, withheld: whyWithheld(pool, address) };
}

function whyWithheld({ subnet, gateway }: Pool, address: Address): string {
  if (gateway !== undefined && sameAddress(gateway, address)) return 'the gateway';
  if (containsAddress(subnetEdges(subnet), address)) {
    return sameAddress(subnet.address, address) ? 'the network address' : 'the broadcast address';
  }
  return 'no address that the ranges or exclusions leave';
}
