import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { HistoryEntry } from '../../ipam/history/entry.ts';
import { entriesOf, entriesText } from '../../ipam/history/entry-text.ts';
import type { HistorySegment } from '../journal/journal-history.ts';

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
