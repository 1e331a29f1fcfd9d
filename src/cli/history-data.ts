import type { HistoryEntry__Output } from '../api/generated/ipam/HistoryEntry.ts';
import type { HistoryGap__Output } from '../api/generated/ipam/HistoryGap.ts';
import type { Tenure__Output } from '../api/generated/ipam/Tenure.ts';
import { timeData } from './time.ts';

/* What history.proto says, for programs: times as text, and nothing that is not there. */

export function entryData({ at_ms, since_ms, clock_by_ms, sequence, ...entry }: HistoryEntry__Output): object {
  return {
    at: timeData(at_ms),
    sequence: Number(sequence),
    ...entry,
    since: timeData(since_ms),
    ...(clock_by_ms === '0' ? {} : { clock_by_ms: Number(clock_by_ms) }),
  };
}

export function tenureData(tenure: Tenure__Output): object {
  const { from_earliest_ms, from_latest_ms, until_earliest_ms, until_latest_ms, ...rest } = tenure;
  const isExact = from_earliest_ms === from_latest_ms && until_earliest_ms === until_latest_ms;
  return {
    ...rest,
    from: timeData(from_earliest_ms),
    until: timeData(until_latest_ms),
    ...(isExact ? {} : { from_latest: timeData(from_latest_ms), until_earliest: timeData(until_earliest_ms) }),
  };
}

export function gapData({ from_ms, until_ms, reason }: HistoryGap__Output): object {
  return { from: timeData(from_ms), until: timeData(until_ms), reason };
}
