import { parseAddress } from '../../ip/address.ts';
import { containsAddress } from '../../ip/range-set.ts';
import type { CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import { AddressSpace } from '../../ipam/claim/address-space.ts';
import { sharedLayout } from '../../ipam/claim/layout.ts';
import { OverlappingSpaces } from '../../ipam/claim/overlapping-spaces.ts';
import { RecentReleases } from '../../ipam/claim/recent-releases.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Claim, ClaimSpec } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import { addressKey, scopeOf } from '../../resources/scope.ts';
import type { Cooldowns } from '../journal/cooldowns.ts';
import type { Catalog } from '../view/catalog.ts';

export interface SharedSpacesOptions {
  readonly catalog: Catalog;
  /** What cools down although the pool that it does so in may have been made anew. */
  readonly cooldowns: Cooldowns;
  readonly clock: Clock;
  readonly cooldownMs: number;
  /** What is claimed of a pool. */
  readonly claimsOf: (pool: string) => Iterable<Claim>;
}

/**
 * The allocators of shared pools: each daemon's view of what is taken. An address that several pools offer is taken in
 * each of their allocators, whichever it was claimed of.
 */
export class SharedSpaces {
  readonly #options: SharedSpacesOptions;
  readonly #spaces = new Map<string, AddressSpace>();
  readonly #places = new OverlappingSpaces();
  /** By others, too: of pools that this daemon was not asked for yet. */
  readonly #releases = new RecentReleases();

  constructor(options: SharedSpacesOptions) {
    this.#options = options;
  }

  [Symbol.iterator](): IterableIterator<readonly [pool: string, space: AddressSpace]> {
    return this.#spaces.entries();
  }

  of(pool: Pool): AddressSpace {
    const present = this.#spaces.get(pool.name);
    if (present !== undefined) return present;
    const space = this.#newSpace(pool);
    this.#markClaimed(space);
    this.#put(space);
    return space;
  }

  /** Where an address is taken: in the pool that it is claimed of, and in those that offer it as well. */
  at({ address, pool }: Pick<HeldAddress, 'address' | 'pool'>): readonly AddressSpace[] {
    const own = this.#spaces.get(pool);
    const others = [...this.#places.at(scopeOf(pool), parseAddress(address))].filter((space) => space !== own);
    return own === undefined ? others : [own, ...others];
  }

  /** Puts an address to cool down in all pools that offer it and were asked for before. */
  coolDown(coolingDown: CoolingAddress): void {
    for (const space of this.at(coolingDown)) space.coolDown([coolingDown]);
  }

  /** Lays changed pools out anew; who holds what stays. */
  rebuild(pools: ReadonlySet<string>): void {
    // A copy: a space put back into the map that is being walked would be met again, for ever.
    for (const [name, former] of [...this.#spaces]) {
      if (!pools.has(name)) continue;
      const pool = this.#options.catalog.pool(name);
      this.#spaces.delete(name);
      this.#places.delete(former);
      if (pool === undefined) continue;
      const space = this.#newSpace(pool);
      space.inherit(former, this.#options.clock.now());
      this.#markClaimed(space);
      this.#put(space);
    }
  }

  /** Takes what a claim takes. */
  take({ spec }: Claim): void {
    for (const space of this.at(spec)) this.mark(space, spec);
  }

  /** Forgets what a claim takes, before it takes it otherwise. */
  forget({ spec }: Claim): void {
    for (const space of this.at(spec)) space.forget(parseAddress(spec.address));
  }

  /** Frees what a claim took; its cool-down begins. */
  free({ spec }: Claim): void {
    const { catalog, clock, cooldownMs: usual } = this.#options;
    const now = clock.now();
    for (const space of this.at(spec)) space.release(parseAddress(spec.address), now);
    const { cooldownMs = usual } = catalog.pool(spec.pool) ?? {};
    this.#releases.note({ address: spec.address, pool: spec.pool, until: now + cooldownMs }, now);
  }

  /** Frees an address as far as it is taken for this attachment. @param key as `attachmentKey` makes it */
  releaseFrom(key: string, held: HeldAddress): void {
    const now = this.#options.clock.now();
    for (const space of this.at(held)) space.releaseFrom(key, parseAddress(held.address), now);
  }

  mark(space: AddressSpace, spec: ClaimSpec): void {
    const address = parseAddress(spec.address);
    // What another pool's claim takes counts here only where it could be given.
    if (spec.pool !== space.pool.name && !containsAddress(space.usable, address)) return;
    space.adopt(address, attachmentKey(spec), this.#options.clock.now());
  }

  #put(space: AddressSpace): void {
    this.#spaces.set(space.pool.name, space);
    this.#places.add(space);
  }

  #markClaimed(space: AddressSpace): void {
    const { catalog, claimsOf } = this.#options;
    // Of each pool its own: a reservation lays all pools out anew, and there may be hundreds of them.
    for (const pool of [space.pool.name, ...catalog.overlapping(space.pool)]) {
      for (const { spec } of claimsOf(pool)) this.mark(space, spec);
    }
  }

  #newSpace(pool: Pool): AddressSpace {
    const { catalog, cooldowns, clock, cooldownMs } = this.#options;
    const layout = sharedLayout(pool, catalog.withheldFrom(pool));
    const space = new AddressSpace(pool, undefined, layout, cooldownMs);
    const where = [scopeOf(pool.name), pool.subnet, clock.now()] as const;
    space.coolDown(lastOf([...cooldowns.within(...where), ...this.#releases.within(...where)]));
    return space;
  }
}

/** Of each address the cool-down that ends last, in the order in which they end. */
function lastOf(cooling: readonly CoolingAddress[]): readonly CoolingAddress[] {
  const last = new Map(cooling.toSorted(byEnd).map((one) => [addressKey(one), one]));
  return [...last.values()].sort(byEnd);
}

function byEnd(a: CoolingAddress, b: CoolingAddress): number {
  return a.until - b.until;
}
