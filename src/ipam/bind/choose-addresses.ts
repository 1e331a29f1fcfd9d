import { type Address, offsetAddress } from '../../ip/address.ts';
import { type Range, rangeSize } from '../../ip/range.ts';
import { type RangeSet, rangeSet, subtract } from '../../ip/range-set.ts';

/**
 * Which of the free addresses a pool of an application takes on: those next to what it has, so that it stays in one piece, and
 * else as few pieces as can be.
 * @param count how many; where fewer are free, all of those
 */
export function addressesToAdd(present: RangeSet, free: RangeSet, count: bigint): RangeSet {
  const added: Range[] = [];
  let left = count;
  for (const range of [...beside(present, free)]) {
    if (left === 0n) break;
    const taken = range.isAfter ? head(range, left) : tail(range, left);
    added.push(taken);
    left -= rangeSize(taken);
  }
  return rangeSet([...added, ...fewestPieces(subtract(free, rangeSet(added)), left)]);
}

/**
 * Which addresses a pool of an application gives up: of those that nobody has the highest.
 * @param count how many; where fewer are to be had, all of those
 */
export function addressesToDrop(present: RangeSet, held: RangeSet, count: bigint): RangeSet {
  const dropped: Range[] = [];
  let left = count;
  for (const range of subtract(present, held).ranges.toReversed()) {
    if (left === 0n) break;
    const taken = tail(range, left);
    dropped.push(taken);
    left -= rangeSize(taken);
  }
  return rangeSet(dropped);
}

/** What is free directly after a range of the pool, then what is directly before one. */
function beside(present: RangeSet, free: RangeSet): readonly (Range & { readonly isAfter: boolean })[] {
  const touching = (isAfter: boolean) =>
    present.ranges.flatMap((own) => {
      const found = free.ranges.find(({ first, last }) =>
        isAfter ? isNext(own.last, first) : isNext(last, own.first),
      );
      return found === undefined ? [] : [{ ...found, isAfter }];
    });
  const after = touching(true);
  return [...after, ...touching(false).filter(({ first }) => !after.some((one) => one.first.value === first.value))];
}

function isNext(a: Address, b: Address): boolean {
  return a.family === b.family && a.value + 1n === b.value;
}

function fewestPieces(free: RangeSet, count: bigint): readonly Range[] {
  const pieces: Range[] = [];
  const bySize = free.ranges.toSorted((a, b) => Number(rangeSize(a) - rangeSize(b)));
  let left = count;
  while (left > 0n) {
    const piece = onePiece(bySize, left) ?? bySize.at(-1);
    if (piece === undefined) break;
    pieces.push(piece);
    left -= rangeSize(piece);
    // It was the largest, and too small.
    bySize.pop();
  }
  return pieces;
}

/**
 * Addresses in one piece: where they begin as a prefix that has room for them does, in the smallest gap that has such a place;
 * else at the beginning of the smallest gap that is large enough.
 */
function onePiece(bySize: readonly Range[], count: bigint): Range | undefined {
  const roomy = bySize.filter((range) => rangeSize(range) >= count);
  const block = prefixSize(count);
  for (const range of roomy) {
    const start = ((range.first.value + block - 1n) / block) * block;
    if (start + count - 1n > range.last.value) continue;
    return head({ first: { ...range.first, value: start }, last: range.last }, count);
  }
  return roomy[0] === undefined ? undefined : head(roomy[0], count);
}

/** The smallest power of two that is not less. */
function prefixSize(count: bigint): bigint {
  let size = 1n;
  while (size < count) size *= 2n;
  return size;
}

function head(range: Range, count: bigint): Range {
  const { first, last } = range;
  return rangeSize(range) <= count ? { first, last } : { first, last: offsetAddress(first, count - 1n) };
}

function tail(range: Range, count: bigint): Range {
  const { first, last } = range;
  return rangeSize(range) <= count ? { first, last } : { first: offsetAddress(last, 1n - count), last };
}
