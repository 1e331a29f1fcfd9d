import { parseAddress } from '../../ip/address.ts';
import { type Prefix, prefixContains } from '../../ip/prefix.ts';
import type { CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { addressKey, scopeOf } from '../../resources/scope.ts';

const none: readonly HeldAddress[] = [];

/** The `cooldown` records that the journal holds now, so that each is deleted once its time or its need is over. */
export class Cooldowns {
  readonly #byAddress = new Map<string, CoolingAddress>();

  get size(): number {
    return this.#byAddress.size;
  }

  set(coolingDown: CoolingAddress): void {
    this.#byAddress.set(addressKey(coolingDown), coolingDown);
  }

  delete(coolingDown: Pick<CoolingAddress, 'address' | 'pool'>): void {
    this.#byAddress.delete(addressKey(coolingDown));
  }

  /** Is this very record the one that the journal holds of its address now? */
  has(coolingDown: CoolingAddress): boolean {
    return this.#byAddress.get(addressKey(coolingDown)) === coolingDown;
  }

  recordedAmong(addresses: readonly HeldAddress[]): readonly HeldAddress[] {
    // Asked at every ADD.
    if (this.#byAddress.size === 0) return none;
    return addresses.filter((held) => this.#byAddress.has(addressKey(held)));
  }

  all(): readonly CoolingAddress[] {
    return [...this.#byAddress.values()];
  }

  /** What still cools down of a scope in a range of addresses, in the order in which it ends. */
  within(scope: string, prefix: Prefix, now: number): readonly CoolingAddress[] {
    return [...this.#byAddress.values()]
      .filter(
        ({ address, pool, until }) =>
          until > now && scopeOf(pool) === scope && prefixContains(prefix, parseAddress(address)),
      )
      .sort((a, b) => a.until - b.until);
  }

  /** Addresses whose cool-down is over, at most `limit` of them. */
  over(now: number, limit: number): readonly CoolingAddress[] {
    const over: CoolingAddress[] = [];
    for (const coolingDown of this.#byAddress.values()) {
      if (coolingDown.until <= now) over.push(coolingDown);
      if (over.length === limit) break;
    }
    return over;
  }
}
