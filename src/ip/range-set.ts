import { type Address, compareAddresses, offsetAddress } from './address.ts';
import type { Prefix } from './prefix.ts';
import {
  addressesOfRange,
  formatRange,
  parseRange,
  type Range,
  rangeContains,
  rangeSize,
  rangeToPrefixes,
} from './range.ts';

/** A set of addresses as ranges: sorted, disjoint, not adjacent; IPv4 before IPv6. Made by `rangeSet` only. */
export interface RangeSet {
  readonly ranges: readonly Range[];
}

export const emptyRangeSet: RangeSet = { ranges: [] };

/** The union of ranges in any order, overlapping or not. */
export function rangeSet(ranges: Iterable<Range>): RangeSet {
  const sorted = [...ranges].sort((a, b) => compareAddresses(a.first, b.first));
  const merged: Range[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (
      before === undefined ||
      before.first.family !== range.first.family ||
      range.first.value > before.last.value + 1n
    ) {
      merged.push(range);
    } else if (range.last.value > before.last.value) {
      merged[merged.length - 1] = { first: before.first, last: range.last };
    }
  }
  return { ranges: merged };
}

/** Each text an address, `first-last` or a prefix. @throws AddressError */
export function parseRangeSet(texts: readonly string[]): RangeSet {
  return rangeSet(texts.map(parseRange));
}

export function formatRangeSet({ ranges }: RangeSet): string[] {
  return ranges.map(formatRange);
}

export function union(a: RangeSet, b: RangeSet): RangeSet {
  return rangeSet([...a.ranges, ...b.ranges]);
}

/** What is in both. */
export function intersect(a: RangeSet, b: RangeSet): RangeSet {
  const shared: Range[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const [x, y] = [a.ranges[i], b.ranges[j]];
    if (x === undefined || y === undefined) return { ranges: shared };
    const first = compareAddresses(x.first, y.first) < 0 ? y.first : x.first;
    const last = compareAddresses(x.last, y.last) < 0 ? x.last : y.last;
    if (first.family === last.family && first.value <= last.value) shared.push({ first, last });
    if (compareAddresses(x.last, y.last) < 0) i += 1;
    else j += 1;
  }
}

/** What is in `a` and not in `b`. */
export function subtract(a: RangeSet, b: RangeSet): RangeSet {
  const left: Range[] = [];
  let j = 0;
  for (const range of a.ranges) {
    let { first } = range;
    // Ranges of `b` wholly below this one lie below every later one too.
    while (b.ranges[j] !== undefined && compareAddresses((b.ranges[j] as Range).last, first) < 0) j += 1;
    let done = false;
    for (let k = j; ; k += 1) {
      const hole = b.ranges[k];
      if (hole === undefined || compareAddresses(hole.first, range.last) > 0) break;
      if (compareAddresses(first, hole.first) < 0)
        left.push({ first, last: { ...hole.first, value: hole.first.value - 1n } });
      if (compareAddresses(hole.last, range.last) >= 0) {
        done = true;
        break;
      }
      first = { ...hole.last, value: hole.last.value + 1n };
    }
    if (!done) left.push({ first, last: range.last });
  }
  return { ranges: left };
}

export function overlaps(a: RangeSet, b: RangeSet): boolean {
  return intersect(a, b).ranges.length > 0;
}

/** Binary search: sets of ten thousand ranges are asked at every allocation. */
export function containsAddress({ ranges }: RangeSet, address: Address): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle] as Range;
    if (rangeContains(range, address)) return true;
    if (compareAddresses(address, range.first) < 0) high = middle - 1;
    else low = middle + 1;
  }
  return false;
}

/** How many addresses, 0..2^128+2^32. */
export function countAddresses({ ranges }: RangeSet): bigint {
  return ranges.reduce((count, range) => count + rangeSize(range), 0n);
}

/** @param index 0..countAddresses-1, in order @throws RangeError */
export function addressAt({ ranges }: RangeSet, index: bigint): Address {
  let left = index;
  for (const range of ranges) {
    const size = rangeSize(range);
    if (left < size) return offsetAddress(range.first, left);
    left -= size;
  }
  throw new RangeError(`a set of ${index - left} addresses has none at ${index}`);
}

/** Every address, in order. */
export function* addressesOf({ ranges }: RangeSet): Generator<Address> {
  for (const range of ranges) yield* addressesOfRange(range);
}

/** The fewest prefixes that hold exactly the set. */
export function summarise({ ranges }: RangeSet): readonly Prefix[] {
  return ranges.flatMap(rangeToPrefixes);
}
