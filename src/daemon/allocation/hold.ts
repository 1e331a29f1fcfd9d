import type { Asked } from '../../dialects/asked.ts';
import type { Allocation } from '../../ipam/allocation.ts';
import type { Grant } from '../../ipam/claim/address-source.ts';
import type { Beginning } from '../../ipam/history/entry.ts';
import type { JournalChange } from '../journal/journal.ts';

/** What puts an allocation on record, with how the history is to say that it began. */
export function holdOf(allocation: Allocation, grants: readonly Grant[], asked: Asked): JournalChange {
  const as = beginningOf(grants, asked);
  return { type: 'hold', allocation, ...(as === undefined ? {} : { as }) };
}

/** @returns undefined: its addresses were allocated */
function beginningOf(grants: readonly Grant[], { request, claimant }: Asked): Beginning | undefined {
  if (request.reason !== undefined) return { what: 'adopted', detail: request.reason };
  const from = grants.find(({ keptOn }) => keptOn !== undefined && keptOn !== claimant.node)?.keptOn;
  return from === undefined ? undefined : { what: 'moved', detail: `from node "${from}"` };
}
