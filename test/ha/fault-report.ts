import { distribution } from '../kit/distribution.ts';
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
