import { type ClaimOutcome, RangeAllocator } from '../../allocator/range-allocator.ts';
import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix } from '../../ip/prefix.ts';
import { containsAddress, type RangeSet, subtract } from '../../ip/range-set.ts';
import type { Pool } from '../../resources/pool.ts';
import type { CoolingAddress, HeldAddress } from '../allocation.ts';
import type { Layout } from './layout.ts';

/** Of a pool that grew by more, the rest was nobody's: so many cool down, a tenth of a second's work. */
const mostOpened = 65_536;

/** One allocator with what an interface needs to use its addresses. Owners are attachment keys. */
export class AddressSpace {
  readonly pool: Pool;
  /** The leased block; undefined for a shared pool. */
  readonly block: Prefix | undefined;
  /** What may be given out of it. */
  readonly usable: RangeSet;
  /** Of these, what whoever comes may get. The others are for those who ask for exactly them, and are in no allocator. */
  readonly open: RangeSet;
  readonly allocator: RangeAllocator<string>;
  readonly #unbacked = new Map<string, readonly [address: Address, owner: string]>();
  /** What all its addresses have in common: each text once, however many of them are held. */
  readonly #held: HeldAddress;
  readonly #cooldownMs: number;

  constructor(pool: Pool, block: Prefix | undefined, layout: Layout, cooldownMs: number) {
    this.pool = pool;
    this.block = block;
    this.usable = layout.usable;
    this.open = layout.fixed.ranges.length === 0 ? layout.usable : subtract(layout.usable, layout.fixed);
    this.#cooldownMs = pool.cooldownMs ?? cooldownMs;
    this.allocator = new RangeAllocator({
      range: layout.range,
      usable: this.open,
      cooldownMs: this.#cooldownMs,
    });
    this.#held = {
      address: '',
      prefixLength: layout.prefixLength,
      ...(layout.gateway === undefined ? {} : { gateway: formatAddress(layout.gateway) }),
      pool: pool.name,
      ...(block === undefined ? {} : { block: formatPrefix(block) }),
      routes: pool.routes,
    };
  }

  /** Takes a given address, also one that cools down, or that nobody gets who does not ask for it. */
  claim(address: Address, owner: string, now: number): ClaimOutcome {
    const isFixed = containsAddress(this.usable, address) && !containsAddress(this.open, address);
    if (!isFixed) return this.allocator.claim(address, owner, now);
    const key = formatAddress(address);
    if (this.#unbacked.has(key)) return 'held';
    this.#unbacked.set(key, [address, owner]);
    return 'claimed';
  }

  /** Who has it; undefined: nobody. */
  ownerOf(address: Address): string | undefined {
    const [, owner] = this.#unbacked.get(formatAddress(address)) ?? [];
    return owner ?? this.allocator.ownerOf(address);
  }

  /**
   * Marks what somebody holds already. What the layout withholds (an ADD overlapped the change of a pool, or the
   * address is in quarantine) is remembered apart, so that no later layout takes it for free.
   * @returns false when another owner has it
   */
  adopt(address: Address, owner: string, now: number): boolean {
    const outcome = this.claim(address, owner, now);
    if (outcome === 'held') return this.ownerOf(address) === owner;
    if (outcome !== 'claimed') this.#unbacked.set(formatAddress(address), [address, owner]);
    return true;
  }

  /** Takes over who holds and what cools down from the space that this one replaces. */
  inherit(former: AddressSpace, now: number): void {
    for (const [address, owner] of [...former.allocator.entries(), ...former.#unbacked.values()]) {
      this.adopt(address, owner, now);
    }
    // In the order of their ends, which costs the least.
    const cooldowns = [...former.allocator.coolingDownEntries()].sort(([, a], [, b]) => a - b);
    for (const [address, until] of cooldowns) this.allocator.coolDown(address, until);
    this.#coolDownOpened(former, now);
  }

  /** What was withheld until now may be in use still by whoever had it: it cools down like what is released. */
  #coolDownOpened(former: AddressSpace, now: number): void {
    if (this.#cooldownMs === 0) return;
    const known = new Set([...this.allocator.coolingDownEntries()].map(([{ value }]) => value));
    let left = mostOpened;
    for (const { first, last } of subtract(this.open, former.open).ranges) {
      for (let { value } = first; value <= last.value && left > 0; value += 1n) {
        left -= 1;
        const address = { family: first.family, value };
        if (!known.has(value) && this.allocator.ownerOf(address) === undefined)
          this.allocator.coolDown(address, now + this.#cooldownMs);
      }
    }
  }

  /** What cooled down before this space was made: also what a former layout withheld meanwhile. */
  coolDown(coolingDown: readonly CoolingAddress[]): void {
    for (const { address, until } of coolingDown) this.allocator.coolDown(parseAddress(address), until);
  }

  /** Nobody has it from now on, whoever had: its cool-down begins. */
  coolDownFrom(address: Address, now: number): void {
    if (this.#cooldownMs === 0 || this.ownerOf(address) !== undefined) return;
    // It may cool down already, from an earlier end.
    if (this.allocator.claim(address, '', now) === 'claimed') this.allocator.release(address, now);
  }

  /** Gives an address back; its cool-down begins. */
  release(address: Address, now: number): void {
    this.#unbacked.delete(formatAddress(address));
    this.allocator.release(address, now);
  }

  /** The same, if this is whose it is. */
  releaseFrom(owner: string, address: Address, now: number): void {
    if (this.ownerOf(address) === owner) this.release(address, now);
  }

  /** Undoes an allocation that nobody has seen. */
  forget(address: Address): void {
    this.#unbacked.delete(formatAddress(address));
    this.allocator.forget(address);
  }

  /** How many addresses are held. */
  get used(): number {
    return this.allocator.used + this.#unbacked.size;
  }

  /** Every address held, with its owner. */
  *entries(): Generator<readonly [address: Address, owner: string]> {
    yield* this.allocator.entries();
    yield* this.#unbacked.values();
  }

  held(address: Address): HeldAddress {
    return { ...this.#held, address: formatAddress(address) };
  }
}
