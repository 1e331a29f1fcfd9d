import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { allocatedAddress } from './allocation-index.ts';

/** As pkg/iphelpers of whereabouts adds a distance to an address: byte by byte, the IPv4 address in its IPv6 form. */
function byteByByte(base: Address, distance: bigint): Address | undefined {
  if (base.family === 4 && distance >= 0xffffffffn) return undefined;
  const start = base.family === 4 ? base.value + (0xffffn << 32n) : base.value;
  let carry = 0;
  let value = 0n;
  for (let byte = 0n; byte < 16n; byte += 1n) {
    const sum = Number((start >> (byte * 8n)) & 255n) + Number((distance >> (byte * 8n)) & 255n) + carry;
    carry = sum > 255 ? 1 : 0;
    value |= BigInt(sum & 255) << (byte * 8n);
  }
  if (base.family === 6) return { family: 6, value };
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffffffffn } : undefined;
}

describe('an index of a whereabouts allocation', () => {
  it.each([
    ['caa5::', '-3844666706890850303', 'caa5::caa5:0:0:1'],
    ['caa5::', '0', 'caa5::'],
    ['caa5::', '9223372036854775807', 'caa5::7fff:ffff:ffff:ffff'],
    ['caa5::', '-9223372036854775808', 'caa5::8000:0:0:0'],
    ['caa5::', '-1', 'caa5::ffff:ffff:ffff:ffff'],
    ['fd00::8', '+5', 'fd00::d'],
    ['10.1.0.0', '5', '10.1.0.5'],
    ['10.1.0.9', '007', '10.1.0.16'],
    ['10.1.0.0', '300', '10.1.1.44'],
    ['0.0.0.0', '4294967294', '255.255.255.254'],
  ])('of %s, %s, stands for %s', (base, index, address) => {
    const found = allocatedAddress(parseAddress(base), index);
    expect(found && formatAddress(found)).toBe(address);
  });

  it.each([
    ['10.1.0.0', '999999999999'],
    ['10.1.0.0', '4294967295'],
    ['10.1.0.0', '-1'],
    ['255.255.255.0', '256'],
    ['caa5::', '9223372036854775808'],
    ['caa5::', '-9223372036854775809'],
    ['caa5::', '1e3'],
    ['caa5::', '0x10'],
    ['caa5::', '1.0'],
    ['caa5::', '1_0'],
    ['caa5::', ''],
    ['caa5::', '-'],
    ['caa5::', ' 1'],
    ['caa5::', '1'.repeat(10_000)],
  ])('of %s, %s, stands for no address', (base, index) => {
    expect(allocatedAddress(parseAddress(base), index)).toBeUndefined();
  });

  it('stands for what the bytes of whereabouts add up to', () => {
    const base = fc.oneof(
      fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((value): Address => ({ family: 4, value })),
      fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((value): Address => ({ family: 6, value })),
    );
    const small = fc.bigInt({ min: 0n, max: 1n << 33n });
    fc.assert(
      fc.property(base, fc.oneof(small, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })), (address, distance) => {
        const index = BigInt.asIntN(64, distance).toString();
        expect(allocatedAddress(address, index)).toEqual(byteByByte(address, distance));
      }),
    );
  });
});
