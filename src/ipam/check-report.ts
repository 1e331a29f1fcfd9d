import type { CheckReport } from './cluster-port.ts';
import type { Administration } from './port.ts';

/** What a daemon finds when it checks itself. @throws IpamError store-unavailable */
export async function checkReportOf(local: Administration): Promise<CheckReport> {
  const { node } = local;
  const { allocations, blocks } = local.counts();
  const violations = await local.check();
  return {
    violations: violations.map((one) => ({ ...one, node })),
    awaited: local.awaited().map((one) => ({ ...one, node })),
    leftovers: (await local.leftovers()).map((one) => ({ ...one, node })),
    allocations,
    blocks,
    nodes: [node],
  };
}

/** Of several daemons; what of the store several have seen stands there once. */
export function joinReports(reports: readonly CheckReport[]): CheckReport {
  return {
    violations: once(reports.flatMap(({ violations }) => violations)),
    awaited: once(reports.flatMap(({ awaited }) => awaited)),
    leftovers: once(reports.flatMap(({ leftovers }) => leftovers)),
    allocations: reports.reduce((sum, { allocations }) => sum + allocations, 0),
    // Every daemon knows all blocks.
    blocks: Math.max(0, ...reports.map(({ blocks }) => blocks)),
    nodes: reports.flatMap(({ nodes }) => nodes).sort(),
  };
}

function once<T extends { readonly subject: string; readonly message: string }>(found: readonly T[]): readonly T[] {
  return [...new Map(found.toReversed().map((one) => [`${one.subject}\n${one.message}`, one])).values()].toReversed();
}
