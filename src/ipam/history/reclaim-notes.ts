import type { Claim } from '../../resources/claim.ts';
import { reclaimRecord } from '../../resources/history.ts';
import { identityTitle } from '../bind/identity.ts';
import { identityOfClaim } from '../bind/kept-claim.ts';
import { type ReleaseCause, releasedClaim } from '../reclaim/release-cause.ts';
import type { HistoryEntry, HistoryNote } from './entry.ts';

/** What became of a claim that was taken back: its address is free, it is kept for whom it is, or it was kept so until now. */
export type ReclaimedHow = 'released' | 'parked' | 'freed';

/** What is to be written, and when it was so, milliseconds since 1970. */
export interface TimedNote {
  readonly note: HistoryNote;
  readonly at: number;
}

/** What is written of a claim that was taken back: whose container has ended has it no more, also where the address stays. */
export function reclaimNotes(how: ReclaimedHow, claim: Claim, { reason, text }: ReleaseCause): readonly HistoryNote[] {
  const { attachment, node, pod, addresses } = releasedClaim(claim);
  const identity = identityOfClaim(claim);
  const since = Date.parse(claim.metadata.creationTimestamp ?? '');
  const note = {
    node,
    attachment,
    pod,
    addresses: addresses.map(({ address, pool }) => ({ address, pool })),
    ...(identity === undefined ? {} : { identity: identityTitle(identity) }),
    ...(Number.isNaN(since) ? {} : { since }),
    detail: `by ${reclaimRecord}${text === '' ? '' : `: ${text}`}`,
  };
  const released: HistoryNote = { ...note, what: 'released', reason };
  if (how === 'released') return [released];
  return how === 'parked' ? [released, { ...note, what: 'parked' }] : [{ ...note, what: 'freed', reason }];
}

/** A clock that differs by less from that of whoever wrote before is not said, milliseconds. */
const smallestStep = 1_000;

/**
 * The entries that notes become. Whoever leads next may have another clock: one that is behind what is on record is said.
 * @param before the last entry that is on record; undefined: none
 * @param leftOut how many were lost before these: their numbers are missing
 */
export function numbered(
  notes: readonly TimedNote[],
  before: Pick<HistoryEntry, 'sequence' | 'at'> | undefined,
  leftOut: number,
): readonly HistoryEntry[] {
  const [first] = notes;
  let sequence = (before?.sequence ?? 0) + leftOut;
  const entries: HistoryEntry[] = [];
  const add = (note: HistoryNote, at: number): void => {
    sequence += 1;
    entries.push({ ...note, sequence, at: Math.round(at) });
  };
  const by = first === undefined || before === undefined ? 0 : first.at - before.at;
  if (first !== undefined && by <= -smallestStep)
    add({ what: 'clock-set', node: reclaimRecord, addresses: [], by: Math.round(by) }, first.at);
  for (const { note, at } of notes) add(note, at);
  return entries;
}
