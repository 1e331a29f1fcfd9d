import { type Allocation, compareListPlaces, type ListPlace, listPlaceOf } from '../../../ipam/allocation.ts';
import type { AllocationPage } from '../../../ipam/port.ts';

/** A sorted list of which a part at a time is to be had: behind a place, at most so many. */
export type PageSource = (after: ListPlace | undefined, limit: number) => Promise<AllocationPage>;

/** The first part of a source among many: a thousand nodes of a hundred allocations each send little more than is shown. */
const leastPart = 32;

interface Listed {
  readonly allocation: Allocation;
  readonly place: ListPlace;
}

interface Cursor {
  readonly source: PageSource;
  waiting: readonly Listed[];
  isLast: boolean;
  total: number;
}

/** One page of several sorted lists taken together, in the same order. Asks no source for much more than the page shows. */
export async function mergePages(
  sources: readonly PageSource[],
  { after, limit }: { readonly after: ListPlace | undefined; readonly limit: number },
): Promise<AllocationPage> {
  const first = Math.max(leastPart, Math.ceil((2 * limit) / Math.max(1, sources.length)));
  const cursors = await Promise.all(
    sources.map((source) => read({ source, waiting: [], isLast: false, total: 0 }, after, Math.min(first, limit))),
  );
  const total = cursors.reduce((sum, cursor) => sum + cursor.total, 0);
  const taken: Listed[] = [];
  for (;;) {
    taken.push(...takeSettled(cursors));
    const unread = cursors.filter(({ isLast, waiting }) => !isLast && waiting.length === 0);
    if (taken.length > limit || unread.length === 0) break;
    const last = taken.at(-1)?.place ?? after;
    await Promise.all(unread.map((cursor) => read(cursor, last, limit)));
  }
  const isLast = taken.length <= limit && cursors.every((cursor) => cursor.isLast && cursor.waiting.length === 0);
  return { allocations: taken.slice(0, limit).map(({ allocation }) => allocation), isLast, total };
}

/** Takes what nothing can come before any more: up to the earliest end of a part that is not the last one. */
function takeSettled(cursors: readonly Cursor[]): readonly Listed[] {
  let horizon: ListPlace | undefined;
  for (const { isLast, waiting } of cursors) {
    const end = isLast ? undefined : waiting.at(-1)?.place;
    if (end !== undefined && (horizon === undefined || compareListPlaces(end, horizon) < 0)) horizon = end;
  }
  const settled: Listed[] = [];
  for (const cursor of cursors) {
    const isSettled = ({ place }: Listed): boolean => horizon === undefined || compareListPlaces(place, horizon) <= 0;
    const count = cursor.waiting.findIndex((one) => !isSettled(one));
    const taken = count < 0 ? cursor.waiting : cursor.waiting.slice(0, count);
    cursor.waiting = cursor.waiting.slice(taken.length);
    settled.push(...taken);
  }
  return settled.sort((a, b) => compareListPlaces(a.place, b.place));
}

/** The next part of a source, behind a place. What it holds back of a page before is not in the way: places only grow. */
async function read(cursor: Cursor, after: ListPlace | undefined, limit: number): Promise<Cursor> {
  const { allocations, isLast, total } = await cursor.source(after, limit);
  cursor.waiting = allocations.map((allocation) => ({ allocation, place: listPlaceOf(allocation) }));
  // A part without anything that is not the last would never end.
  cursor.isLast = isLast || allocations.length === 0;
  cursor.total = Math.max(cursor.total, total);
  return cursor;
}
