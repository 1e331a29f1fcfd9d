import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { addressAt, containsAddress, countAddresses } from '../../ip/range-set.ts';
import type { CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey } from '../../ipam/attachment.ts';
import { AddressSpace } from '../../ipam/claim/address-space.ts';
import { type Claimant, claimFor } from '../../ipam/claim/claimant.ts';
import { sharedLayout } from '../../ipam/claim/layout.ts';
import { OverlappingSpaces } from '../../ipam/claim/overlapping-spaces.ts';
import { spreadIndex } from '../../ipam/claim/spread.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { addressKey, scopeOf } from '../../resources/scope.ts';
import { ObjectCache, whole } from '../../store/cache/object-cache.ts';
import { OwnWrites } from '../../store/cache/own-writes.ts';
import type { Reflection } from '../../store/cache/reflector.ts';
import type { Store } from '../../store/store.ts';
import type { Cooldowns } from '../journal/cooldowns.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import { vanishedAmong } from '../recovery/vanished.ts';
import type { Catalog } from '../view/catalog.ts';
import { OwnClaims } from './own-claims.ts';
import type { PoolFence } from './pool-fence.ts';

export interface SharedClaimsOptions {
  /** This daemon's name. */
  readonly daemon: string;
  readonly store: Store;
  readonly catalog: Catalog;
  /** What cools down although the pool that it is of may have been made anew. */
  readonly cooldowns: Cooldowns;
  readonly clock: Clock;
  readonly cooldownMs: number;
  /** Other daemons claim from the same pools: search elsewhere than they do. */
  readonly spread: boolean;
  /** Told before the last claim that this daemon has of a pool is given up. */
  readonly fence?: PoolFence | undefined;
  /** Is the store still the one that it was? */
  readonly history: StoreHistory;
  /** Who has an address by this daemon's record. @param key as `addressKey` makes it */
  readonly holderOf: (key: string) => Attachment | undefined;
  /** Every address of shared pools that a record of this daemon holds, whatever became of its claim. */
  readonly recorded: () => Iterable<{ readonly pool: string; readonly address: Address }>;
  /** Told that a claim of this daemon is gone without its doing. */
  readonly onLost: () => void;
}

/** Places looked at for a free address. Where one in ten is free, one of them is in eight of ten cases. */
const probes = 16;

/**
 * Shared pools: one object per address taken, named after the address, so that its create is the lock. The
 * allocators here are only this daemon's picture of who has what; the store decides. An address that several pools offer
 * is taken in each of their allocators, whichever it was claimed of.
 */
export class SharedClaims {
  readonly #options: SharedClaimsOptions;
  readonly #claims = new ObjectCache<Claim>(whole, { keyOf: ({ spec }) => addressKey(spec) });
  readonly #byAttachment = this.#claims.indexBy(({ spec }) => attachmentKey(spec));
  readonly #byPool = this.#claims.indexBy(({ spec }) => spec.pool);
  readonly #spaces = new Map<string, AddressSpace>();
  readonly #places = new OverlappingSpaces();
  readonly #own: OwnClaims;
  readonly #writes = new OwnWrites();
  /** Addresses whose claim by this daemon went without its doing. */
  readonly #lost = new Set<string>();
  /** Each search begins elsewhere. */
  #seeks = 0;

  constructor(options: SharedClaimsOptions) {
    this.#options = options;
    this.#own = new OwnClaims(options.daemon, options.fence);
  }

  readonly reflection: Reflection<Claim> = {
    replace: (claims) => {
      const { history, daemon, onLost } = this.#options;
      const known = this.all().map((claim) => {
        const { metadata, spec } = claim;
        const address = parseAddress(spec.address);
        const [isUnseen, isOwn] = [this.#writes.isUnseen(metadata.uid), spec.daemon === daemon];
        const addresses = { first: address, last: address };
        return { item: claim, metadata, addresses, isUnseen, isOwn, isInUse: () => this.#isHeldBy(spec, spec) };
      });
      for (const claim of vanishedAmong(claimKind, known, claims, history)) this.#lose(claim);
      for (const claim of claims) this.#see(claim);
      if (this.#lost.size > 0) onLost();
    },
    put: (claim) => {
      if (!this.#writes.isLeaving(claim.metadata.uid)) this.#see(claim);
    },
    remove: (claim) => {
      this.#writes.removed(claim.metadata.uid);
      this.#lose(claim);
      if (this.#lost.size > 0) this.#options.onLost();
    },
  };

  all(): readonly Stored<Claim>[] {
    return [...this.#claims.values()];
  }

  /** Every address that is claimed, or about to be (an ADD under way counts), or on record here while its claim is spoilt. */
  addressesOut(): readonly { readonly pool: string; readonly address: Address }[] {
    const claimed = this.all().map(({ spec }) => ({ pool: spec.pool, address: parseAddress(spec.address) }));
    // An address that is claimed is out of the pool that it was claimed of.
    const isUnclaimed = (pool: string, address: Address): boolean => this.claimOf(heldOf(pool, address)) === undefined;
    const marked = [...this.#spaces].flatMap(([pool, space]) =>
      [...space.entries()].flatMap(([address]) => (isUnclaimed(pool, address) ? [{ pool, address }] : [])),
    );
    return [...claimed, ...marked, ...this.#options.recorded()];
  }

  /** Addresses, by `addressKey`, whose claim by this daemon went without its doing, since the last call. */
  takeLost(): readonly string[] {
    const lost = [...this.#lost];
    this.#lost.clear();
    return lost;
  }

  claimOf(held: Pick<HeldAddress, 'address' | 'pool'>): Stored<Claim> | undefined {
    return this.#claims.get(addressKey(held));
  }

  /** Is its record ours? */
  isOwn({ spec }: Claim): boolean {
    return spec.daemon === this.#options.daemon;
  }

  /** Asked for only where something is wrong: it looks through all. */
  claimNamed(name: string): Stored<Claim> | undefined {
    for (const claim of this.#claims.values()) if (claim.metadata.name === name) return claim;
    return undefined;
  }

  /** Claims of one attachment: what a crash between claim and record left, or a record's own. */
  claimsOf(attachment: Attachment): readonly Stored<Claim>[] {
    return [...this.#byAttachment.of(attachmentKey(attachment)).values()];
  }

  /** Puts an address to cool down in all pools that offer it and were asked for before. */
  coolDown(coolingDown: CoolingAddress): void {
    for (const space of this.#spacesAt(coolingDown)) space.coolDown([coolingDown]);
  }

  /** An address is off the record. With a claim, the release of that frees it; without, only the record kept it from others. */
  releaseUnclaimed(attachment: Attachment, held: HeldAddress): void {
    if (this.claimOf(held) !== undefined) return;
    const [key, now] = [attachmentKey(attachment), this.#options.clock.now()];
    for (const space of this.#spacesAt(held)) space.releaseFrom(key, parseAddress(held.address), now);
  }

  spaceOf(pool: Pool): AddressSpace {
    const present = this.#spaces.get(pool.name);
    if (present !== undefined) return present;
    const space = this.#newSpace(pool);
    this.#markClaimed(space);
    this.#put(space);
    return space;
  }

  /** Lays changed pools out anew; who holds what stays. */
  rebuildAllocators(pools: ReadonlySet<string>): void {
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

  /**
   * Takes one free address of the pool: picks one, creates its claim, and picks again when another node was
   * faster. Every round learns of one taken address, so a full pool ends it.
   * @returns undefined when none is free
   */
  async claimAny(pool: Pool, claimant: Claimant): Promise<Stored<Claim> | undefined> {
    const epoch = await this.#options.history.admit();
    const key = attachmentKey(claimant.attachment);
    const left = this.claimsOf(claimant.attachment).find(({ spec }) => spec.pool === pool.name);
    if (left !== undefined) return left;
    const refused: Address[] = [];
    try {
      for (;;) {
        const space = this.spaceOf(pool);
        if (this.#options.spread) this.#seekAnywhere(space);
        const address = space.allocator.allocate(key, this.#options.clock.now());
        if (address === undefined) return undefined;
        const claim = await this.#create(pool, address, claimant, () => refused.push(address), epoch);
        if (claim !== undefined) return claim;
      }
    } finally {
      for (const address of refused) this.#unmark(pool, address);
    }
  }

  /** Takes exactly this address, already marked in the allocator. @returns undefined when another node has it */
  async claimMarked(pool: Pool, address: Address, claimant: Claimant): Promise<Stored<Claim> | undefined> {
    try {
      const epoch = await this.#options.history.admit();
      return await this.#create(pool, address, claimant, () => this.#unmark(pool, address), epoch);
    } catch (error) {
      this.#unmark(pool, address);
      throw error;
    }
  }

  /** Claims again what is on record here, whatever else holds claims up. @returns undefined when another node has it */
  reclaim(pool: Pool, address: Address, claimant: Claimant): Promise<Stored<Claim> | undefined> {
    return this.#create(pool, address, claimant, () => this.#unmark(pool, address), undefined);
  }

  /**
   * Deletes a claim, this version of it and no other; its address cools down.
   * @throws IpamError store-unavailable, storage-full; then the claim is still there
   */
  async release(claim: Stored<Claim>): Promise<void> {
    const { uid, name, resourceVersion } = claim.metadata;
    this.#own.giveUp(claim);
    this.#writes.deleting(uid);
    try {
      await this.#options.store.delete({ kind: claimKind, name }, resourceVersion);
    } catch (error) {
      this.#writes.undeleted(uid);
      if (!isIpamError(error, 'not-found') && !isIpamError(error, 'conflict')) {
        this.#own.keep(claim);
        throw error;
      }
    }
    this.#forget(claim);
  }

  /**
   * @param onRefused called when somebody has the address. Who, is for the watch to tell: an answer to a question asked
   *   now could be older than an event that has come already.
   * @param epoch of the store's history, for an address that is new to this node
   */
  async #create(
    pool: Pool,
    address: Address,
    claimant: Claimant,
    onRefused: () => void,
    epoch: number | undefined,
  ): Promise<Stored<Claim> | undefined> {
    const held = heldOf(pool.name, address);
    // On record here, and its claim is gone: it is about to be claimed again for whoever has it.
    if (this.#options.holderOf(addressKey(held)) !== undefined && !this.#isHeldBy(claimant.attachment, held))
      return void onRefused();
    try {
      const claim = await this.#options.store.create(claimFor(claimant, pool, address, this.#options.daemon));
      if (this.claimOf(claim.spec)?.metadata.uid !== claim.metadata.uid) this.#writes.wrote(claim.metadata.uid);
      this.#keep(claim);
      if (epoch !== undefined) await this.#requireStill(claim, epoch);
      return claim;
    } catch (error) {
      if (!isIpamError(error, 'already-exists')) {
        this.#unmark(pool, address);
        throw error;
      }
      onRefused();
      return undefined;
    }
  }

  #isHeldBy(attachment: Attachment, held: Pick<HeldAddress, 'address' | 'pool'>): boolean {
    const holder = this.#options.holderOf(addressKey(held));
    return holder !== undefined && attachmentKey(holder) === attachmentKey(attachment);
  }

  /** A claim of another history than it was asked for is given up: whoever has the address may not have said so yet. */
  async #requireStill(claim: Stored<Claim>, epoch: number): Promise<void> {
    try {
      await this.#options.history.requireStill(epoch);
    } catch (error) {
      await this.release(claim);
      throw error;
    }
  }

  /** Takes back the mark of an attempt; a claim that became known meanwhile marks it again. */
  #unmark(pool: Pool, address: Address): void {
    const space = this.spaceOf(pool);
    space.forget(address);
    const claim = this.claimOf(heldOf(pool.name, address));
    if (claim !== undefined) this.#mark(space, claim.spec);
  }

  #see(claim: Stored<Claim>): void {
    this.#writes.shown(claim.metadata.uid);
    const { uid } = this.claimOf(claim.spec)?.metadata ?? {};
    if (uid === undefined || !this.#writes.isUnseen(uid)) this.#keep(claim);
  }

  #keep(claim: Stored<Claim>): void {
    const former = this.claimOf(claim.spec);
    // Each claim of our own is told twice: by the answer to its create, and by its event.
    if (former !== undefined && isSame(former, claim)) return;
    if (former !== undefined && former.metadata.uid !== claim.metadata.uid) this.#lose(former);
    this.#claims.put(claim);
    if (!this.#writes.isLeaving(claim.metadata.uid)) this.#own.keep(claim);
    for (const space of this.#spacesAt(claim.spec)) this.#mark(space, claim.spec);
  }

  #lose(claim: Stored<Claim>): void {
    const isOurs = this.isOwn(claim) && this.claimOf(claim.spec)?.metadata.uid === claim.metadata.uid;
    if (isOurs && !this.#writes.isLeaving(claim.metadata.uid)) this.#lost.add(addressKey(claim.spec));
    this.#forget(claim);
  }

  #forget(claim: Stored<Claim>): void {
    if (this.claimOf(claim.spec)?.metadata.uid !== claim.metadata.uid) return;
    this.#own.giveUp(claim);
    this.#claims.remove(claim);
    this.#writes.dropped(claim.metadata.uid);
    const address = parseAddress(claim.spec.address);
    for (const space of this.#spacesAt(claim.spec)) space.release(address, this.#options.clock.now());
  }

  /** Where an address is taken: in the pool that it is claimed of, and in those that offer it as well. */
  #spacesAt({ address, pool }: Pick<HeldAddress, 'address' | 'pool'>): readonly AddressSpace[] {
    const own = this.#spaces.get(pool);
    const others = [...this.#places.at(scopeOf(pool), parseAddress(address))].filter((space) => space !== own);
    return own === undefined ? others : [own, ...others];
  }

  #put(space: AddressSpace): void {
    this.#spaces.set(space.pool.name, space);
    this.#places.add(space);
  }

  #markClaimed(space: AddressSpace): void {
    // Of each pool its own: a reservation lays all pools out anew, and there may be hundreds of them.
    for (const pool of [space.pool.name, ...this.#options.catalog.overlapping(space.pool)]) {
      for (const { spec } of this.#byPool.of(pool).values()) this.#mark(space, spec);
    }
  }

  #mark(space: AddressSpace, spec: Claim['spec']): void {
    const address = parseAddress(spec.address);
    // What another pool's claim takes counts here only where it could be given.
    if (spec.pool !== space.pool.name && !containsAddress(space.usable, address)) return;
    space.adopt(address, attachmentKey(spec), this.#options.clock.now());
  }

  /**
   * Daemons that search a pool in order meet sooner or later, and from then on reach for the same addresses, each with
   * all its calls in flight. Scattered over what is free they seldom meet: with n calls in flight elsewhere and
   * f addresses free, in n of f cases.
   */
  #seekAnywhere({ usable, allocator }: AddressSpace): void {
    const { daemon, clock } = this.#options;
    const count = countAddresses(usable);
    for (let probe = 0; probe < probes && count > 0n; probe += 1) {
      const place = addressAt(usable, spreadIndex(`${daemon} ${this.#seeks++}`, count));
      allocator.seek(place);
      // Else the search would go on to the end of what is taken, where others end up too.
      if (allocator.isFresh(place, clock.now())) return;
    }
  }

  #newSpace(pool: Pool): AddressSpace {
    const { catalog, cooldowns, clock, cooldownMs } = this.#options;
    const layout = sharedLayout(pool, catalog.withheldFrom(pool));
    const space = new AddressSpace(pool, undefined, layout, cooldownMs);
    space.coolDown(cooldowns.within(scopeOf(pool.name), pool.subnet, clock.now()));
    return space;
  }
}

function heldOf(pool: string, address: Address): Pick<HeldAddress, 'address' | 'pool'> {
  return { address: formatAddress(address), pool };
}

function isSame(a: Stored<Claim>, b: Stored<Claim>): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}
