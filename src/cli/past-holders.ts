import type { HistoryResponse__Output } from '../api/generated/ipam/HistoryResponse.ts';
import type { NodeRecord__Output } from '../api/generated/ipam/NodeRecord.ts';
import type { Tenure__Output } from '../api/generated/ipam/Tenure.ts';
import { timeText } from './time.ts';

/** Who had what at a time, and what nobody can tell of that time. */
export interface PastHolders {
  readonly holders: readonly Tenure__Output[];
  /** Theirs began or ended about then, by a clock that was put. */
  readonly perhaps: readonly Tenure__Output[];
  /** Sentences for people. */
  readonly unknown: readonly string[];
}

/**
 * @param at milliseconds since 1970
 * @param node whose past is asked for: what others cannot tell of theirs does not matter then; undefined: not a node's
 */
export function pastHolders(
  { records }: Pick<HistoryResponse__Output, 'records'>,
  at: number,
  node?: string,
): PastHolders {
  const all = records.flatMap(({ tenures }) => tenures);
  const asked = node === undefined ? records : records.filter(({ node_id }) => node_id === node);
  return {
    holders: all.filter((one) => isSure(one, at)),
    perhaps: all.filter((one) => !isSure(one, at)),
    unknown: asked.length === 0 ? [`node "${node}" has no record`] : asked.flatMap((record) => unknownOf(record, at)),
  };
}

function isSure({ from_latest_ms, until_earliest_ms }: Tenure__Output, at: number): boolean {
  return Number(from_latest_ms) <= at && (until_earliest_ms === '0' || at < Number(until_earliest_ms));
}

function unknownOf({ node_id: node, from_ms, until_ms, gaps, tenures_left_out }: NodeRecord__Output, at: number) {
  const before = from_ms === '0' || at < Number(from_ms);
  const behind = until_ms !== '0' && at > Number(until_ms);
  return [
    ...(from_ms === '0' ? [`the record of node "${node}" is empty`] : []),
    ...(before && from_ms !== '0' ? [`the record of node "${node}" begins at ${timeText(from_ms)} only`] : []),
    ...(behind ? [`of node "${node}" nothing is known after ${timeText(until_ms)}`] : []),
    ...(tenures_left_out > 0 ? [`of node "${node}" ${tenures_left_out} more are left out`] : []),
    ...gaps.map(({ reason }) => `node "${node}": ${reason}`),
  ];
}
