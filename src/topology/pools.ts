import type { PoolResource, PoolSpec } from '../resources/pool.ts';
import { decidedFields, subnetPool, topologyLabel } from '../resources/topology/subnet-pool.ts';
import { placesOf, type Topology } from '../resources/topology/topology.ts';

/** What is to be written for the pools to be as a topology says. */
export interface PoolWrites {
  /** To be created, or changed where the present ones say otherwise. */
  readonly apply: readonly PoolResource[];
  /** Names. */
  readonly remove: readonly string[];
}

/**
 * The pools of a topology's subnets. What operators say of one beside what the topology decides (excluded addresses, routes, quotas,
 * that it is disabled) stays as they said.
 * @param topology undefined: it is gone, and its pools go
 * @param name of its object, by which pools that were made of it are told from people's own
 */
export function poolWrites(topology: Topology | undefined, name: string, present: readonly PoolResource[]): PoolWrites {
  const made = new Map(
    present
      .filter(({ metadata }) => metadata.labels?.[topologyLabel] === name)
      .map((pool) => [pool.metadata.name, pool] as const),
  );
  const apply: PoolResource[] = [];
  for (const place of placesOf(topology ?? { zones: [] })) {
    for (const subnet of place.subnets) {
      const wanted = subnetPool(subnet, place, name);
      const before = made.get(wanted.metadata.name);
      made.delete(wanted.metadata.name);
      const next = before === undefined ? wanted : merged(before, wanted);
      if (before === undefined || textOf(before) !== textOf(next)) apply.push(next);
    }
  }
  return { apply, remove: [...made.keys()] };
}

/** A pool that stays as it is for as long as addresses of it are out. */
export interface WaitingPool {
  readonly pool: string;
  /** As a sentence. */
  readonly why: string;
}

/**
 * Of these writes those that take an address away from nobody who has it, nor from the rack that routes it; the rest waits.
 * @param held is an address of that pool out?
 */
export function harmlessWrites(
  { apply, remove }: PoolWrites,
  present: readonly PoolResource[],
  held: (pool: string) => boolean,
): PoolWrites & { readonly waiting: readonly WaitingPool[] } {
  const before = new Map(present.map((pool) => [pool.metadata.name, pool]));
  const waiting: WaitingPool[] = [];
  const mayGo = remove.filter((pool) => {
    if (!held(pool)) return true;
    waiting.push({ pool, why: `SpiderIPPool "${pool}" is in no place any more, and addresses of it are out` });
    return false;
  });
  const mayChange = apply.filter(({ metadata: { name }, spec }) => {
    const was = before.get(name)?.spec;
    if (was === undefined || isSamePlace(was, spec) || !held(name)) return true;
    waiting.push({
      pool: name,
      why: `SpiderIPPool "${name}" would move from ${placeText(was)} to ${placeText(spec)}, and addresses of it are out`,
    });
    return false;
  });
  return { apply: mayChange, remove: mayGo, waiting };
}

function isSamePlace(a: PoolSpec, b: PoolSpec): boolean {
  return placeText(a) === placeText(b);
}

function placeText({ topologyAffinity = {} }: PoolSpec): string {
  const places = Object.entries(topologyAffinity).map(([level, ids = []]) => `${level} ${ids.join(', ')}`);
  return places.length === 0 ? 'everywhere' : places.sort().join(' and ');
}

function merged(before: PoolResource, wanted: PoolResource): PoolResource {
  const { labels, annotations, name } = before.metadata;
  const kept = Object.fromEntries(
    Object.entries(before.spec).filter(([key]) => !decidedFields.has(key as keyof PoolSpec)),
  );
  const others = Object.fromEntries(
    Object.entries(labels ?? {}).filter(([key]) => key === topologyLabel || !key.startsWith(`${topologyLabel}-`)),
  );
  return {
    ...wanted,
    metadata: {
      name,
      labels: { ...others, ...wanted.metadata.labels },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { ...kept, ...wanted.spec },
  };
}

/** Of what an apply would write, whatever the order of its keys. */
function textOf({ metadata: { labels = {} }, spec }: PoolResource): string {
  const sorted = (fields: object) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted(labels), sorted(spec)]);
}
