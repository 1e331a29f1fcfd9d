import type { ClockStep } from '../../ipam/history/clock-doubt.ts';
import type { HistoryEntry } from '../../ipam/history/entry.ts';
import type { HistorySegment } from '../../ipam/history/packing.ts';

/** What is known of a segment without its entries. */
export interface SegmentInfo extends Omit<HistorySegment, 'packed'> {
  /** Length of `packed`. */
  readonly bytes: number;
}

/** The history of what this node gave and took back: written by each commit that changes it, in the same transaction. */
export interface JournalHistory {
  /** What is packed, the earliest first. */
  segments(): readonly SegmentInfo[];
  /** @returns undefined: it was left out meanwhile @throws IpamError storage-damaged */
  segment(first: number): HistorySegment | undefined;
  /** What is not packed yet, in its order: what came after the last segment. @throws IpamError storage-damaged */
  tail(): readonly HistoryEntry[];
  /** How many those are. */
  readonly tailLength: number;
  /** Was the clock put since the last entry? Then any commit says so. */
  readonly isClockSet: boolean;
  /** When the clock was put, or may have been. */
  readonly clockSteps: readonly ClockStep[];
}
