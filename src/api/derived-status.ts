import type { PoolFigures } from '../ipam/figures.ts';
import type { ResourceAdministration } from '../ipam/resource-port.ts';
import { poolKind } from '../resources/pool.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { statusCount } from '../resources/status-count.ts';

/** Counts of pools whose status nobody writes: without a controller the daemon that is asked says them. */
export function withDerivedStatus(
  resources: ResourceAdministration,
  figures: () => Promise<readonly PoolFigures[]>,
): ResourceAdministration {
  const complete = async (items: readonly Stored<Resource>[]): Promise<readonly Stored<Resource>[]> => {
    if (!items.some(lacksStatus)) return items;
    const byName = new Map((await figures()).map((one) => [one.pool, one]));
    return items.map((item) => {
      const found = lacksStatus(item) ? byName.get(item.metadata.name) : undefined;
      return found === undefined ? item : { ...item, status: statusOf(found) };
    });
  };
  return {
    get: async (key) => {
      const found = await resources.get(key);
      return found === undefined ? undefined : (await complete([found]))[0];
    },
    list: async (kind) => {
      const list = await resources.list(kind);
      return { ...list, items: await complete(list.items) };
    },
    apply: (resource) => resources.apply(resource),
    delete: (key) => resources.delete(key),
    dryRunApply: (resource) => resources.dryRunApply(resource),
    dryRunDelete: (key) => resources.dryRunDelete(key),
    watch: (kind, fromVersion, signal) => resources.watch(kind, fromVersion, signal),
  };
}

function lacksStatus({ kind, status }: Resource): boolean {
  return kind === poolKind && status === undefined;
}

function statusOf({ total, states: { used, parked, leased } }: PoolFigures): object {
  return { totalIPCount: statusCount(total), allocatedIPCount: statusCount(used + parked + leased) };
}
