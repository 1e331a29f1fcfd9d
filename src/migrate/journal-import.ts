import type { Journal, JournalChange } from '../daemon/journal/journal.ts';
import type { Allocation } from '../ipam/allocation.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import type { Beginning } from '../ipam/history/entry.ts';
import { addressKey } from '../resources/scope.ts';
import type { Conflict } from './conflict.ts';
import type { SourceContents } from './holdings.ts';

/** It had them before this record knew of it. */
const migrated: Beginning = { what: 'held', detail: 'from another IPAM' };
/** Records in one commit. */
const batch = 1_000;

export interface JournalPlan {
  readonly changes: readonly JournalChange[];
  readonly conflicts: readonly Conflict[];
}

/**
 * What the record of this node's daemon needs to know of the containers that run, so that a DEL finds what it gives back.
 * @param ours pools that only the migration has given anything out of: a record of theirs that the source does not
 *   have any more is one of an earlier run
 */
export function planJournal(journal: Journal, holdings: SourceContents, ours: ReadonlySet<string>): JournalPlan {
  const { allocations, coolingDown } = journal.load();
  const byAddress = new Map(
    allocations.flatMap((one) => one.addresses.map((held) => [addressKey(held), one] as const)),
  );
  const changes: JournalChange[] = [];
  const conflicts: Conflict[] = [];
  const wanted = new Set<string>();
  for (const allocation of holdings.allocations) {
    wanted.add(recordKey(allocation));
    const others = allocation.addresses.flatMap((held) => byAddress.get(addressKey(held)) ?? []);
    if (others.some((other) => recordKey(other) === recordKey(allocation))) continue;
    const [other] = others.filter(
      ({ attachment }) => attachmentKey(attachment) !== attachmentKey(allocation.attachment),
    );
    if (other === undefined) changes.push({ type: 'hold', allocation, as: migrated });
    else conflicts.push(takenOnNode(allocation, other));
  }
  for (const allocation of allocations) {
    if (wanted.has(recordKey(allocation)) || !allocation.addresses.every(({ pool }) => ours.has(pool))) continue;
    // Before the new ones: a record is known by its first address, which may have another holder now.
    changes.unshift({ type: 'drop', allocation });
  }
  const cooldowns = new Set(coolingDown.map((one) => `${addressKey(one)} ${one.until}`));
  for (const one of holdings.coolingDown) {
    if (!cooldowns.has(`${addressKey(one)} ${one.until}`)) changes.push({ type: 'cooldown', coolingDown: one });
  }
  return { changes, conflicts };
}

/** What undoes the import: records that the source has as well. */
export function undoJournal(journal: Journal, holdings: SourceContents): readonly JournalChange[] {
  const theirs = new Set(holdings.allocations.map(recordKey));
  return journal
    .load()
    .allocations.filter((allocation) => theirs.has(recordKey(allocation)))
    .map((allocation) => ({ type: 'drop', allocation }));
}

export async function writeJournal(journal: Journal, changes: readonly JournalChange[]): Promise<void> {
  for (let at = 0; at < changes.length; at += batch) await journal.commit(changes.slice(at, at + batch));
}

function recordKey({ attachment, addresses }: Allocation): string {
  return `${attachmentKey(attachment)} ${addresses.map(addressKey).join(' ')}`;
}

function takenOnNode(allocation: Allocation, other: Allocation): Conflict {
  return {
    subject: allocation.addresses.map(({ address }) => address).join(', '),
    reason: `held by ${attachmentKey(allocation.attachment)} in the source, by ${attachmentKey(other.attachment)} in the record of this node's daemon`,
    advice: 'delete one of the two Pods, and repeat',
  };
}
