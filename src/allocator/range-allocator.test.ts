import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, offsetAddress, parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { parseRange, prefixRange, type Range } from '../ip/range.ts';
import { containsAddress, parseRangeSet, type RangeSet, rangeSet, subtract } from '../ip/range-set.ts';
import { RangeAllocator } from './range-allocator.ts';

const cooldownMs = 30_000;

interface Space {
  readonly name: string;
  readonly range: Range;
  readonly usable: RangeSet;
}

function space(cidr: string, without: readonly string[] = []): Space {
  const range = prefixRange(parsePrefix(cidr));
  return { name: cidr, range, usable: subtract(rangeSet([range]), parseRangeSet(without)) };
}

/** Dense with holes, a large hull, sparse in one and in two pieces. */
const spaces: readonly Space[] = [
  space('10.0.0.0/28', ['10.0.0.0', '10.0.0.1', '10.0.0.7-10.0.0.9', '10.0.0.15']),
  space('10.0.0.0/16', ['10.0.0.4-10.0.255.250']),
  {
    name: 'two sparse pieces',
    range: prefixRange(parsePrefix('fd00::/64')),
    usable: parseRangeSet(['fd00::1-fd00::4', 'fd00::8000:0:0:0-fd00::8000:ffff:0:0']),
  },
  space('fd00::/64', ['fd00::', 'fd00::1']),
];

type Action =
  | { readonly kind: 'allocate' | 'release' | 'forget'; readonly at: number }
  | { readonly kind: 'claim' | 'cooldown'; readonly offset: number }
  | { readonly kind: 'wait' | 'clock is set'; readonly ms: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('allocate' as const, 'release' as const, 'forget' as const),
      at: fc.nat(1000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('claim' as const, 'cooldown' as const),
      // Near the start, and beyond where a sparse range begins.
      offset: fc.oneof(fc.nat(20), fc.integer({ min: 4090, max: 4110 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 10_000, 29_999, 30_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock is set' as const), ms: fc.constantFrom(-3_600_000, 3_600_000) }),
  },
);

/** The allocator's promises over plain maps: slow, and short enough to be seen to be right. */
class Oracle {
  readonly held = new Map<string, string>();
  readonly coolingDown = new Map<string, number>();
  readonly #space: Space;

  constructor(of: Space) {
    this.#space = of;
  }

  fits(address: Address): boolean {
    return containsAddress(this.#space.usable, address);
  }

  endCooldowns(now: number): void {
    for (const [text, until] of this.coolingDown) {
      if (until - now > cooldownMs + 60_000) this.coolingDown.set(text, now + cooldownMs);
      else if (until <= now) this.coolingDown.delete(text);
    }
  }
}

describe.each(spaces)('the allocator of $name', (of) => {
  it('keeps every promise of the oracle', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const allocator = new RangeAllocator<string>({ range: of.range, usable: of.usable, cooldownMs });
        const oracle = new Oracle(of);
        const total = of.usable.ranges.reduce((sum, { first, last }) => sum + last.value - first.value + 1n, 0n);
        let now = 1_000_000_000_000;
        let owners = 0;
        for (const one of actions) {
          oracle.endCooldowns(now);
          if (one.kind === 'wait' || one.kind === 'clock is set') now += one.ms;
          oracle.endCooldowns(now);
          allocator.hasFresh(now);
          if (one.kind === 'allocate') {
            const owner = `o${++owners}`;
            const fresh = BigInt(oracle.held.size + oracle.coolingDown.size) < total;
            const [upcoming] = allocator.upcoming(now);
            const address = allocator.allocate(owner, now);
            // What was said to go next, goes next.
            if (upcoming !== undefined) expect(address).toEqual(upcoming);
            if (BigInt(oracle.held.size) === total) expect(address).toBeUndefined();
            else {
              expect(address).toBeDefined();
              const text = formatAddress(address as Address);
              expect(oracle.fits(address as Address)).toBe(true);
              expect(oracle.held.has(text)).toBe(false);
              // An address that cools down only when nothing fresh is left, and then the one that cooled down longest.
              if (fresh) expect(oracle.coolingDown.has(text)).toBe(false);
              else expect(oracle.coolingDown.get(text)).toBe(Math.min(...oracle.coolingDown.values()));
              oracle.coolingDown.delete(text);
              oracle.held.set(text, owner);
            }
          }
          if (one.kind === 'release' || one.kind === 'forget') {
            const held = [...oracle.held.keys()];
            const text = held[one.at % Math.max(held.length, 1)] ?? formatAddress(of.range.first);
            const owner = oracle.held.get(text);
            if (one.kind === 'forget') allocator.forget(parseAddress(text));
            else expect(allocator.release(parseAddress(text), now)).toBe(owner);
            oracle.held.delete(text);
            if (one.kind === 'release' && owner !== undefined) oracle.coolingDown.set(text, now + cooldownMs);
          }
          if (one.kind === 'claim') {
            const address = offsetAddress(of.range.first, BigInt(one.offset));
            const text = formatAddress(address);
            const owner = `c${++owners}`;
            const inside = address.value <= of.range.last.value;
            const expected = !inside
              ? 'outside'
              : !oracle.fits(address)
                ? 'withheld'
                : oracle.held.has(text)
                  ? 'held'
                  : 'claimed';
            expect(allocator.claim(address, owner, now)).toBe(expected);
            if (expected === 'claimed') {
              oracle.held.set(text, owner);
              oracle.coolingDown.delete(text);
            }
          }
          if (one.kind === 'cooldown') {
            const address = offsetAddress(of.range.first, BigInt(one.offset));
            const text = formatAddress(address);
            const until = Math.max(now + 1, ...oracle.coolingDown.values());
            const isFree = oracle.fits(address) && !oracle.held.has(text) && !oracle.coolingDown.has(text);
            if (isFree) {
              allocator.hasFresh(now);
              allocator.coolDown(address, until);
              oracle.coolingDown.set(text, until);
            }
          }
          oracle.endCooldowns(now);
          const fresh = BigInt(oracle.held.size + oracle.coolingDown.size) < total;
          expect(allocator.hasFresh(now)).toBe(fresh);
          expect(allocator.used).toBe(oracle.held.size);
          expect(allocator.coolingDown).toBe(oracle.coolingDown.size);
          expect(allocator.usable).toBe(total);
          expect(allocator.free).toBe(total - BigInt(oracle.held.size));
        }
        const entries = [...allocator.entries()].map(([address, owner]) => [formatAddress(address), owner]);
        expect(new Map(entries as [string, string][])).toEqual(oracle.held);
        const cooldowns = [...allocator.coolingDownEntries()].map(([address, until]) => [
          formatAddress(address),
          until,
        ]);
        expect(new Map(cooldowns as [string, number][])).toEqual(oracle.coolingDown);
        for (const [text, owner] of oracle.held) expect(allocator.ownerOf(parseAddress(text))).toBe(owner);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the allocator', () => {
  const make = (cidr: string) => {
    const range = prefixRange(parsePrefix(cidr));
    return new RangeAllocator<string>({ range, usable: rangeSet([range]), cooldownMs });
  };

  it('goes round, so that a container that comes back at once gets another address', () => {
    const allocator = make('10.0.0.0/29');
    allocator.seek(parseAddress('10.0.0.6'));
    const given = Array.from({ length: 4 }, () => {
      const address = allocator.allocate('x', 0) as Address;
      allocator.forget(address);
      return formatAddress(address);
    });
    expect(given).toEqual(['10.0.0.6', '10.0.0.7', '10.0.0.0', '10.0.0.1']);
  });

  it.each([
    ['10.0.0.0/29', '10.0.0.1'],
    ['fd00::/64', 'fd00::1'],
    ['fd00::/64', 'fd00::2000'],
  ])(
    'of %s lets what was released by a clock an hour ahead cool down no longer than anything else: %s',
    (cidr, text) => {
      const allocator = make(cidr);
      const address = parseAddress(text);
      const hour = 3_600_000;
      allocator.claim(address, 'x', hour);
      allocator.release(address, hour + 1);
      expect(allocator.isOpen(address, 2)).toBe(false);
      expect(allocator.isOpen(address, cooldownMs + 1)).toBe(false);
      expect(allocator.isOpen(address, cooldownMs + 2)).toBe(true);
      expect(allocator.coolingDown).toBe(0);
    },
  );

  it('gives all of a /16 once, finds the last free one, and then says no', () => {
    const allocator = make('10.0.0.0/16');
    const given = new Set(Array.from({ length: 65_536 }, () => (allocator.allocate('x', 0) as Address).value));
    expect(given.size).toBe(65_536);
    expect(allocator.allocate('x', 0)).toBeUndefined();
    allocator.forget(parseAddress('10.0.123.45'));
    expect(formatAddress(allocator.allocate('y', 0) as Address)).toBe('10.0.123.45');
  });

  it('keeps what it has while a sparse range grows, also given addresses far off', () => {
    const allocator = make('fd00::/64');
    expect(allocator.claim(parseAddress('fd00::2000'), 'near', 0)).toBe('claimed');
    expect(allocator.claim(parseAddress('fd00::ffff:ffff:ffff:ffff'), 'far', 0)).toBe('claimed');
    const given = new Set(
      Array.from({ length: 100_000 }, (_, index) => formatAddress(allocator.allocate(`o${index}`, 0) as Address)),
    );
    expect(given.size).toBe(100_000);
    expect(given.has('fd00::2000')).toBe(false);
    expect(allocator.ownerOf(parseAddress('fd00::2000'))).toBe('near');
    expect(allocator.ownerOf(parseAddress('fd00::ffff:ffff:ffff:ffff'))).toBe('far');
    expect(allocator.used).toBe(100_002);
  });

  it('gives an address of its own after thousands of given ones, as a restart puts them back', () => {
    const range = parseRange('fd00::1-fd00::ffff:ffff:ffff:ffff');
    const allocator = new RangeAllocator<string>({ range, usable: rangeSet([range]), cooldownMs });
    for (let offset = 0n; offset < 20_000n; offset += 1n) {
      expect(allocator.claim(offsetAddress(range.first, offset), 'restored', 0)).toBe('claimed');
    }
    const given = [allocator.allocate('x', 0) as Address, allocator.allocate('y', 0) as Address];
    expect(given.map((address) => allocator.ownerOf(address))).toEqual(['x', 'y']);
    expect(given.every(({ value }) => value >= range.first.value + 20_000n)).toBe(true);
  });

  it('ends the cool-downs of all pieces of a sparse range, not only up to the first that has room', () => {
    const [near, far] = ['fd00::1', 'fd00::8000:0:0:0'].map(parseAddress) as [Address, Address];
    const usable = parseRangeSet(['fd00::1-fd00::4', 'fd00::8000:0:0:0-fd00::8000:ffff:0:0']);
    const allocator = new RangeAllocator<string>({ range: prefixRange(parsePrefix('fd00::/64')), usable, cooldownMs });
    for (const address of [near, far]) {
      allocator.claim(address, 'x', 0);
      allocator.release(address, 0);
    }
    expect(allocator.coolingDown).toBe(2);
    expect(allocator.hasFresh(cooldownMs)).toBe(true);
    expect(allocator.coolingDown).toBe(0);
  });

  it('works on the whole of IPv6', () => {
    const allocator = make('::/0');
    expect(formatAddress(allocator.allocate('x', 0) as Address)).toBe('::');
    expect(allocator.claim(parseAddress('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'), 'y', 0)).toBe('claimed');
    expect(allocator.usable).toBe(2n ** 128n);
  });

  it('has nothing to give of an empty range set', () => {
    const allocator = new RangeAllocator<string>({
      range: parseRange('10.0.0.0/24'),
      usable: rangeSet([]),
      cooldownMs,
    });
    expect(allocator.allocate('x', 0)).toBeUndefined();
    expect(allocator.claim(parseAddress('10.0.0.1'), 'x', 0)).toBe('withheld');
  });
});
