import type { Address } from '../../ip/address.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import { seekAnywhere } from '../../ipam/claim/seek.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Pool } from '../../resources/pool.ts';

/**
 * @returns the next address to try, marked in the pool's allocator; undefined: there is none. Whoever asks again was refused the
 *   one before.
 */
export type NextAddress = () => Promise<Address | undefined>;

/** Where free addresses of shared pools are looked for. */
export interface AddressSearches {
  /** Does each search go on behind the last address that was given? */
  readonly isInOrder: boolean;
  /**
   * @param space the pool's, as it is laid out at the time of each call
   * @param key whom an address is marked for
   */
  begin(pool: Pool, space: () => AddressSpace, key: string): NextAddress;
}

export interface SearchesInViewOptions {
  readonly daemon: string;
  readonly clock: Clock;
  /** Other daemons take from the same pools: begin elsewhere than they do. */
  readonly spread: boolean;
}

/** In the allocators, where what others have is marked as it is seen: the whole pool is in view. */
export class SearchesInView implements AddressSearches {
  readonly #options: SearchesInViewOptions;
  /** Each search begins elsewhere. */
  #seeks = 0;

  constructor(options: SearchesInViewOptions) {
    this.#options = options;
  }

  get isInOrder(): boolean {
    return !this.#options.spread;
  }

  begin(_: Pool, space: () => AddressSpace, key: string): NextAddress {
    const { spread, daemon, clock } = this.#options;
    return async () => {
      if (spread) seekAnywhere(space(), () => `${daemon} ${this.#seeks++}`, clock.now());
      return space().allocator.allocate(key, clock.now());
    };
  }
}
