import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  compareAddresses,
  formatAddress,
  isLinkLocal,
  offsetAddress,
  parseAddress,
  sameAddress,
  unmapped,
} from './address.ts';

const ipv4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value): Address => ({ family: 4, value }));
/** Groups are often zero, so that runs of zeros of every length and place occur. */
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map(
    (groups): Address => ({ family: 6, value: groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n) }),
  );
const address = fc.oneof(ipv4, ipv6);

describe('an address', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['10.244.1.5', '10.244.1.5'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ])('reads %s and prints %s', (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  it.each([
    ['', 'it is empty'],
    ['10.0.0', '3 octets where 4 belong'],
    ['10.0.0.0.1', '5 octets where 4 belong'],
    ['10.0.0.300', 'octet 300 is over 255'],
    ['10.0.0.256', 'octet 256 is over 255'],
    ['10.0.0.01', 'octet 01 has a leading zero'],
    ['10.0.0.00', 'octet 00 has a leading zero'],
    ['10.0..1', 'octet "" is not a decimal number'],
    ['10.0.0.', 'octet "" is not a decimal number'],
    ['10.0.0.x', 'octet "x" is not a decimal number'],
    ['10.0.0.-1', 'octet "-1" is not a decimal number'],
    [' 10.0.0.1', 'octet " 10" is not a decimal number'],
    ['10.0.0.1 ', 'octet "1 " is not a decimal number'],
    ['10.0.0.1e0', 'octet "1e0" is not a decimal number'],
    [':', 'group "" is not one to four hex digits'],
    [':::', 'group "" is not one to four hex digits'],
    ['1::2::3', '"::" stands twice'],
    ['1:2:3:4:5:6:7', '7 groups where 8 belong'],
    ['1:2:3:4:5:6:7:8:9', '9 groups where 8 belong'],
    ['1:2:3:4:5:6:7::8', '8 groups leave no room for "::"'],
    ['12345::', 'group "12345" is not one to four hex digits'],
    ['fe80::1%eth0', 'a zone does not belong here'],
    ['::1.2.3', '3 octets where 4 belong'],
    ['1.2.3.4::', 'group "1.2.3.4" is not one to four hex digits'],
  ])('refuses %j: %s', (text, reason) => {
    expect(() => parseAddress(text)).toThrow(`is not an IP address: ${reason}`);
  });

  it('prints IPv6 as RFC 5952 does, judged by the URL standard', () => {
    fc.assert(
      fc.property(ipv6, (one) => {
        fc.pre(one.value >> 32n !== 0xffffn); // the URL standard prints IPv4-mapped addresses in hex
        expect(`[${formatAddress(one)}]`).toBe(new URL(`http://[${expanded(one)}]/`).hostname);
      }),
      { numRuns: 2000 },
    );
  });

  it('comes back from its text', () => {
    fc.assert(
      fc.property(address, (one) => sameAddress(parseAddress(formatAddress(one)), one)),
      { numRuns: 2000 },
    );
  });

  it('is read from exactly the texts that the system takes for one', () => {
    const piece = fc.constantFrom('0', '1', '25', '255', '256', '01', 'f', 'ffff', 'g', '.', ':', '::', '%', ' ', '-');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        const text = pieces.join('');
        fc.pre(!text.includes('%'));
        expect(accepts(text)).toBe(isIP(text) !== 0);
      }),
      { numRuns: 20_000 },
    );
  });

  it('sorts by family, then by value, and moves by offsets', () => {
    fc.assert(
      fc.property(address, address, (a, b) => {
        const order = compareAddresses(a, b);
        expect(order).toBe(-compareAddresses(b, a) + 0);
        if (a.family === b.family) {
          expect(sameAddress(offsetAddress(a, b.value - a.value), b)).toBe(true);
          expect(Math.sign(Number(a.value - b.value))).toBe(order);
        }
      }),
    );
    expect(() => offsetAddress(parseAddress('255.255.255.255'), 1n)).toThrow(RangeError);
    expect(() => offsetAddress(parseAddress('::'), -1n)).toThrow(RangeError);
  });
});

function expanded({ value }: Address): string {
  return Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16).padStart(4, '0'),
  ).join(':');
}

function accepts(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}

describe('a link-local address', () => {
  it.each(['fe80::1', 'fe80::', 'febf:ffff::1', '169.254.0.0', '169.254.1.1', '169.254.255.255'])('is %s', (text) => {
    expect(isLinkLocal(parseAddress(text))).toBe(true);
  });

  it.each(['fe7f:ffff::1', 'fec0::1', 'fd00::1', '::', '169.253.255.255', '169.255.0.0', '10.0.0.1'])(
    'is not %s',
    (text) => {
      expect(isLinkLocal(parseAddress(text))).toBe(false);
    },
  );
});

describe('an IPv4-mapped address', () => {
  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:0:0', '0.0.0.0'],
    ['::fffe:10.0.0.1', '::fffe:a00:1'],
    ['10.0.0.1', '10.0.0.1'],
    ['fd00::1', 'fd00::1'],
  ])('%s means %s', (text, meant) => {
    expect(formatAddress(unmapped(parseAddress(text)))).toBe(meant);
  });
});
