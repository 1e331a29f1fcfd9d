import type { Allocation, CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import type { Beginning, HistoryNote } from '../../ipam/history/entry.ts';
import type { HistorySegment } from '../../ipam/history/packing.ts';
import type { ReleaseCause } from '../../ipam/reclaim/release-cause.ts';
import type { JournalHistory } from './journal-history.ts';

/** One change to the node's record of who holds what. */
export type JournalChange =
  /** @property as what the history says of it, and why; absent: it was allocated */
  | { readonly type: 'hold'; readonly allocation: Allocation; readonly as?: Beginning }
  /** @property cause absent: nothing was released, another record takes its place */
  | { readonly type: 'drop'; readonly allocation: Allocation; readonly cause?: ReleaseCause }
  /** The history says so, and nothing else changes. */
  | { readonly type: 'note'; readonly note: HistoryNote }
  /** The history says again who has this, if it is on record still when this is written: a drop of it may be on its way. */
  | { readonly type: 'say-again'; readonly allocation: Allocation; readonly identity: string | undefined }
  /** A daemon begins, at this start of the machine; undefined: the system does not tell. */
  | { readonly type: 'started'; readonly node: string; readonly boot: string | undefined }
  /** Entries of the history are packed into one. */
  | { readonly type: 'pack'; readonly segment: HistorySegment }
  /** The history is forgotten up to this number: whole segments, and what is not packed. */
  | { readonly type: 'forget'; readonly upTo: number }
  | { readonly type: 'cooldown'; readonly coolingDown: CoolingAddress }
  /** The record is of this start of the machine from now on. */
  | { readonly type: 'boot'; readonly id: string }
  | { readonly type: 'wake'; readonly address: string; readonly pool: string };

export interface JournalContents {
  readonly allocations: readonly Allocation[];
  readonly coolingDown: readonly CoolingAddress[];
}

/** The node's durable record of container → addresses. An allocation is known by the first of its addresses. */
export interface Journal {
  /** When the record was begun, milliseconds since 1970: what is older may have been on a record that was lost. */
  readonly begun: number;
  /** Which start of the machine the record is of; undefined: it does not tell. */
  readonly boot: string | undefined;
  /** Nothing before `load`. */
  readonly history: JournalHistory;
  /** Everything recorded, once, at start. @throws IpamError storage-damaged */
  load(): JournalContents;
  /** The allocations recorded at this moment, one after the other: read while others are written. @throws IpamError storage-damaged */
  recorded(): Iterable<Allocation>;
  /**
   * All changes of one call, or none, durable when it resolves. Calls take effect in the order in which they
   * were made. Calls made while another commit is
   * being synced share the next sync.
   * @throws IpamError storage-full, store-unavailable; then none of the changes happened
   */
  commit(changes: readonly JournalChange[]): Promise<void>;
  /** Why nothing can be recorded now; empty: it can, by the last commit and a look at the disk. */
  trouble(): string;
  /** Commits next to nothing, to learn whether anything could be recorded. Never rejects. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Is what a record says the very allocation, and no later one of its addresses? */
export function isStill(recorded: Allocation | undefined, { attachment, createdAt }: Allocation): boolean {
  return recorded?.createdAt === createdAt && attachmentKey(recorded.attachment) === attachmentKey(attachment);
}

/** The address under which an allocation is on record. @throws Error when it has none */
export function recordAddress({ addresses }: Allocation): HeldAddress {
  const [first] = addresses;
  if (first === undefined) throw new Error('an allocation without an address cannot be recorded');
  return first;
}
