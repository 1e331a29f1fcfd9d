import type { Address } from '../ip/address.ts';
import { type Prefix, prefixSize } from '../ip/prefix.ts';
import { prefixRange, type Range } from '../ip/range.ts';
import type { RangeSet } from '../ip/range-set.ts';

/** What is with the addresses of a cell: all of one kind, or some free and some not. */
export type CellKind = 'held' | 'free' | 'mixed' | 'other';

/** A map of equal cells, in the order of addresses. */
export interface Grid {
  /** Cells of a row, and rows. */
  readonly columns: number;
  readonly rows: number;
  /** Addresses of a cell. */
  readonly size: bigint;
  readonly isHilbert: boolean;
}

/** Up to so many addresses lie in rows, as a person would write them. */
const inRows = 4_096n;
/** More cells than 128 by 128 are too small to see. */
const mostBits = 14;

/** How a subnet is laid out: a cell an address where that can be drawn. */
export function gridOf(subnet: Prefix): Grid {
  const size = prefixSize(subnet);
  if (size <= inRows) {
    const columns = Number(size < 64n ? size : 64n);
    return { columns, rows: Number(size) / columns, size: 1n, isHilbert: false };
  }
  const bits = size.toString(2).length - 1;
  const order = Math.floor(Math.min(bits, mostBits) / 2);
  const side = 2 ** order;
  return { columns: side, rows: side, size: size / BigInt(side * side), isHilbert: true };
}

/** The kind of each cell, without an address being looked at by itself. */
export function cellKinds(subnet: Prefix, { columns, rows, size }: Grid, held: RangeSet, free: RangeSet): CellKind[] {
  const { first } = prefixRange(subnet);
  const count = columns * rows;
  const [ofHeld, ofFree] = [held, free].map((set) => countsOf(set, first, size, count)) as [bigint[], bigint[]];
  return ofHeld.map((heldHere, index) => kindOf(heldHere, ofFree[index] ?? 0n, size));
}

function kindOf(held: bigint, free: bigint, size: bigint): CellKind {
  if (free === size) return 'free';
  if (free > 0n) return 'mixed';
  return held > 0n ? 'held' : 'other';
}

/** How many addresses of the set each cell has: ranges and cells are gone through once, side by side. */
function countsOf({ ranges }: RangeSet, first: Address, size: bigint, count: number): bigint[] {
  const counts = new Array<bigint>(count).fill(0n);
  const end = BigInt(count) * size;
  for (const range of ranges) addTo(counts, range, first, size, end);
  return counts;
}

function addTo(counts: bigint[], range: Range, first: Address, size: bigint, end: bigint): void {
  if (range.first.family !== first.family) return;
  const from = max(range.first.value - first.value, 0n);
  const until = min(range.last.value - first.value + 1n, end);
  for (let at = from; at < until; ) {
    const index = at / size;
    const next = min((index + 1n) * size, until);
    counts[Number(index)] = (counts[Number(index)] ?? 0n) + next - at;
    at = next;
  }
}

/** Where a cell lies: in rows, or on a Hilbert curve, on which neighbours stay neighbours. */
export function placeOf({ columns, isHilbert }: Grid, index: number): readonly [x: number, y: number] {
  return isHilbert ? hilbert(columns, index) : [index % columns, Math.floor(index / columns)];
}

/** @param side a power of two @param index 0..side²-1 */
export function hilbert(side: number, index: number): readonly [x: number, y: number] {
  let [x, y, left] = [0, 0, index];
  for (let square = 1; square < side; square *= 2) {
    const right = 1 & (left >> 1);
    const up = 1 & (left ^ right);
    if (up === 0) {
      if (right === 1) [x, y] = [square - 1 - x, square - 1 - y];
      [x, y] = [y, x];
    }
    x += square * right;
    y += square * up;
    left >>= 2;
  }
  return [x, y];
}

const min = (a: bigint, b: bigint) => (a < b ? a : b);
const max = (a: bigint, b: bigint) => (a > b ? a : b);
