import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from './bitmap.ts';

/** Sizes around the borders of words and levels. */
const size = fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 1023, 1024, 1025, 32_767, 32_768, 32_769, 40_000);

describe('a bitmap', () => {
  it('behaves as a set of numbers', () => {
    const action = fc.tuple(
      fc.constantFrom('set', 'clear', 'nextClear', 'nextSet', 'fill', 'drain'),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.nat(80),
    );
    fc.assert(
      fc.property(size, fc.array(action, { maxLength: 60 }), (bits, actions) => {
        const bitmap = new Bitmap(bits);
        const oracle = new Set<number>();
        for (const [kind, where, length] of actions) {
          const bit = Math.floor(where * bits);
          if (kind === 'set') expect(bitmap.set(bit)).toBe(!oracle.has(bit) && Boolean(oracle.add(bit)));
          if (kind === 'clear') expect(bitmap.clear(bit)).toBe(oracle.delete(bit));
          for (let at = bit; at < Math.min(bits, bit + length * 32); at += 1) {
            if (kind === 'fill' && bitmap.set(at)) oracle.add(at);
            if (kind === 'drain' && bitmap.clear(at)) oracle.delete(at);
          }
          if (kind === 'nextClear') expect(bitmap.nextClear(bit)).toBe(next(bit, bits, (at) => !oracle.has(at)));
          if (kind === 'nextSet') expect(bitmap.nextSet(bit)).toBe(next(bit, bits, (at) => oracle.has(at)));
          expect(bitmap.count).toBe(oracle.size);
          expect(bitmap.has(bit)).toBe(oracle.has(bit));
        }
        const copy = Bitmap.restore(bits, bitmap.snapshot());
        expect(copy.snapshot()).toEqual(bitmap.snapshot());
        expect(copy.count).toBe(oracle.size);
        expect(copy.nextClear(0)).toBe(bitmap.nextClear(0));
      }),
      { numRuns: 200 },
    );
  });

  it.each([1, 33, 1024, 2 ** 20, 2 ** 24])('finds the last clear bit of %i, and none when full', (bits) => {
    const bitmap = new Bitmap(bits);
    for (let bit = 0; bit < bits; bit += 1) bitmap.set(bit);
    expect(bitmap.nextClear(0)).toBe(-1);
    bitmap.clear(bits - 1);
    expect(bitmap.nextClear(0)).toBe(bits - 1);
    expect(bitmap.count).toBe(bits - 1);
  });

  it('keeps its bits when it grows', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1023)), fc.integer({ min: 1, max: 40 }), (set, factor) => {
        const bitmap = new Bitmap(1024);
        for (const bit of set) bitmap.set(bit);
        const grown = bitmap.grown(1024 * factor + (factor === 1 ? 0 : 7));
        expect(grown.count).toBe(set.length);
        for (let bit = 0; bit < 1024; bit += 1) expect(grown.has(bit)).toBe(bitmap.has(bit));
        const filled = new Set(set);
        expect(grown.nextClear(0)).toBe(next(0, grown.size, (at) => !filled.has(at)));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses sizes and snapshots that cannot be', () => {
    expect(() => new Bitmap(0)).toThrow(RangeError);
    expect(() => new Bitmap(2 ** 26 + 1)).toThrow(RangeError);
    expect(() => Bitmap.restore(9, new Uint8Array(1))).toThrow(RangeError);
    expect(() => Bitmap.restore(4, Uint8Array.of(0b1_0000))).toThrow(RangeError);
    expect(() => new Bitmap(33).grown(64)).toThrow(RangeError);
  });
});

function next(from: number, bits: number, found: (at: number) => boolean): number {
  for (let at = from; at < bits; at += 1) if (found(at)) return at;
  return -1;
}
