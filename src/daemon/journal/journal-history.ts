import type { ClockStep } from '../../ipam/history/clock-doubt.ts';
import type { HistoryEntry } from '../../ipam/history/entry.ts';

/** Entries of a node's history that were packed: one text of many, and what is to be known without reading it. */
export interface HistorySegment {
  /** Numbers of the first and of the last entry; all between them are in it. */
  readonly first: number;
  readonly last: number;
  /** Times of the first and the last that were written in it, milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** The entries, packed; in base 64. */
  readonly packed: string;
}

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
