import type { FaultRunReport } from './fault-run.ts';
import type { Outage } from './outage.ts';

/** What a run found, a line for each thing. */
export function faultReport(report: FaultRunReport): readonly string[] {
  const { faults, outages, audits, blocks, claims, pods, contention, verdict, problems } = report;
  return [
    `faults: ${faults}`,
    ...[...Map.groupBy(outages, ({ fault }) => fault)].map(
      ([fault, those]) => `from "${fault}" to the next lease, ms: ${distribution(those.map(({ firstMs }) => firstMs))}`,
    ),
    `through every member that was left, ms: ${distribution(outages.flatMap((one) => eachOf(one, true)))}`,
    `through every agent, ms: ${distribution(outages.flatMap((one) => eachOf(one, false)))}`,
    `blocks: ${blocks.done.taken} leased, ${blocks.done.returned} returned, ${blocks.unanswered} unanswered, ${blocks.notSent} with no daemon to send to, ${blocks.late.size} leased after nobody had answered; refused: ${blocks.refused}`,
    `claims: ${claims.done.taken} taken, ${claims.done.returned} returned, ${claims.unanswered} unanswered, ${claims.notSent} with no daemon to send to, ${claims.late.size} taken after nobody had answered; refused: ${claims.refused}`,
    `containers: ${pods.calls.ADD} ADD, ${pods.calls.DEL} DEL, ${pods.calls.CHECK} CHECK; failed: ${pods.refused}`,
    `contention: ${contention.done} done, ${contention.refused} refused, ${contention.unanswered} unanswered`,
    `history: ${verdict === undefined ? 'not judged' : verdict.type === 'broken' ? `broken at ${verdict.key}` : `${verdict.operations} operations on ${verdict.keys} objects are linearizable`}`,
    `${audits} audits, ${problems.length} problems`,
  ];
}

/** The next lease after each kill of the leader. */
export function afterKills(outages: readonly Outage[]): readonly number[] {
  return outages.filter(({ fault }) => fault === 'kill leader').map(({ firstMs }) => firstMs);
}

function eachOf({ byNode }: Outage, members: boolean): readonly number[] {
  const those = [...byNode].filter(([node]) => node.isMember === members);
  return those.map(([, ms]) => ms ?? Number.POSITIVE_INFINITY);
}

/** `n 12, min 310, median 540, p90 800, p99 1200, max 1200`, by nearest rank. */
export function distribution(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return Number.isFinite(value) ? String(Math.round(value)) : 'never';
  };
  return `n ${sorted.length}, min ${at(0)}, median ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)}`;
}
