import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { familyBits } from '../../ip/address.ts';
import { type Prefix, parsePrefix } from '../../ip/prefix.ts';
import { prefixRange } from '../../ip/range.ts';
import { countAddresses, parseRangeSet, rangeSet } from '../../ip/range-set.ts';
import { type Pool, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { assignable, blockLayout } from './layout.ts';

const poolOf = (spec: object): Pool =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name: 'p' }, spec });
const nothing = rangeSet([]);

/** Block by block, as nodes lease them. */
function addedUp(pool: Pool, reserved = nothing): bigint {
  const { first } = prefixRange(pool.subnet);
  const length = pool.blockSize ?? 0;
  const step = 1n << BigInt(familyBits(pool.family) - length);
  const blocks = Array.from(
    { length: 2 ** (length - pool.subnet.length) },
    (_, index): Prefix => ({ address: { ...first, value: first.value + BigInt(index) * step }, length }),
  );
  return blocks.reduce((sum, block) => sum + countAddresses(blockLayout(pool, block, reserved).usable), 0n);
}

describe('the addresses of a pool that Pods can get', () => {
  it.each<[string, object, bigint]>([
    ['a /29 that is one block', { subnet: '10.0.0.0/29', blockSize: 29 }, 5n],
    ['a /24 that is one block', { subnet: '10.0.0.0/24', blockSize: 24 }, 253n],
    ['a /16 in /24 blocks', { subnet: '10.0.0.0/16', blockSize: 24 }, 256n * 253n],
    ['an IPv6 /64 that is one block', { subnet: 'fd00::/64', blockSize: 64 }, 2n ** 64n - 2n],
    ['an IPv6 /32 in /64 blocks', { subnet: 'fd00::/32', blockSize: 64 }, 2n ** 96n - 2n * 2n ** 32n],
    ['a flat subnet in blocks', { subnet: '10.0.0.0/24', blockSize: 26, gateway: '10.0.0.1' }, 253n],
    ['a shared pool', { subnet: '10.0.0.0/24', gateway: '10.0.0.1' }, 253n],
  ])('%s', (_what, spec, count) => expect(assignable(poolOf(spec), nothing)).toBe(count));

  it('are those of all its blocks together, whatever is listed, excluded and reserved', () => {
    const place = fc.integer({ min: 1, max: 254 });
    const range = fc.tuple(place, place).map(([a, b]) => `10.0.0.${Math.min(a, b)}-10.0.0.${Math.max(a, b)}`);
    const ranges = (least: number) => fc.array(range, { minLength: least, maxLength: 3 });
    fc.assert(
      fc.property(ranges(1), ranges(0), ranges(0), fc.integer({ min: 24, max: 30 }), (ips, out, kept, blockSize) => {
        let pool: Pool;
        try {
          pool = poolOf({ subnet: '10.0.0.0/24', blockSize, ips, excludeIPs: out });
        } catch {
          return;
        }
        const reserved = parseRangeSet(kept);
        expect(assignable(pool, reserved)).toBe(addedUp(pool, reserved));
      }),
    );
  });

  it('are those of some of its blocks, where only these are meant', () => {
    const pool = poolOf({ subnet: '10.0.0.0/24', blockSize: 26, excludeIPs: ['10.0.0.70'] });
    const leased = rangeSet([prefixRange(parsePrefix('10.0.0.64/26')), prefixRange(parsePrefix('10.0.0.192/26'))]);
    expect(assignable(pool, parseRangeSet(['10.0.0.200-10.0.0.201']), leased)).toBe(61n - 1n + (61n - 2n));
  });
});
