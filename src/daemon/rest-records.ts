import { parseAddress } from '../ip/address.ts';
import { type Prefix, prefixContains } from '../ip/prefix.ts';
import type { RestingAddress } from '../ipam/allocation.ts';

/** The `rest` records that the journal holds now, so that each is deleted once its time or its need is over. */
export class RestRecords {
  readonly #byAddress = new Map<string, RestingAddress>();

  get size(): number {
    return this.#byAddress.size;
  }

  set(resting: RestingAddress): void {
    this.#byAddress.set(resting.address, resting);
  }

  delete(address: string): void {
    this.#byAddress.delete(address);
  }

  get(address: string): RestingAddress | undefined {
    return this.#byAddress.get(address);
  }

  recordedAmong(addresses: readonly string[]): readonly string[] {
    return addresses.filter((address) => this.#byAddress.has(address));
  }

  all(): readonly RestingAddress[] {
    return [...this.#byAddress.values()];
  }

  /** What still rests in a range of addresses, in the order in which it ends. */
  within(prefix: Prefix, now: number): readonly RestingAddress[] {
    return [...this.#byAddress.values()]
      .filter(({ address, until }) => until > now && prefixContains(prefix, parseAddress(address)))
      .sort((a, b) => a.until - b.until);
  }

  /** Addresses whose rest is over, at most `limit` of them. */
  over(now: number, limit: number): readonly string[] {
    const over: string[] = [];
    for (const { address, until } of this.#byAddress.values()) {
      if (until <= now) over.push(address);
      if (over.length === limit) break;
    }
    return over;
  }
}
