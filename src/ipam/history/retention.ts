import type { ClockDoubt } from './clock-doubt.ts';

/** How much of the past is kept. */
export interface HistoryLimits {
  /** No longer than so, milliseconds. */
  readonly keptMs: number;
  /** No more than so of packed entries, characters. */
  readonly bytes: number;
  /** So much of a node's record is in the store that all share, characters. */
  readonly sharedBytes: number;
  /** How often it is written there, milliseconds. */
  readonly shareEveryMs: number;
}

/** A week, and some hundred thousand entries. */
export const defaultHistoryLimits: HistoryLimits = {
  keptMs: 7 * 24 * 3_600_000,
  bytes: 16 * 1024 * 1024,
  sharedBytes: 128 * 1024,
  shareEveryMs: 600_000,
};

/** What is left out, or not, as a whole. */
export interface KeptPart {
  readonly last: number;
  /** Earliest time in it, milliseconds since 1970. */
  readonly from: number;
  /** 0: they do not count. */
  readonly bytes: number;
}

/**
 * Which parts of a record go: from the earliest on, those that are over their time, and as many as are too much. The newest always stays; and
 * of what is over its time so much that the record reaches back to where that begins.
 * A clock that was put forward makes nothing older than it may be.
 * @param parts the earliest first
 * @returns the number of the last entry that goes; undefined: none
 */
export function leftOut(
  parts: readonly KeptPart[],
  { keptMs, bytes }: Pick<HistoryLimits, 'keptMs' | 'bytes'>,
  doubt: ClockDoubt,
  now: number,
): number | undefined {
  let over = parts.reduce((sum, part) => sum + part.bytes, 0) - bytes;
  let upTo: number | undefined;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    const next = parts[index + 1] ?? part;
    if (over <= 0 && doubt.moment(next.from, next.last).latest > now - keptMs) break;
    over -= part.bytes;
    upTo = part.last;
  }
  return upTo;
}
