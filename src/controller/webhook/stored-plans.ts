import { type Pool, parsePool, poolKind } from '../../resources/pool.ts';
import { refusalsOf } from '../../resources/refusal.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { parseSubnet, type Subnet, subnetKind } from '../../resources/subnet.ts';
import type { Store } from '../../store/store.ts';
import type { StoredWorld } from './pending-writes.ts';

/** All pools and subnets, as the store says now. */
export interface StoredPlans extends StoredWorld {
  readonly pools: readonly Stored<Resource>[];
  readonly subnets: readonly Stored<Resource>[];
}

export async function storedPlans(store: Store): Promise<StoredPlans> {
  const [pools, subnets] = await Promise.all([store.list(poolKind), store.list(subnetKind)]);
  const versions = new Map(
    [...pools.items, ...subnets.items].map(({ kind, metadata }) => [
      `${kind}/${metadata.name}`,
      metadata.resourceVersion,
    ]),
  );
  return {
    pools: pools.items,
    subnets: subnets.items,
    versionOf: (kind, name) => versions.get(`${kind}/${name}`),
  };
}

/** Those that can be read; what cannot gives nothing out. */
export function readablePools(resources: readonly Resource[]): readonly Pool[] {
  return readable(resources, poolKind, parsePool);
}

export function readableSubnets(resources: readonly Resource[]): readonly Subnet[] {
  return readable(resources, subnetKind, parseSubnet);
}

function readable<T>(resources: readonly Resource[], kind: string, parse: (resource: Resource) => T): readonly T[] {
  return resources.flatMap((resource) => {
    const parsed: T[] = [];
    if (resource.kind === kind) refusalsOf(() => void parsed.push(parse(resource)));
    return parsed;
  });
}
