import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress } from './address.ts';
import { formatPrefix, lastAddress } from './prefix.ts';
import { formatRange, parseRange, type Range, rangeSize, rangesOverlap, rangeToPrefixes } from './range.ts';
import {
  addressAt,
  addressesOf,
  containsAddress,
  countAddresses,
  formatRangeSet,
  intersect,
  overlaps,
  parseRangeSet,
  type RangeSet,
  rangeSet,
  subtract,
  summarise,
  union,
} from './range-set.ts';

/** A small universe at both ends of both families, where an oracle of plain sets is quick. */
const points: readonly Address[] = [
  ...Array.from({ length: 24 }, (_, index): Address => ({ family: 4, value: BigInt(index) })),
  ...Array.from({ length: 24 }, (_, index): Address => ({ family: 6, value: 2n ** 128n - 24n + BigInt(index) })),
];
const range = fc.tuple(fc.boolean(), fc.nat(23), fc.nat(23)).map(([high, a, b]): Range => {
  const base = high ? 24 : 0;
  const at = (index: number): Address => points[base + index] as Address;
  return { first: at(Math.min(a, b)), last: at(Math.max(a, b)) };
});
const ranges = fc.array(range, { maxLength: 6 });

function members(set: RangeSet): string[] {
  return points.filter((point) => containsAddress(set, point)).map(formatAddress);
}

function oracle(all: readonly Range[]): Set<string> {
  return new Set(
    all
      .flatMap(({ first, last }) =>
        points.filter(({ family, value }) => family === first.family && value >= first.value && value <= last.value),
      )
      .map(formatAddress),
  );
}

describe('a range', () => {
  it.each([
    ['10.0.0.5', '10.0.0.5'],
    ['10.0.0.5-10.0.0.5', '10.0.0.5'],
    ['10.0.0.5-10.0.0.9', '10.0.0.5-10.0.0.9'],
    ['10.0.0.0/30', '10.0.0.0-10.0.0.3'],
    ['fd00::1-fd00::ff', 'fd00::1-fd00::ff'],
  ])('reads %s and prints %s', (text, canonical) => {
    expect(formatRange(parseRange(text))).toBe(canonical);
  });

  it.each([
    ['10.0.0.9-10.0.0.5', 'its first address is above its last'],
    ['10.0.0.1-fd00::1', 'its ends are of different IP families'],
    ['10.0.0.1-', 'it is empty'],
    ['10.0.0.1/24', 'host bits are set'],
  ])('refuses %s: %s', (text, reason) => {
    expect(() => parseRange(text)).toThrow(reason);
  });

  it('is the fewest prefixes that hold exactly it', () => {
    fc.assert(
      fc.property(range, (one) => {
        const prefixes = rangeToPrefixes(one);
        let next = one.first.value;
        for (const prefix of prefixes) {
          expect(prefix.address.value).toBe(next);
          next = lastAddress(prefix).value + 1n;
        }
        expect(next).toBe(one.last.value + 1n);
        const bits = rangeSize(one).toString(2).length;
        expect(prefixes.length).toBeLessThanOrEqual(2 * bits);
      }),
    );
    expect(rangeToPrefixes(parseRange('10.0.0.1-10.0.0.6')).map(formatPrefix)).toEqual([
      '10.0.0.1/32',
      '10.0.0.2/31',
      '10.0.0.4/31',
      '10.0.0.6/32',
    ]);
    expect(rangeToPrefixes(parseRange('::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')).map(formatPrefix)).toEqual([
      '::/0',
    ]);
  });

  it('overlaps another exactly when they share an address', () => {
    fc.assert(fc.property(range, range, (a, b) => rangesOverlap(a, b) === !oracle([a]).isDisjointFrom(oracle([b]))));
  });
});

describe('a range set', () => {
  it('holds exactly the addresses of its ranges, sorted and merged', () => {
    fc.assert(
      fc.property(ranges, (all) => {
        const set = rangeSet(all);
        expect(new Set(members(set))).toEqual(oracle(all));
        expect(countAddresses(set)).toBe(BigInt(oracle(all).size));
        const inOrder = [...addressesOf(set)];
        expect(inOrder.map((_, index) => addressAt(set, BigInt(index)))).toEqual(inOrder);
        expect(() => addressAt(set, BigInt(inOrder.length))).toThrow(RangeError);
        expect([...addressesOf(set)].map(formatAddress)).toEqual(members(set));
        for (const [index, one] of set.ranges.entries()) {
          const before = set.ranges[index - 1];
          if (before?.first.family === one.first.family) expect(one.first.value > before.last.value + 1n).toBe(true);
        }
        expect(parseRangeSet(formatRangeSet(set))).toEqual(set);
      }),
    );
  });

  it('is united, intersected and subtracted as sets are', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [x, y] = [rangeSet(a), rangeSet(b)];
        const [p, q] = [oracle(a), oracle(b)];
        expect(new Set(members(union(x, y)))).toEqual(p.union(q));
        expect(new Set(members(intersect(x, y)))).toEqual(p.intersection(q));
        expect(new Set(members(subtract(x, y)))).toEqual(p.difference(q));
        expect(overlaps(x, y)).toBe(!p.isDisjointFrom(q));
        // Results are canonical: made anew they are the same.
        for (const set of [union(x, y), intersect(x, y), subtract(x, y)]) expect(rangeSet(set.ranges)).toEqual(set);
      }),
      { numRuns: 1000 },
    );
  });

  it('is summarised into prefixes with the same addresses', () => {
    fc.assert(
      fc.property(ranges, (all) => {
        const set = rangeSet(all);
        expect(
          rangeSet(summarise(set).map((prefix) => ({ first: prefix.address, last: lastAddress(prefix) }))),
        ).toEqual(set);
      }),
    );
    expect(summarise(parseRangeSet(['10.0.1.0/24', '10.0.0.0/24'])).map(formatPrefix)).toEqual(['10.0.0.0/23']);
    expect(containsAddress(parseRangeSet([]), parseAddress('10.0.0.1'))).toBe(false);
  });
});
