import type { Claim } from '../resources/claim.ts';
import type { PoolResource } from '../resources/pool.ts';
import type { Column } from './output.ts';

/** What the Pods of a namespace hold of a pool. */
export interface NamespaceRow {
  readonly namespace: string;
  readonly pool: string;
  readonly held: number;
  /** Of these, how many are kept for Pods that are not there. */
  readonly parked: number;
  /** As the pool says; undefined: it says none. */
  readonly quota: number | undefined;
}

export const namespaceColumns: readonly Column<NamespaceRow>[] = [
  { title: 'NAMESPACE', text: ({ namespace }) => namespace, name: ({ namespace }) => namespace },
  { title: 'POOL', text: ({ pool }) => pool },
  { title: 'HELD', text: ({ held }) => String(held), sortKey: ({ held }) => held },
  { title: 'PARKED', text: ({ parked }) => String(parked), sortKey: ({ parked }) => parked },
  {
    title: 'QUOTA',
    text: ({ quota }) => (quota === undefined ? '-' : String(quota)),
    sortKey: ({ quota = 0 }) => quota,
  },
];

/** One row for each namespace and pool, by name. Claims of no Pod, and those that cannot be read, are of no namespace. */
export function namespaceRows(claims: readonly Claim[], pools: readonly PoolResource[]): readonly NamespaceRow[] {
  const quotas = new Map(pools.map(({ metadata, spec }) => [metadata.name, spec?.namespaceQuota]));
  const rows = new Map<string, NamespaceRow>();
  for (const { spec } of claims) {
    const { podNamespace: namespace, pool, parkedAt } = spec ?? {};
    if (namespace === undefined || pool === undefined) continue;
    const key = `${namespace}/${pool}`;
    const { held, parked } = rows.get(key) ?? { held: 0, parked: 0 };
    const isParked = parkedAt === undefined ? 0 : 1;
    rows.set(key, { namespace, pool, held: held + 1, parked: parked + isParked, quota: quotas.get(pool) });
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
