import { RangeAllocator } from '../allocator/range-allocator.ts';
import { type Address, formatAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix } from '../ip/prefix.ts';
import type { HeldAddress } from '../ipam/allocation.ts';
import type { Layout } from '../ipam/layout.ts';
import type { Pool } from '../resources/pool.ts';

/** One allocator with what an interface needs to use its addresses. Owners are attachment keys. */
export class AddressSpace {
  readonly pool: Pool;
  /** The leased block; undefined for a shared pool. */
  readonly block: Prefix | undefined;
  readonly allocator: RangeAllocator<string>;
  readonly #gateway: string | undefined;
  readonly #prefixLength: number;

  constructor(pool: Pool, block: Prefix | undefined, layout: Layout, cooldownMs: number) {
    this.pool = pool;
    this.block = block;
    this.allocator = new RangeAllocator({
      range: layout.range,
      usable: layout.usable,
      cooldownMs: pool.cooldownMs ?? cooldownMs,
    });
    this.#gateway = layout.gateway === undefined ? undefined : formatAddress(layout.gateway);
    this.#prefixLength = layout.prefixLength;
  }

  /** Takes over who holds and what rests from the space that this one replaces. */
  inherit(former: AddressSpace, now: number): void {
    for (const [address, owner] of former.allocator.entries()) this.allocator.claim(address, owner, now);
    for (const [address, until] of former.allocator.restingEntries()) this.allocator.rest(address, until);
  }

  held(address: Address): HeldAddress {
    return {
      address: formatAddress(address),
      prefixLength: this.#prefixLength,
      ...(this.#gateway === undefined ? {} : { gateway: this.#gateway }),
      pool: this.pool.name,
      ...(this.block === undefined ? {} : { block: formatPrefix(this.block) }),
      routes: this.pool.routes,
    };
  }
}
