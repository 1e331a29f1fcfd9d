import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, familyBits, formatAddress, parseAddress } from './address.ts';
import {
  formatPrefix,
  lastAddress,
  parseInterfaceAddress,
  parsePrefix,
  prefixContains,
  prefixCovers,
  prefixesOverlap,
  prefixOf,
  prefixSize,
  subprefix,
  subprefixCount,
  subprefixes,
  subprefixIndex,
} from './prefix.ts';

const address = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value): Address => ({ family: 4, value })),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value): Address => ({ family: 6, value })),
);
const prefix = address.chain((one) =>
  fc.integer({ min: 0, max: familyBits(one.family) }).map((length) => prefixOf(one, length)),
);

describe('a prefix', () => {
  it.each(['0.0.0.0/0', '10.0.0.0/8', '10.0.0.1/32', '::/0', 'fd00::/8', '::1/128'])('reads and prints %s', (text) => {
    expect(formatPrefix(parsePrefix(text))).toBe(text);
  });

  it.each([
    ['10.0.0.0', 'no "/length" follows the address'],
    ['10.0.0.1/24', 'host bits are set; the network is 10.0.0.0/24'],
    ['fd00::1/64', 'host bits are set; the network is fd00::/64'],
    ['10.0.0.0/33', 'length "33" is not a number from 0 to 32'],
    ['::/129', 'length "129" is not a number from 0 to 128'],
    ['10.0.0.0/', 'length "" is not a number from 0 to 32'],
    ['10.0.0.0/08', 'length "08" is not a number from 0 to 32'],
    ['10.0.0.0/24/8', 'length "24/8" is not a number from 0 to 32'],
  ])('refuses %s: %s', (text, reason) => {
    expect(() => parsePrefix(text)).toThrow(reason);
  });

  it('keeps the host bits of an interface address apart', () => {
    const { address: host, prefix: network } = parseInterfaceAddress('10.0.0.5/24');
    expect([formatAddress(host), formatPrefix(network)]).toEqual(['10.0.0.5', '10.0.0.0/24']);
  });

  it('contains exactly the addresses between its ends', () => {
    fc.assert(
      fc.property(prefix, address, (one, other) => {
        const inside =
          one.address.family === other.family &&
          other.value >= one.address.value &&
          other.value <= lastAddress(one).value;
        expect(prefixContains(one, other)).toBe(inside);
      }),
    );
  });

  it('overlaps another exactly when one covers the other', () => {
    fc.assert(
      fc.property(prefix, prefix, (a, b) => {
        const apart =
          a.address.family !== b.address.family ||
          lastAddress(a).value < b.address.value ||
          lastAddress(b).value < a.address.value;
        expect(prefixesOverlap(a, b)).toBe(!apart);
        if (prefixCovers(a, b)) expect(prefixSize(a) >= prefixSize(b)).toBe(true);
      }),
    );
  });

  it('is cut into numbered prefixes that fill it without gaps', () => {
    fc.assert(
      fc.property(prefix, fc.integer({ min: 0, max: 6 }), (one, more) => {
        const length = Math.min(one.length + more, familyBits(one.address.family));
        const parts = [...subprefixes(one, length)];
        expect(BigInt(parts.length)).toBe(subprefixCount(one, length));
        expect(parts.reduce((sum, part) => sum + prefixSize(part), 0n)).toBe(prefixSize(one));
        for (const [index, part] of parts.entries()) {
          expect(prefixCovers(one, part)).toBe(true);
          expect(subprefixIndex(one, part)).toBe(BigInt(index));
          expect(subprefix(one, length, BigInt(index))).toEqual(part);
        }
      }),
    );
    const block = parsePrefix('10.0.0.0/24');
    expect(() => subprefix(block, 26, 4n)).toThrow(RangeError);
    expect(() => subprefixCount(block, 23)).toThrow(RangeError);
    expect(prefixContains(block, parseAddress('::1'))).toBe(false);
  });
});
