import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix, parsePrefix, prefixOf } from '../../ip/prefix.ts';
import { prefixRange } from '../../ip/range.ts';
import { countAddresses } from '../../ip/range-set.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import { AddressSpace } from '../../ipam/claim/address-space.ts';
import { BlockCooldowns } from '../../ipam/claim/block-cooldowns.ts';
import { BlockIndex, type Start } from '../../ipam/claim/block-index.ts';
import { blockLayout } from '../../ipam/claim/layout.ts';
import { RefusedPlaces } from '../../ipam/claim/refused-places.ts';
import { spreadIndex } from '../../ipam/claim/spread.ts';
import { type Block, blockKind, newBlock } from '../../resources/block.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { defaultScope } from '../../resources/scope.ts';
import { ObjectCache } from '../../store/cache/object-cache.ts';
import { OwnWrites } from '../../store/cache/own-writes.ts';
import type { Reflection } from '../../store/cache/reflector.ts';
import { versionOrder } from '../../store/version-order.ts';
import { vanishedAmong } from '../recovery/vanished.ts';
import { BlockHolders } from './block-holders.ts';
import { BlockReturns } from './block-returns.ts';
import { revivedAmong } from './known-blocks.ts';
import type { LeasedBlock } from './leased-block.ts';
import type { SourceOptions } from './source-options.ts';
import { UnbackedAddresses } from './unbacked-addresses.ts';

export interface BlockLeasesOptions extends SourceOptions {
  readonly onLease?: (block: Stored<Block>) => void;
  readonly onReturn?: (block: Stored<Block>) => void;
  /** Told that a block of this daemon with addresses in use is gone without its doing. */
  readonly onLost?: () => void;
  /** Tells blocks that this daemon had when it ran last; absent: nobody can. */
  readonly known?: () => (block: Stored<Block>) => boolean;
  /** Told that the blocks of this daemon are others than before. */
  readonly onOwnChange?: () => void;
  /** Awaited before a block is handed back: then a start without the store does not take it for our own any more. */
  readonly forgotten?: () => Promise<void>;
}

/** L1: which node has which blocks. A lease is the create of one object named after the CIDR. */
export class BlockLeases {
  readonly #options: BlockLeasesOptions;
  readonly #blocks = new ObjectCache<Block, LeasedBlock>(
    (resource) => ({ prefix: parsePrefix(resource.spec.cidr), resource, space: undefined }),
    {
      keyOf: ({ spec }) => spec.cidr,
      onChange: (before, after) => {
        if (before !== undefined) this.#went(before);
        if (after !== undefined) this.#came(after);
      },
    },
  );
  readonly #byPool = this.#blocks.indexBy(({ resource }) => resource.spec.pool);
  readonly #holders = new BlockHolders();
  /** Of blocks that were handed back, the latest thousand are known for what they are when they show up once more. */
  readonly #writes = new OwnWrites(1_000);
  readonly #refused = new RefusedPlaces();
  readonly #returns: BlockReturns;
  readonly #cooldowns = new BlockCooldowns();
  readonly #leasing = new Map<string, Promise<LeasedBlock | undefined>>();
  readonly unbacked = new UnbackedAddresses();
  /** What is taken of the pools that were leased from, by name. */
  readonly #places = new Map<string, BlockIndex>();
  /** Blocks that are being leased here and may not be used yet, whatever the watch shows. */
  readonly #pending = new Set<string>();

  constructor(options: BlockLeasesOptions) {
    this.#options = options;
    this.#returns = new BlockReturns(options);
  }

  readonly reflection: Reflection<Block> = {
    replace: (blocks) => {
      const { history, onLost } = this.#options;
      const known = this.all().map((leased) => {
        const { metadata } = leased.resource;
        const [isUnseen, isOwn] = [this.#writes.isUnseen(metadata.uid), this.isOwn(leased)];
        const isInUse = (): boolean => (leased.space?.used ?? 0) > 0;
        return { item: leased, metadata, addresses: prefixRange(leased.prefix), isUnseen, isOwn, isInUse };
      });
      const vanished = vanishedAmong(blockKind, known, blocks, history);
      for (const { resource } of vanished) this.#blocks.delete(resource.spec.cidr);
      if (history.isSettling) this.#writes.wentBack();
      this.#writes.listed(new Set(blocks.map(({ metadata }) => metadata.uid)));
      for (const block of revivedAmong(blocks, this.#options)) this.#writes.disowned(block.metadata.uid);
      for (const block of blocks) this.#see(block);
      if (vanished.some((leased) => this.isOwn(leased) && (leased.space?.used ?? 0) > 0)) onLost?.();
    },
    put: (block) => this.#see(block),
    remove: (block) => {
      this.#writes.removed(block.metadata.uid);
      this.#returns.gone(block.metadata.uid);
      const { clock, cooldownMs, onLost } = this.#options;
      const leased = this.#blocks.get(block.spec.cidr);
      if (leased?.resource.metadata.uid !== block.metadata.uid) return;
      this.#blocks.delete(block.spec.cidr);
      if (!this.isOwn(leased)) this.#cooldowns.begin(block.spec.cidr, clock.now() + cooldownMs);
      else if ((leased.space?.used ?? 0) > 0) onLost?.();
    },
  };

  /** Every block that anybody leases. */
  all(): readonly LeasedBlock[] {
    return [...this.#blocks.values()];
  }

  /** Every block of a pool, whoever leases it. */
  inPool(pool: string): readonly LeasedBlock[] {
    return [...this.#byPool.of(pool).values()];
  }

  /** Is its journal ours? */
  isOwn({ resource }: LeasedBlock): boolean {
    return resource.spec.daemon === this.#options.daemon;
  }

  /** This daemon's blocks of one node in one pool, in the order of leasing. */
  of(node: string, pool: string): readonly LeasedBlock[] {
    return this.#holders.of(node, pool);
  }

  /** Every node and pool for which this daemon has blocks, with them. */
  holders(): readonly (readonly LeasedBlock[])[] {
    return this.#holders.all();
  }

  find(cidr: string): LeasedBlock | undefined {
    return this.#blocks.get(cidr);
  }

  /** The leased block that holds an address of the pool. */
  blockOf(pool: Pool, address: Address): { readonly prefix: Prefix; readonly leased: LeasedBlock | undefined } {
    const prefix = prefixOf(address, pool.blockSize ?? pool.subnet.length);
    return { prefix, leased: this.#blocks.get(formatPrefix(prefix)) };
  }

  /** The block's addresses. Only for own blocks whose pool exists. */
  spaceOf(leased: LeasedBlock): AddressSpace | undefined {
    if (leased.space !== undefined) return leased.space;
    if (!this.isOwn(leased) || this.#pending.has(leased.resource.spec.cidr)) return undefined;
    const pool = this.#options.catalog.pool(leased.resource.spec.pool);
    if (pool === undefined) return undefined;
    leased.space = this.#newSpace(pool, leased.prefix);
    return leased.space;
  }

  /** The addresses of the block that a held address came from. */
  spaceOfHeld({ block }: Pick<HeldAddress, 'block'>): AddressSpace | undefined {
    const leased = block === undefined ? undefined : this.#blocks.get(block);
    return leased === undefined ? undefined : this.spaceOf(leased);
  }

  /** Gives an address back; its cool-down begins. */
  release(held: HeldAddress, now: number): void {
    this.unbacked.delete(held);
    this.spaceOfHeld(held)?.release(parseAddress(held.address), now);
  }

  /** Undoes an allocation that nobody has seen. */
  forget(held: HeldAddress): void {
    this.unbacked.delete(held);
    this.spaceOfHeld(held)?.forget(parseAddress(held.address));
  }

  /** Lays the blocks of changed pools out anew; who holds what stays. */
  rebuildAllocators(pools: ReadonlySet<string>): void {
    for (const name of pools) this.#places.delete(name);
    for (const leased of this.#blocks.values()) {
      const former = leased.space;
      const pool = this.#options.catalog.pool(leased.resource.spec.pool);
      if (former === undefined || pool === undefined || !pools.has(pool.name)) continue;
      leased.space = this.#newSpace(pool, leased.prefix);
      leased.space.inherit(former, this.#options.clock.now());
    }
  }

  /**
   * Leases one more block; calls for the same node and pool that come meanwhile share it.
   * @returns undefined when the pool has none left
   * @throws IpamError store-unavailable, storage-full
   */
  lease(node: string, pool: Pool): Promise<LeasedBlock | undefined> {
    const key = `${node}\n${pool.name}`;
    const underway = this.#leasing.get(key);
    if (underway !== undefined) return underway;
    const lease = this.#leaseNext(node, pool).finally(() => this.#leasing.delete(key));
    this.#leasing.set(key, lease);
    return lease;
  }

  /** Is there a block that a node could lease? The store may still have given it to another by then. */
  hasLeft(pool: Pool): boolean {
    return this.#placesOf(pool)?.next([], this.#options.catalog.reserved, []) !== undefined;
  }

  /**
   * Leases exactly this block. Who has it instead is for the watch to tell: an answer to a question asked now could
   * be older than an event that has come already.
   * @returns undefined when somebody has it, or nothing of it may be given
   * @throws IpamError not-ready, store-unavailable, storage-full
   */
  async leaseExactly(node: string, pool: Pool, prefix: Prefix): Promise<LeasedBlock | undefined> {
    const { history, catalog } = this.#options;
    const epoch = await history.admit();
    if (countAddresses(blockLayout(pool, prefix, catalog.reserved).usable) === 0n) return undefined;
    return this.#create(node, pool, prefix, epoch);
  }

  /** Leases a block again that has addresses on record here, whatever else holds leases up. @returns as leaseExactly */
  retake(node: string, pool: Pool, prefix: Prefix): Promise<LeasedBlock | undefined> {
    return this.#create(node, pool, prefix, undefined);
  }

  /** @param epoch of the store's history, for a block that is new to this node */
  async #create(node: string, pool: Pool, prefix: Prefix, epoch: number | undefined): Promise<LeasedBlock | undefined> {
    const { daemon, store, onLease } = this.#options;
    const cidr = formatPrefix(prefix);
    // Of a pool that was deleted and made anew with other blocks, one of the old may still be there.
    if (this.#placesOf(pool)?.isCovered(prefix) === true) return undefined;
    this.#refused.ask(cidr, node);
    this.#writes.asked();
    this.#pending.add(cidr);
    try {
      const block = await store.create(newBlock({ cidr, pool: pool.name, node, daemon }));
      await this.#pass(block, prefix, epoch);
      // Its event overtook the answer, and it was handed back before the answer came.
      if (this.#writes.hasPassed(block.metadata.uid)) return undefined;
      if (this.#blocks.get(cidr)?.resource.metadata.uid !== block.metadata.uid) this.#writes.wrote(block.metadata.uid);
      const leased = this.#put(block);
      onLease?.(block);
      return leased;
    } catch (error) {
      if (isIpamError(error, 'already-exists')) return undefined;
      throw error;
    } finally {
      this.#admit(cidr);
      this.#writes.answered();
    }
  }

  /**
   * Hands an empty block back: first no longer used, then given up. When the store fails, nobody knows whether
   * another node may have it by now, so it stays unused until a later attempt succeeds.
   * @throws IpamError in-use, store-unavailable, storage-full
   */
  async giveBack(leased: LeasedBlock): Promise<void> {
    const { uid } = leased.resource.metadata;
    const { cidr } = leased.resource.spec;
    // With addresses on record that wait for it, its space is made now if it can be, to have them counted.
    const waiting = this.unbacked.countOf(cidr);
    const space = waiting > 0 ? this.spaceOf(leased) : leased.space;
    const used = space?.used ?? (this.isOwn(leased) ? waiting : 0);
    if (used > 0) {
      throw new IpamError('in-use', `block ${cidr} still has ${used} addresses in use`, {
        advice: 'ipam-cli addresses shows who holds them',
        facts: { block: cidr, used },
      });
    }
    this.#blocks.delete(cidr);
    this.#writes.deleting(uid, versionOrder(leased.resource.metadata.resourceVersion));
    await this.#returns.give(leased.resource);
  }

  /** A lease that came too late, or of another history, is handed back before anybody uses it. @throws IpamError not-ready, store-unavailable */
  async #pass(resource: Stored<Block>, prefix: Prefix, epoch: number | undefined): Promise<void> {
    const { history, fence } = this.#options;
    try {
      if (epoch !== undefined) await history.requireStill(epoch);
      await fence?.pass(resource.spec.pool);
    } catch (error) {
      await this.giveBack(this.#blocks.get(resource.spec.cidr) ?? { prefix, resource, space: undefined });
      throw error;
    }
  }

  /** The block may be used: if the watch has shown it already, from now on. */
  #admit(cidr: string): void {
    if (!this.#pending.delete(cidr)) return;
    const leased = this.#blocks.get(cidr);
    if (leased !== undefined && this.isOwn(leased)) this.#holders.add(leased);
  }

  /** Tries again what the store did not answer. @throws IpamError store-unavailable, storage-full */
  finishReturns(): Promise<void> {
    return this.#returns.finish();
  }

  async #leaseNext(node: string, pool: Pool): Promise<LeasedBlock | undefined> {
    const { catalog, clock } = this.#options;
    const refused: Prefix[] = [];
    let avoided = this.#cooldowns.in(pool, clock.now());
    // Bounded: each round either leases a block or learns of one that somebody else has.
    for (;;) {
      const own = this.of(node, pool.name).map(({ prefix }) => prefix);
      const places = this.#placesOf(pool);
      const block = places?.next(own, catalog.reserved, [...refused, ...avoided]);
      if (places === undefined || (block === undefined && avoided.length === 0)) return undefined;
      if (block === undefined) {
        // What cools down is better than nothing.
        avoided = [];
        continue;
      }
      const leased = await places.during(block, () => this.leaseExactly(node, pool, block));
      if (leased !== undefined) return leased;
      refused.push(block);
      this.#refused.refuse(formatPrefix(block), node);
      places.jumpElsewhere();
    }
  }

  #placesOf(pool: Pool): BlockIndex | undefined {
    const { daemon, spread } = this.#options;
    const { blockSize } = pool;
    if (blockSize === undefined) return undefined;
    const known = this.#places.get(pool.name);
    if (known?.isOf(pool) === true) return known;
    const start: Start = (count, move) => spreadIndex(move === 0 ? daemon : `${daemon} ${move}`, count);
    const places = new BlockIndex(
      { ...pool, blockSize },
      spread ? start : undefined,
      this.all().map(({ prefix }) => prefix),
    );
    this.#places.set(pool.name, places);
    return places;
  }

  #see(block: Stored<Block>): void {
    this.#writes.shown(block.metadata.uid);
    this.#put(block);
  }

  #put(resource: Stored<Block>): LeasedBlock | undefined {
    const { uid, resourceVersion } = resource.metadata;
    const known = this.#blocks.get(resource.spec.cidr);
    if (known?.resource.metadata.uid === uid) return known;
    if (this.#writes.isLeaving(uid, versionOrder(resourceVersion))) return undefined;
    if (this.#isLate(resource)) return void this.#returns.note(resource);
    // What the watch says of this place before it says that it is ours is older than our lease.
    if (known !== undefined && this.#writes.isUnseen(known.resource.metadata.uid)) return known;
    this.#blocks.put(resource);
    return this.#blocks.get(resource.spec.cidr);
  }

  /** Is it a lease that is over, or was refused? With addresses on record in it a refused one is wanted, whatever was said of it. */
  #isLate({ metadata, spec: { cidr, node, daemon } }: Stored<Block>): boolean {
    if (this.#writes.isGone(metadata.uid)) return true;
    const isRefused = daemon === this.#options.daemon && this.#refused.has(cidr, node);
    return isRefused && this.unbacked.countOf(cidr) === 0;
  }

  #came(leased: LeasedBlock): void {
    for (const places of this.#places.values()) places.add(leased.prefix);
    if (!this.isOwn(leased)) return;
    this.#options.onOwnChange?.();
    if (!this.#pending.has(leased.resource.spec.cidr)) this.#holders.add(leased);
  }

  #went(leased: LeasedBlock): void {
    const { cidr } = leased.resource.spec;
    for (const places of this.#places.values()) places.remove(leased.prefix);
    this.#writes.dropped(leased.resource.metadata.uid);
    if (!this.isOwn(leased)) return;
    this.#options.onOwnChange?.();
    for (const [address, owner] of leased.space?.entries() ?? [])
      this.unbacked.add(cidr, formatAddress(address), owner);
    this.#holders.remove(leased);
  }

  #newSpace(pool: Pool, prefix: Prefix): AddressSpace {
    const { catalog, cooldowns, clock, cooldownMs } = this.#options;
    const space = new AddressSpace(pool, prefix, blockLayout(pool, prefix, catalog.withheldFrom(pool)), cooldownMs);
    space.coolDown(cooldowns.within(defaultScope, prefix, clock.now()));
    const cidr = formatPrefix(prefix);
    for (const [address, owner] of this.unbacked.of(cidr)) {
      if (space.adopt(parseAddress(address), owner, clock.now())) this.unbacked.delete({ block: cidr, address });
    }
    return space;
  }
}
