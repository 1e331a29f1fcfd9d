import type { Allocation } from '../../ipam/allocation.ts';
import type { Attachment } from '../../ipam/attachment.ts';
import { type HistoryEntry, isBeginning } from '../../ipam/history/entry.ts';
import type { JournalChange } from '../journal/journal.ts';

/** Says again who has still what they have by entries that go: else a record that outlives its node would not tell of them. */
export class SaidAgain {
  readonly #find: (attachment: Attachment) => Allocation | undefined;

  /** @param find what an attachment has on record now */
  constructor(find: (attachment: Attachment) => Allocation | undefined) {
    this.#find = find;
  }

  /** @param entries that go */
  of(entries: readonly HistoryEntry[]): readonly JournalChange[] {
    return entries.flatMap((entry): JournalChange[] => {
      if (!isBeginning(entry) || entry.attachment === undefined) return [];
      const allocation = this.#find(entry.attachment);
      if (allocation === undefined || allocation.createdAt !== entry.since) return [];
      return [{ type: 'say-again', allocation, identity: entry.identity }];
    });
  }
}
