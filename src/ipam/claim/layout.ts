import type { RangeAllocatorOptions } from '../../allocator/range-allocator.ts';
import { type Address, familyBits, offsetAddress } from '../../ip/address.ts';
import type { Prefix } from '../../ip/prefix.ts';
import { prefixRange } from '../../ip/range.ts';
import { countAddresses, emptyRangeSet, intersect, type RangeSet, rangeSet, subtract } from '../../ip/range-set.ts';
import { subnetEdges } from '../../resources/address-plan.ts';
import type { Pool } from '../../resources/pool.ts';

/** How the addresses of one allocator look from the interface that gets one. */
export interface Layout {
  readonly range: RangeAllocatorOptions['range'];
  /** What may be given out of the range. */
  readonly usable: RangeSet;
  /** Of these, what only those get who ask for exactly them. */
  readonly fixed: RangeSet;
  /** On-link prefix length of an interface. */
  readonly prefixLength: number;
  readonly gateway: Address | undefined;
}

/** A shared pool: one range, one gateway. */
export function sharedLayout(pool: Pool, reserved: RangeSet): Layout {
  return {
    range: prefixRange(pool.subnet),
    usable: subtract(pool.usable, reserved),
    fixed: subtract(pool.fixed, reserved),
    prefixLength: pool.subnet.length,
    gateway: pool.gateway,
  };
}

/**
 * A leased block. With a gateway of the pool the block is a slice of a flat subnet; without, the block is
 * a subnet of its own: its first address is its gateway (10.244.1.5/24 via 10.244.1.1), and
 * its network and broadcast addresses stay unused.
 */
export function blockLayout(pool: Pool, block: Prefix, reserved: RangeSet): Layout {
  const range = prefixRange(block);
  const offered = subtract(intersect(pool.usable, rangeSet([range])), reserved);
  if (pool.gateway !== undefined) {
    return { range, usable: offered, fixed: emptyRangeSet, prefixLength: pool.subnet.length, gateway: pool.gateway };
  }
  const gateway = blockGateway(block);
  const withheld = rangeSet([...subnetEdges(block).ranges, { first: gateway, last: gateway }]);
  const usable = subtract(offered, withheld);
  return { range, usable, fixed: emptyRangeSet, prefixLength: block.length, gateway };
}

/**
 * How many addresses of a pool Pods can get when all of it is leased. A ratio of anything else never comes to 1: of a
 * /24 block 253 of 256 addresses can be given out.
 * @param within whole blocks: only those of them; absent: of all
 */
export function assignable(pool: Pool, reserved: RangeSet, within?: RangeSet): bigint {
  const usable = within === undefined ? pool.usable : intersect(pool.usable, within);
  const offered = subtract(usable, reserved);
  const all = countAddresses(offered);
  if (pool.blockSize === undefined || pool.gateway !== undefined) return all;
  const size = 1n << BigInt(familyBits(pool.family) - pool.blockSize);
  const withheld = pool.family === 4 ? [0n, 1n, size - 1n] : [0n, 1n];
  return withheld.reduce((left, place) => left - countAtPlace(offered, place, size), all);
}

/** Addresses that stand at this place of their block, `0..size - 1`. */
function countAtPlace({ ranges }: RangeSet, place: bigint, size: bigint): bigint {
  // Shifted by one block, so that division rounds down for addresses below the place.
  const upTo = (value: bigint): bigint => (value - place + size) / size;
  return ranges.reduce((count, { first, last }) => count + upTo(last.value) - upTo(first.value - 1n), 0n);
}

/** The first host address: one after the network address. */
function blockGateway(block: Prefix): Address {
  if (familyBits(block.address.family) - block.length < 2) {
    throw new RangeError(`a block with ${block.length} bits has no room for a gateway`);
  }
  return offsetAddress(block.address, 1n);
}
