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
