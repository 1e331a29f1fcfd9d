import type { HistoryResponse__Output } from '../api/generated/ipam/HistoryResponse.ts';
import type { NodeRecord__Output } from '../api/generated/ipam/NodeRecord.ts';
import type { Tenure__Output } from '../api/generated/ipam/Tenure.ts';
import { reclaimRecord } from '../resources/history.ts';
import { timeText } from './time.ts';

/** Who had what at a time, and what nobody can tell of that time. */
export interface PastHolders {
  readonly holders: readonly Tenure__Output[];
  /** Theirs began or ended about then, or whose record ends before. */
  readonly perhaps: readonly PerhapsHeld[];
  /** Sentences for people. */
  readonly unknown: readonly string[];
}

export interface PerhapsHeld {
  readonly tenure: Tenure__Output;
  /** Why that is not sure: a clause for people. */
  readonly why: string;
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
  const all = records.flatMap((record) =>
    record.tenures.map((tenure) => ({ tenure, why: whyUnsure(tenure, record, at) })),
  );
  // It tells of releases as they happen, and of nothing else: that it says nothing leaves nothing open.
  const ofNodes = records.filter(({ node_id }) => node_id !== reclaimRecord);
  const asked = node === undefined ? ofNodes : ofNodes.filter(({ node_id }) => node_id === node);
  return {
    holders: all.flatMap(({ tenure, why }) => (why === undefined ? tenure : [])),
    perhaps: all.flatMap(({ tenure, why }) => (why === undefined ? [] : { tenure, why })),
    unknown:
      node !== undefined && asked.length === 0
        ? [`node "${node}" has no record`]
        : asked.flatMap((record) => unknownOf(record, at)),
  };
}

/** @returns undefined: they surely had it */
function whyUnsure(tenure: Tenure__Output, { node_id, until_ms }: NodeRecord__Output, at: number): string | undefined {
  const { from_earliest_ms, from_latest_ms, until_earliest_ms, reason, detail } = tenure;
  const isOpen = until_earliest_ms === '0';
  if (at < Number(from_latest_ms))
    return from_earliest_ms === '0' ? 'nothing tells since when' : 'a clock was put since';
  // An end that no entry tells of has no reason, and says why.
  if (!isOpen && at >= Number(until_earliest_ms))
    return reason === '' && detail !== '' ? 'entries are missing' : 'a clock was put since';
  // What nobody says has ended may have, once whoever would say so is not heard any more.
  if (isOpen && isBehind(until_ms, at)) return `of node "${node_id}" nothing is known after ${timeText(until_ms)}`;
  return undefined;
}

function isBehind(until: string, at: number): boolean {
  return until !== '0' && at > Number(until);
}

function unknownOf({ node_id: node, from_ms, until_ms, gaps, tenures_left_out }: NodeRecord__Output, at: number) {
  const before = from_ms === '0' || at < Number(from_ms);
  const behind = isBehind(until_ms, at);
  return [
    ...(from_ms === '0' ? [`the record of node "${node}" is empty`] : []),
    ...(before && from_ms !== '0' ? [`the record of node "${node}" begins at ${timeText(from_ms)} only`] : []),
    ...(behind ? [`of node "${node}" nothing is known after ${timeText(until_ms)}`] : []),
    ...(tenures_left_out > 0 ? [`of node "${node}" ${tenures_left_out} more are left out`] : []),
    ...gaps.map(({ reason }) => `node "${node}": ${reason}`),
  ];
}
