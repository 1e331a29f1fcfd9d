import type { Address } from '../ip/address.ts';
import { type Range, rangeContains, rangeSize } from '../ip/range.ts';
import { containsAddress, countAddresses, type RangeSet, rangeSet, subtract } from '../ip/range-set.ts';
import { BlockAllocator, type ClaimOutcome } from './block-allocator.ts';
import { SparseAllocator } from './sparse-allocator.ts';

export type { ClaimOutcome } from './block-allocator.ts';

export interface RangeAllocatorOptions {
  readonly range: Range;
  /** What of the range may be given; everything else in it is withheld. */
  readonly usable: RangeSet;
  /** How long a released address cools down, milliseconds. */
  readonly cooldownMs: number;
}

/** Ranges up to this size have a bit per address; larger ones (IPv6) are sparse. */
const largestDense = { 4: 1n << 24n, 6: 1n << 20n } as const;

/** Both allocators seen alike: slots count from the segment's first address. */
interface Segment<Owner> {
  readonly range: Range;
  hasFresh(now: number): boolean;
  isFresh(slot: bigint, now: number): boolean;
  isOpen(slot: bigint, now: number): boolean;
  seek(slot: bigint): void;
  upcoming(now: number): Iterable<number>;
  allocate(owner: Owner, now: number): number;
  claim(slot: bigint, owner: Owner, now: number): ClaimOutcome;
  release(slot: bigint, now: number): Owner | undefined;
  forget(slot: bigint): void;
  coolDown(slot: bigint, until: number): void;
  ownerOf(slot: bigint): Owner | undefined;
  entries(): Iterable<[bigint | number, Owner]>;
  coolingDownEntries(): Iterable<[bigint | number, number]>;
  readonly used: number;
  readonly coolingDown: number;
  readonly firstCooldownEnd: number;
}

/** Allocates the usable addresses of one range: addresses in, addresses out. */
export class RangeAllocator<Owner> {
  readonly range: Range;
  /** How many addresses can be given at all. */
  readonly usable: bigint;
  readonly #usableSet: RangeSet;
  readonly #segments: readonly Segment<Owner>[];
  #current = 0;

  constructor({ range, usable, cooldownMs }: RangeAllocatorOptions) {
    this.range = range;
    this.#usableSet = usable;
    this.usable = countAddresses(usable);
    this.#segments = segmentsOf<Owner>(usable, cooldownMs);
  }

  /** Is this address one that may be given, and neither is held nor cools down? */
  isFresh(address: Address, now: number): boolean {
    return this.#at(address, (segment, slot) => segment.isFresh(slot, now)) ?? false;
  }

  /** The same, also where no search comes by itself: deep in a range of which that looks at the beginning only. */
  isOpen(address: Address, now: number): boolean {
    return this.#at(address, (segment, slot) => segment.isOpen(slot, now)) ?? false;
  }

  /** The next search begins here, when the address is in the range. */
  seek(address: Address): void {
    const index = this.#segments.findIndex(({ range }) => rangeContains(range, address));
    const segment = this.#segments[index];
    if (segment === undefined) return;
    segment.seek(address.value - segment.range.first.value);
    this.#current = index;
  }

  get used(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.used, 0);
  }

  /** Released and not given again yet, as of the last call that was told the time. They count as free. */
  get coolingDown(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.coolingDown, 0);
  }

  get free(): bigint {
    return this.usable - BigInt(this.used);
  }

  /** Is there an address that neither is held nor cools down? */
  hasFresh(now: number): boolean {
    let found = false;
    // All of them, also behind the first that has one: a segment ends its cool-downs when it is told the time.
    for (const segment of this.#segments) found = segment.hasFresh(now) || found;
    return found;
  }

  /** Fresh addresses in the order in which `allocate` gives them, if nothing else happens. */
  *upcoming(now: number): Generator<Address> {
    const count = this.#segments.length;
    for (let step = 0; step < count; step += 1) {
      const segment = this.#segments[(this.#current + step) % count] as Segment<Owner>;
      for (const slot of segment.upcoming(now)) yield addressAt(segment.range, BigInt(slot));
    }
  }

  /** A fresh address; when there is none, the one that has cooled down longest; undefined when all are held. */
  allocate(owner: Owner, now: number): Address | undefined {
    const count = this.#segments.length;
    for (let step = 0; step < count; step += 1) {
      const index = (this.#current + step) % count;
      const segment = this.#segments[index] as Segment<Owner>;
      if (!segment.hasFresh(now)) continue;
      const slot = segment.allocate(owner, now);
      if (slot < 0) continue;
      this.#current = index;
      return addressAt(segment.range, BigInt(slot));
    }
    return this.#allocateCoolingDown(owner, now);
  }

  #allocateCoolingDown(owner: Owner, now: number): Address | undefined {
    const [first] = this.#segments;
    if (first === undefined) return undefined;
    const segment = this.#segments.reduce((a, b) => (b.firstCooldownEnd < a.firstCooldownEnd ? b : a), first);
    const slot = segment.allocate(owner, now);
    return slot < 0 ? undefined : addressAt(segment.range, BigInt(slot));
  }

  /** Takes a given address, also one that cools down. */
  claim(address: Address, owner: Owner, now: number): ClaimOutcome {
    if (!rangeContains(this.range, address)) return 'outside';
    if (!containsAddress(this.#usableSet, address)) return 'withheld';
    return this.#at(address, (segment, slot) => segment.claim(slot, owner, now)) ?? 'withheld';
  }

  /** Gives an address back; its cool-down begins. @returns its owner; undefined when it was not held */
  release(address: Address, now: number): Owner | undefined {
    return this.#at(address, (segment, slot) => segment.release(slot, now));
  }

  /** Undoes an allocation that nobody has seen: no cool-down. */
  forget(address: Address): void {
    this.#at(address, (segment, slot) => segment.forget(slot));
  }

  /** Puts a free address to cool down, at a restore. @param until milliseconds since 1970 */
  coolDown(address: Address, until: number): void {
    if (containsAddress(this.#usableSet, address)) this.#at(address, (segment, slot) => segment.coolDown(slot, until));
  }

  ownerOf(address: Address): Owner | undefined {
    return this.#at(address, (segment, slot) => segment.ownerOf(slot));
  }

  *entries(): Generator<[address: Address, owner: Owner]> {
    for (const segment of this.#segments) {
      for (const [slot, owner] of segment.entries()) yield [addressAt(segment.range, BigInt(slot)), owner];
    }
  }

  *coolingDownEntries(): Generator<[address: Address, until: number]> {
    for (const segment of this.#segments) {
      for (const [slot, until] of segment.coolingDownEntries()) yield [addressAt(segment.range, BigInt(slot)), until];
    }
  }

  #at<T>(address: Address, action: (segment: Segment<Owner>, slot: bigint) => T): T | undefined {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle] as Segment<Owner>;
      if (rangeContains(segment.range, address)) return action(segment, address.value - segment.range.first.value);
      if (address.value < segment.range.first.value) high = middle - 1;
      else low = middle + 1;
    }
    return undefined;
  }
}

function addressAt({ first }: Range, slot: bigint): Address {
  return { family: first.family, value: first.value + slot };
}

/** One dense segment around everything usable when that is small enough, else a segment per usable range. */
function segmentsOf<Owner>(usable: RangeSet, cooldownMs: number): readonly Segment<Owner>[] {
  const first = usable.ranges[0]?.first;
  const last = usable.ranges.at(-1)?.last;
  if (first === undefined || last === undefined) return [];
  const hull = { first, last };
  if (rangeSize(hull) <= largestDense[first.family]) {
    return [denseSegment(hull, subtract(rangeSet([hull]), usable), cooldownMs)];
  }
  return usable.ranges.map((range) =>
    rangeSize(range) <= largestDense[first.family]
      ? denseSegment<Owner>(range, rangeSet([]), cooldownMs)
      : sparseSegment<Owner>(range, cooldownMs),
  );
}

function denseSegment<Owner>(range: Range, withheld: RangeSet, cooldownMs: number): Segment<Owner> {
  const block = new BlockAllocator<Owner>(Number(rangeSize(range)), cooldownMs);
  for (const hole of withheld.ranges) {
    block.withhold(Number(hole.first.value - range.first.value), Number(hole.last.value - range.first.value));
  }
  return {
    range,
    hasFresh: (now) => block.hasFresh(now),
    isFresh: (slot, now) => block.isFresh(Number(slot), now),
    isOpen: (slot, now) => block.isFresh(Number(slot), now),
    seek: (slot) => block.seek(Number(slot)),
    upcoming: (now) => block.upcoming(now),
    allocate: (owner, now) => block.allocate(owner, now),
    claim: (slot, owner, now) => block.claim(Number(slot), owner, now),
    release: (slot, now) => block.release(Number(slot), now),
    forget: (slot) => block.forget(Number(slot)),
    coolDown: (slot, until) => block.coolDown(Number(slot), until),
    ownerOf: (slot) => block.ownerOf(Number(slot)),
    entries: () => block.entries(),
    coolingDownEntries: () => block.coolingDownEntries(),
    get used() {
      return block.used;
    },
    get coolingDown() {
      return block.coolingDown;
    },
    get firstCooldownEnd() {
      return block.firstCooldownEnd;
    },
  };
}

function sparseSegment<Owner>(range: Range, cooldownMs: number): Segment<Owner> {
  return Object.assign(new SparseAllocator<Owner>(rangeSize(range), cooldownMs), { range });
}
