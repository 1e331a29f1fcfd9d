import { parseAddress } from '../../ip/address.ts';
import { type Prefix, prefixContains } from '../../ip/prefix.ts';
import type { HeldAddress, RestingAddress } from '../../ipam/allocation.ts';
import { addressKey, scopeOf } from '../../resources/scope.ts';

/** The `rest` records that the journal holds now, so that each is deleted once its time or its need is over. */
export class RestRecords {
  readonly #byAddress = new Map<string, RestingAddress>();

  get size(): number {
    return this.#byAddress.size;
  }

  set(resting: RestingAddress): void {
    this.#byAddress.set(addressKey(resting), resting);
  }

  delete(resting: Pick<RestingAddress, 'address' | 'pool'>): void {
    this.#byAddress.delete(addressKey(resting));
  }

  /** Is this very record the one that the journal holds of its address now? */
  has(resting: RestingAddress): boolean {
    return this.#byAddress.get(addressKey(resting)) === resting;
  }

  recordedAmong(addresses: readonly HeldAddress[]): readonly HeldAddress[] {
    return addresses.filter((held) => this.#byAddress.has(addressKey(held)));
  }

  all(): readonly RestingAddress[] {
    return [...this.#byAddress.values()];
  }

  /** What still rests of a scope in a range of addresses, in the order in which it ends. */
  within(scope: string, prefix: Prefix, now: number): readonly RestingAddress[] {
    return [...this.#byAddress.values()]
      .filter(
        ({ address, pool, until }) =>
          until > now && scopeOf(pool) === scope && prefixContains(prefix, parseAddress(address)),
      )
      .sort((a, b) => a.until - b.until);
  }

  /** Addresses whose rest is over, at most `limit` of them. */
  over(now: number, limit: number): readonly RestingAddress[] {
    const over: RestingAddress[] = [];
    for (const resting of this.#byAddress.values()) {
      if (resting.until <= now) over.push(resting);
      if (over.length === limit) break;
    }
    return over;
  }
}
