import { identityTitle } from '../../ipam/bind/identity.ts';
import { type HistoryNote, ofAllocation } from '../../ipam/history/entry.ts';
import type { JournalChange } from './journal.ts';

/** What is written of a change into the history; undefined: nothing. */
export function noteOf(change: JournalChange): HistoryNote | undefined {
  switch (change.type) {
    case 'hold': {
      const { allocation, as } = change;
      const identity = identityOf(allocation.identity);
      return ofAllocation(as?.what ?? 'allocated', allocation, { identity, detail: as?.detail });
    }
    case 'drop': {
      const { allocation, cause } = change;
      const identity = identityOf(allocation.identity);
      return ofAllocation('released', allocation, { identity, reason: cause?.reason, detail: cause?.text });
    }
    case 'say-again':
      return ofAllocation('held', change.allocation, { identity: change.identity });
    case 'note':
      return change.note;
    default:
      return undefined;
  }
}

function identityOf(identity: Parameters<typeof identityTitle>[0] | undefined): string | undefined {
  return identity === undefined ? undefined : identityTitle(identity);
}
