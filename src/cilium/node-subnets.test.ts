import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPrefix, parsePrefix, prefixCovers, prefixesOverlap, subprefix, subprefixes } from '../ip/prefix.ts';
import { nextSubnet } from './node-subnets.ts';

const pool = (cidr: string, maskSize: number) => ({ cidr: parsePrefix(cidr), maskSize });
const next = (pools: readonly ReturnType<typeof pool>[], taken: readonly string[]): string | undefined => {
  const found = nextSubnet(pools, taken.map(parsePrefix));
  return found && formatPrefix(found);
};

describe('the next subnet of a node', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['is the first', [], '10.0.0.0/24'],
    ['is the first gap', ['10.0.0.0/24', '10.0.2.0/24'], '10.0.1.0/24'],
    ['passes over what a larger one has', ['10.0.0.0/23'], '10.0.2.0/24'],
    ['passes over where a smaller one is', ['10.0.0.128/25'], '10.0.1.0/24'],
    ['has nothing to do with what is outside', ['10.1.0.0/24', 'fd00::/120'], '10.0.0.0/24'],
    ['is none when all are taken', ['10.0.0.0/16'], undefined],
  ])('%s', (_what, taken, expected) => expect(next([pool('10.0.0.0/22', 24)], taken)).toBe(expected));

  it('is of the second pool when the first is full', () =>
    expect(next([pool('10.0.0.0/24', 24), pool('10.9.0.0/16', 24)], ['10.0.0.0/24'])).toBe('10.9.0.0/24'));

  it('is of IPv6 as well', () =>
    expect(next([pool('fd00:240::/120', 124)], ['fd00:240::/124'])).toBe('fd00:240::10/124'));

  it('is the first that overlaps nothing, whatever is taken', () => {
    const cidr = parsePrefix('10.0.0.0/24');
    const lengths = fc.integer({ min: 24, max: 30 });
    const some = lengths.chain((length) =>
      fc.bigInt({ min: 0n, max: (1n << BigInt(length - 24)) - 1n }).map((index) => subprefix(cidr, length, index)),
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), fc.integer({ min: 25, max: 29 }), (taken, maskSize) => {
        const naive = [...subprefixes(cidr, maskSize)].find(
          (one) => !taken.some((other) => prefixesOverlap(one, other)),
        );
        const found = nextSubnet([{ cidr, maskSize }], taken);
        expect(found && formatPrefix(found)).toBe(naive && formatPrefix(naive));
        if (found !== undefined) expect(prefixCovers(cidr, found)).toBe(true);
      }),
    );
  });
});
