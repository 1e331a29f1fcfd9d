import type { HistorySegment } from '../../ipam/history/packing.ts';

/** A segment as one text: what it is, then what is packed. */
const format = 'packed-1';

export function segmentText({ first, last, from, until, packed }: HistorySegment): string {
  return [format, first, last, from, until, packed].join(' ');
}

/** @returns undefined: it is none that this version knows */
export function segmentOf(text: string): HistorySegment | undefined {
  if (!text.startsWith(`${format} `)) return undefined;
  const [, first, last, from, until, packed, ...more] = text.split(' ');
  const numbers = [first, last, from, until].map(Number);
  if (more.length > 0 || packed === undefined || !numbers.every(Number.isSafeInteger)) return undefined;
  const [firstOf = 0, lastOf = 0, fromTime = 0, untilTime = 0] = numbers;
  return { first: firstOf, last: lastOf, from: fromTime, until: untilTime, packed };
}
