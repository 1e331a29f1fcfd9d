import type { Allocation__Output } from '../api/generated/ipam/Allocation.ts';
import type { FamilyStats__Output } from '../api/generated/ipam/FamilyStats.ts';
import type { IPBlock__Output } from '../api/generated/ipam/IPBlock.ts';
import type { Pool__Output } from '../api/generated/ipam/Pool.ts';
import { atLeast, familyName, isUnknown, percent } from './counts.ts';
import type { Column } from './output.ts';

/** Time since, as kubectl shows it: `45s`, `12m`, `3h`, `8d`. */
export function age(sinceMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - sinceMs) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** @param since milliseconds since 1970 */
export function ageColumn<Row>(since: (row: Row) => number): Column<Row> {
  return { title: 'AGE', text: (row) => age(since(row), Date.now()), sortKey: (row) => -since(row) };
}

function usage<Row>(counts: (row: Row) => readonly [used: string, total: string, unknown: string]): Column<Row> {
  return {
    title: 'USAGE',
    text: (row) => {
      const [used, total, unknown] = counts(row);
      return isUnknown(unknown) ? '?' : percent(used, total);
    },
    sortKey: (row) => {
      const [used, total] = counts(row).map(Number);
      return total === 0 ? 0 : (used ?? 0) / (total ?? 1);
    },
  };
}

/** One row for each family that a node has blocks of. */
export interface NodeRow {
  readonly node: string;
  readonly usage: FamilyStats__Output;
}

export const nodeColumns: readonly Column<NodeRow>[] = [
  { title: 'NODE', text: ({ node }) => node },
  { title: 'FAMILY', text: ({ usage }) => familyName(usage.family) },
  { title: 'BLOCKS', text: ({ usage }) => String(usage.blocks) },
  { title: 'TOTAL', text: ({ usage }) => usage.total },
  { title: 'USED', text: ({ usage }) => atLeast(usage.used, usage.unknown) },
  { title: 'AVAILABLE', text: ({ usage }) => atLeast(usage.available, usage.unknown) },
  { title: 'USAGE', text: ({ usage }) => (isUnknown(usage.unknown) ? '?' : percent(usage.used, usage.total)) },
];

export const blockColumns: readonly Column<IPBlock__Output>[] = [
  { title: 'CIDR', text: ({ cidr }) => cidr, name: ({ cidr }) => cidr },
  { title: 'NODE', text: ({ node_id }) => node_id },
  { title: 'POOL', text: ({ pool }) => pool },
  { title: 'TOTAL', text: ({ total_exact }) => total_exact },
  { title: 'USED', text: ({ used_exact, unknown }) => atLeast(used_exact, unknown) },
  { title: 'AVAILABLE', text: ({ available_exact, unknown }) => atLeast(available_exact, unknown) },
  usage(({ used_exact, total_exact, unknown }) => [used_exact, total_exact, unknown]),
  { title: 'COOLING', text: ({ cooling_down }) => String(cooling_down), wide: true },
  ageColumn(({ created_at }) => Number(created_at) * 1000),
];

export const poolColumns: readonly Column<Pool__Output>[] = [
  { title: 'NAME', text: ({ name }) => name, name: ({ name }) => name },
  { title: 'VERSION', text: ({ family }) => String(family) },
  { title: 'SUBNET', text: ({ subnet }) => subnet },
  { title: 'KIND', text: ({ block_size }) => (block_size === 0 ? 'shared' : `/${block_size} blocks`) },
  { title: 'TOTAL', text: ({ total }) => total },
  { title: 'USED', text: ({ used, unknown }) => atLeast(used, unknown) },
  { title: 'AVAILABLE', text: ({ available, unknown }) => atLeast(available, unknown) },
  usage(({ used, total, unknown }) => [used, total, unknown]),
  { title: 'DEFAULT', text: ({ is_default }) => String(is_default) },
  { title: 'STATE', text: stateOf },
  { title: 'DISABLED', text: ({ disabled }) => String(disabled), wide: true },
  { title: 'BLOCKS', text: ({ blocks }) => String(blocks), wide: true },
  { title: 'PARKED', text: ({ parked }) => String(parked), wide: true },
  { title: 'COOLING', text: ({ cooling_down }) => String(cooling_down), wide: true },
];

function stateOf({ terminating, disabled }: Pool__Output): string {
  if (terminating) return 'terminating';
  return disabled ? 'disabled' : 'active';
}

/** One row per address. */
export interface AddressRow {
  readonly allocation: Allocation__Output;
  readonly held: Allocation__Output['addresses'][number];
}

export function addressRows(allocations: readonly Allocation__Output[]): readonly AddressRow[] {
  return allocations.flatMap((allocation) => allocation.addresses.map((held) => ({ allocation, held })));
}

/** Each once, in the order of their first rows. */
export function allocationsOf(rows: readonly AddressRow[]): readonly Allocation__Output[] {
  return [...new Set(rows.map(({ allocation }) => allocation))];
}

export const addressColumns: readonly Column<AddressRow>[] = [
  { title: 'ADDRESS', text: ({ held }) => held.cidr, name: ({ held }) => held.ip },
  {
    title: 'POD',
    text: ({ allocation: { pod_namespace, pod_name } }) => (pod_name === '' ? '-' : `${pod_namespace}/${pod_name}`),
  },
  { title: 'CONTAINER', text: ({ allocation }) => allocation.container_id.slice(0, 13) },
  { title: 'IFNAME', text: ({ allocation }) => allocation.ifname },
  { title: 'NODE', text: ({ allocation }) => allocation.node_id },
  { title: 'POOL', text: ({ held }) => held.pool },
  { title: 'NETWORK', text: ({ allocation }) => allocation.network, wide: true },
  { title: 'GATEWAY', text: ({ held }) => held.gateway || '-', wide: true },
  { title: 'BLOCK', text: ({ held }) => held.block || '-', wide: true },
  { title: 'OUTSIDE', text: ({ held }) => held.outside_block || '-', wide: true },
  { title: 'NETNS', text: ({ allocation }) => allocation.netns || '-', wide: true },
  ageColumn(({ allocation }) => Number(allocation.created_at_ms)),
];
