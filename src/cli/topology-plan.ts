import type { PrefixChange__Output } from '../api/generated/ipam/PrefixChange.ts';
import type { RouteCount__Output } from '../api/generated/ipam/RouteCount.ts';
import type { TopologyPlan__Output } from '../api/generated/ipam/TopologyPlan.ts';
import { type Column, type Output, table } from './output.ts';

const changeColumns: readonly Column<PrefixChange__Output>[] = [
  { title: 'CHANGE', text: ({ change }) => change },
  { title: 'PREFIX', text: ({ cidr }) => cidr },
  { title: 'PLACE', text: ({ place }) => place },
  {
    title: 'WHAT',
    text: ({ is_subnet, ...change }) => (is_subnet ? whatOf(change) : 'what the place takes its own from'),
  },
];

function whatOf({ change, before, after }: Pick<PrefixChange__Output, 'change' | 'before' | 'after'>): string {
  if (change === 'moves') return `was in ${before}`;
  if (change === 'changes') return `${before} becomes ${after}`;
  return `subnet for ${before || after}`;
}

interface Routes {
  readonly level: string;
  readonly before: RouteCount__Output | undefined;
  readonly after: RouteCount__Output;
}

const routeColumns: readonly Column<Routes>[] = [
  { title: 'ROUTES OF A', text: ({ level }) => (level === 'tor' ? 'TOR' : level) },
  { title: 'AGGREGATED', text: ({ before, after }) => fromTo(before?.aggregated, after.aggregated) },
  { title: 'BY SUBNET', text: ({ before, after }) => fromTo(before?.by_subnet, after.by_subnet) },
];

function fromTo(before: number | undefined, after: number): string {
  return before === undefined || before === after ? String(after) : `${before} -> ${after}`;
}

/** A plan for people: what changes, how large routing tables become, and what is refused. */
export function planText(
  output: Output,
  { changes, refusals, routes_before, routes_after }: TopologyPlan__Output,
): string {
  const routes = routes_after.map((after) => ({
    level: after.level,
    before: routes_before.find(({ level }) => level === after.level),
    after,
  }));
  const parts = [
    changes.length === 0 ? 'nothing changes\n' : table(output, changeColumns, changes),
    table(output, routeColumns, routes),
  ];
  if (refusals.length > 0) {
    const lines = refusals.map(({ message, advice }) => `  ${message}\n    hint: ${advice}\n`);
    parts.push(
      `refused, for ${refusals.length === 1 ? 'one reason' : `${refusals.length} reasons`}:\n${lines.join('')}`,
    );
  }
  return parts.join('\n');
}
