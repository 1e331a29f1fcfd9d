import { unpacked } from '../../ipam/history/packing.ts';
import type { HistoryQuestion } from '../../ipam/history/question.ts';
import { HistoryReading, type NodeHistory } from '../../ipam/history/reading.ts';
import type { Journal } from '../journal/journal.ts';

export interface OwnHistoryParts {
  readonly node: string;
  readonly journal: Journal;
}

const entriesInStep = 16;

/** What this node's record says to a question: a few entries a step. @throws IpamError storage-damaged, store-unavailable */
export function* ownHistory(
  question: HistoryQuestion,
  { node, journal }: OwnHistoryParts,
): Generator<undefined, NodeHistory> {
  const { history, begun } = journal;
  const reading = new HistoryReading(question);
  let next = (question.after ?? -1) + 1;
  for (;;) {
    const info = history.segments().find(({ last }) => last >= next);
    if (info === undefined || reading.isFull) break;
    const segment = history.segment(info.first);
    for (const [index, entry] of ((segment && unpacked(segment)) ?? []).entries()) {
      reading.take(entry);
      if (index % entriesInStep === 0) yield;
    }
    next = info.last + 1;
  }
  // Both in one step, and of the journal, not of the ledger, which a start has yet to fill: what is on record is what the last entry left.
  for (const entry of history.tail()) if (entry.sequence >= next) reading.take(entry);
  return reading.answer({ node, begun }, [...journal.recorded()]);
}
