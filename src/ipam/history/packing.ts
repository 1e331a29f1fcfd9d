import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { HistoryEntry } from './entry.ts';
import { entriesOf, entriesText } from './entry-text.ts';

/** Entries of a history that were packed: one text of many, and what is to be known without reading it. */
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

/** Entries of one segment: some 35 kB packed. More would pack no better, and what is shared is written again as it grows. */
export const segmentEntries = 512;

/** Of entries, which are random names for the most part, higher ones take more time and no less room. */
const level = 1;

/** Entries of a record that follow one another as one segment. @param entries at least one */
export function packed(entries: readonly HistoryEntry[]): HistorySegment {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a segment of no entries');
  const bytes = zstdCompressSync(entriesText(entries), { params: { [constants.ZSTD_c_compressionLevel]: level } });
  const times = entries.map(({ at }) => at);
  return {
    first: first.sequence,
    last: last.sequence,
    from: Math.min(...times),
    until: Math.max(...times),
    packed: bytes.toString('base64'),
  };
}

/** A segment is some hundred kilobytes at most: what unpacks to more is none of ours. */
const mostBytes = 16 * 1024 * 1024;

/** @returns undefined: it is damaged, or somebody else wrote it */
export function unpacked({ packed: text }: Pick<HistorySegment, 'packed'>): readonly HistoryEntry[] | undefined {
  try {
    return entriesOf(zstdDecompressSync(Buffer.from(text, 'base64'), { maxOutputLength: mostBytes }).toString());
  } catch {
    // Not packed by anything like `packed`: zlib has a code for each way.
    return undefined;
  }
}
