import { parseAddress } from '../../ip/address.ts';
import { type Prefix, prefixContains } from '../../ip/prefix.ts';
import { scopeOf } from '../../resources/scope.ts';
import type { CoolingAddress } from '../allocation.ts';

/** More than cool down at a time; of more the oldest are forgotten. */
const knownReleases = 10_000;

/**
 * What was released of late, by whichever daemon: an allocator that is laid out later has not seen it itself, and would give it
 * before its time.
 */
export class RecentReleases {
  /** In the order in which they were released. */
  readonly #releases = new Map<string, CoolingAddress>();

  note(released: CoolingAddress, now: number): void {
    const key = `${released.pool} ${released.address}`;
    this.#releases.delete(key);
    this.#releases.set(key, released);
    for (const [oldest, { until }] of this.#releases) {
      if (until > now && this.#releases.size <= knownReleases) break;
      this.#releases.delete(oldest);
    }
  }

  /** What still cools down of a scope in a range of addresses. */
  within(scope: string, prefix: Prefix, now: number): readonly CoolingAddress[] {
    return [...this.#releases.values()].filter(
      ({ address, pool, until }) =>
        until > now && scopeOf(pool) === scope && prefixContains(prefix, parseAddress(address)),
    );
  }
}
