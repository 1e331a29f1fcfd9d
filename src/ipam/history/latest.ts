import type { NodeHistory } from './reading.ts';

/**
 * Of many records as much as one answer has: the latest entries of all, and the latest of those who had something. What is left out of
 * each is counted.
 * @param limit as a question has it, for all of them together now
 */
export function latestOf(records: readonly NodeHistory[], limit: number): readonly NodeHistory[] {
  const oldestEntry = oldestOf(
    records.flatMap(({ entries }) => entries.map(({ at }) => at)),
    limit,
  );
  const oldestTenure = oldestOf(
    records.flatMap(({ tenures }) => tenures.map(({ from }) => from.earliest)),
    limit,
  );
  return records.map((record) => {
    // In the order of the record: what is left out is a part at its beginning.
    const first = record.entries.findIndex(({ at }) => at >= oldestEntry);
    const cut = first < 0 ? record.entries.length : first;
    const tenures = record.tenures.filter(({ from }) => from.earliest >= oldestTenure);
    return {
      ...record,
      entries: record.entries.slice(cut),
      leftOut: record.leftOut + cut,
      tenures,
      tenuresLeftOut: record.tenuresLeftOut + record.tenures.length - tenures.length,
    };
  });
}

/** The time from which on there are no more than so many. */
function oldestOf(times: readonly number[], limit: number): number {
  if (times.length <= limit) return Number.NEGATIVE_INFINITY;
  return times.toSorted((a, b) => b - a)[limit - 1] ?? Number.NEGATIVE_INFINITY;
}
