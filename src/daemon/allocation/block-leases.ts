import { type Address, parseAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix, prefixOf } from '../../ip/prefix.ts';
import { prefixRange } from '../../ip/range.ts';
import { containsAddress, countAddresses, emptyRangeSet, union } from '../../ip/range-set.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import { AddressSpace } from '../../ipam/claim/address-space.ts';
import { BlockCooldowns } from '../../ipam/claim/block-cooldowns.ts';
import { BlockHolders } from '../../ipam/claim/block-holders.ts';
import { BlockIndex, type Start } from '../../ipam/claim/block-index.ts';
import { type BlockEffect, type BlockEvent, BlockMachine } from '../../ipam/claim/block-machine.ts';
import { leasesBlocks } from '../../ipam/claim/claimed-in-block.ts';
import { blockLayout } from '../../ipam/claim/layout.ts';
import type { LeasedBlock } from '../../ipam/claim/leased-block.ts';
import { spreadIndex } from '../../ipam/claim/spread.ts';
import type { UnbackedAddresses } from '../../ipam/claim/unbacked-addresses.ts';
import { type Block, blockKind, newBlock } from '../../resources/block.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { defaultScope } from '../../resources/scope.ts';
import type { Reflection } from '../../store/cache/reflector.ts';
import { vanishedAmong } from '../recovery/vanished.ts';
import { BlockReturns } from './block-returns.ts';
import { revivedAmong } from './known-blocks.ts';
import { type ClaimedAddresses, OpenedBlocks } from './opened-blocks.ts';
import type { SourceOptions } from './source-options.ts';

export interface BlockLeasesOptions extends SourceOptions {
  readonly onLease?: (block: Stored<Block>) => void;
  readonly onReturn?: (block: Stored<Block>) => void;
  /** Told that a block of this daemon with addresses in use is gone without its doing. */
  readonly onLost?: () => void;
  /** Tells blocks that this daemon had when it ran last; absent: nobody can. */
  readonly known?: () => (block: Stored<Block>) => boolean;
  /** Told that the blocks of this daemon are others than before. */
  readonly onOwnChange?: () => void;
  /** Which addresses of blocks are claimed, and not the lessee's to give; absent: none ever is. */
  readonly claimed?: ClaimedAddresses;
  /** No daemon keeps addresses of blocks: nothing need be known of claims before one is opened. */
  readonly opensAtOnce?: boolean;
  /** Awaited before a block is handed back: then a start without the store does not take it for our own any more. */
  readonly forgotten?: () => Promise<void>;
}

/** L1: which node has which blocks. A lease is the create of one object named after the CIDR. */
export class BlockLeases {
  readonly #options: BlockLeasesOptions;
  readonly #machine: BlockMachine;
  readonly #holders = new BlockHolders();
  readonly #returns: BlockReturns;
  readonly #cooldowns = new BlockCooldowns();
  readonly #opened: OpenedBlocks;
  readonly #leasing = new Map<string, Promise<LeasedBlock | undefined>>();
  /** What is taken of the pools that were leased from, by name. */
  readonly #places = new Map<string, BlockIndex>();

  constructor(options: BlockLeasesOptions) {
    this.#options = options;
    this.#machine = new BlockMachine(options.daemon);
    this.#returns = new BlockReturns({ ...options, tell: (event) => this.#step(event) });
    this.#opened = new OpenedBlocks(options.spread && options.opensAtOnce !== true ? options.claimed : undefined);
  }

  readonly reflection: Reflection<Block> = {
    replace: (blocks) => {
      const { history } = this.#options;
      const known = this.all().map((leased) => {
        const { metadata } = leased.resource;
        const [isUnseen, isOwn] = [this.#machine.isUnseen(leased), this.isOwn(leased)];
        const isInUse = (): boolean => (leased.space?.used ?? 0) > 0;
        return { item: leased, metadata, addresses: prefixRange(leased.prefix), isUnseen, isOwn, isInUse };
      });
      const vanished = vanishedAmong(blockKind, known, blocks, history);
      const revived = revivedAmong(blocks, this.#options);
      this.#step({ type: 'listed', blocks, vanished, revived, hasGoneBack: history.isSettling });
    },
    put: (block) => void this.#step({ type: 'put', block }),
    remove: (block) => void this.#step({ type: 'removed', block }),
  };

  #step(event: BlockEvent): readonly BlockEffect[] {
    const effects = this.#machine.step(event);
    for (const effect of effects) this.#carryOut(effect);
    return effects;
  }

  #carryOut(effect: BlockEffect): void {
    const { clock, cooldownMs, onLease, onLost, onOwnChange } = this.#options;
    switch (effect.type) {
      case 'came':
        for (const places of this.#places.values()) places.add(effect.leased.prefix);
        if (this.isOwn(effect.leased)) onOwnChange?.();
        break;
      case 'use':
        this.#holders.add(effect.leased);
        break;
      case 'went':
        for (const places of this.#places.values()) places.remove(effect.leased.prefix);
        if (!this.isOwn(effect.leased)) break;
        onOwnChange?.();
        this.#opened.forget(effect.leased);
        this.#holders.remove(effect.leased);
        break;
      case 'cool down':
        this.#cooldowns.begin(effect.cidr, clock.elapsed() + cooldownMs);
        break;
      case 'lost':
        onLost?.();
        break;
      case 'leased':
        onLease?.(effect.block);
        break;
    }
  }

  /** Addresses on record whose block this daemon does not have now. */
  get unbacked(): UnbackedAddresses {
    return this.#machine.unbacked;
  }

  /** Every block that anybody leases. */
  all(): readonly LeasedBlock[] {
    return [...this.#machine.all()];
  }

  /** Every block of a pool, whoever leases it. */
  inPool(pool: string): readonly LeasedBlock[] {
    return [...this.#machine.inPool(pool)];
  }

  /** Is its journal ours? */
  isOwn(leased: LeasedBlock): boolean {
    return this.#machine.isOwn(leased);
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
    return this.#machine.find(cidr);
  }

  /** May addresses of it be given to whoever comes, for all that is known of what is claimed of it? */
  isOpen(leased: LeasedBlock): boolean {
    return this.#opened.has(leased);
  }

  /** Opens what a node has of a pool and is not open yet. @returns whether anything was @throws IpamError not-ready, store-unavailable */
  async open(node: string, pool: Pool): Promise<boolean> {
    const opened = await this.#opened.open(pool, this.of(node, pool.name));
    if (opened) this.#options.onOwnChange?.();
    return opened;
  }

  /** After a start without the store: what of these was kept beside them is all that was claimed. */
  openKnown(blocks: readonly Stored<Block>[]): void {
    for (const { metadata } of blocks) this.#opened.add(metadata.uid);
  }

  /** Is an address of a pool in a block that this daemon has? */
  hasOwn(pool: Pool, address: Address): boolean {
    const { leased } = this.blockOf(pool, address);
    return leased !== undefined && this.isOwn(leased);
  }

  /** An address is claimed, or not any more: its block withholds it, or may give it after a cool-down. */
  claimChanged({ pool: name, address }: Pick<HeldAddress, 'address' | 'pool'>): void {
    const pool = this.#options.catalog.pool(name);
    if (pool === undefined || !leasesBlocks(pool)) return;
    const at = parseAddress(address);
    const { leased, prefix } = this.blockOf(pool, at);
    if (leased === undefined || !this.isOwn(leased)) return;
    if (leased.space !== undefined) this.#layOut(leased, pool, leased.space);
    this.#options.onOwnChange?.();
    const { claimed, clock } = this.#options;
    const isClaimed = claimed !== undefined && containsAddress(claimed.within(pool, prefix), at);
    if (!isClaimed) this.spaceOf(leased)?.coolDownFrom(at, clock.now());
  }

  #layOut(leased: LeasedBlock, pool: Pool, former: AddressSpace): void {
    leased.space = this.#newSpace(pool, leased.prefix);
    leased.space.inherit(former, this.#options.clock.now());
  }

  /** The leased block that holds an address of the pool. */
  blockOf(pool: Pool, address: Address): { readonly prefix: Prefix; readonly leased: LeasedBlock | undefined } {
    const prefix = prefixOf(address, pool.blockSize ?? pool.subnet.length);
    return { prefix, leased: this.#machine.find(formatPrefix(prefix)) };
  }

  /** The block's addresses. Only for own blocks whose pool exists. */
  spaceOf(leased: LeasedBlock): AddressSpace | undefined {
    if (leased.space !== undefined) return leased.space;
    if (!this.#machine.isUsable(leased)) return undefined;
    const pool = this.#options.catalog.pool(leased.resource.spec.pool);
    if (pool === undefined) return undefined;
    leased.space = this.#newSpace(pool, leased.prefix);
    return leased.space;
  }

  /** The addresses of the block that a held address came from. */
  spaceOfHeld({ block }: Pick<HeldAddress, 'block'>): AddressSpace | undefined {
    const leased = block === undefined ? undefined : this.#machine.find(block);
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
    for (const leased of this.#machine.all()) {
      const former = leased.space;
      const pool = this.#options.catalog.pool(leased.resource.spec.pool);
      if (former === undefined || pool === undefined || !pools.has(pool.name)) continue;
      this.#layOut(leased, pool, former);
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
    const { daemon, store } = this.#options;
    const cidr = formatPrefix(prefix);
    // Of a pool that was deleted and made anew with other blocks, one of the old may still be there.
    if (this.#placesOf(pool)?.isCovered(prefix) === true) return undefined;
    this.#step({ type: 'asked', cidr, node });
    let block: Stored<Block>;
    try {
      block = await store.create(newBlock({ cidr, pool: pool.name, node, daemon }));
      await this.#pass(block, prefix, epoch);
    } catch (error) {
      const isTaken = isIpamError(error, 'already-exists');
      this.#step({ type: isTaken ? 'refused' : 'timed out', cidr });
      if (isTaken) return undefined;
      throw error;
    }
    const leased = this.#step({ type: 'answered', block }).find((effect) => effect.type === 'leased')?.leased;
    // What cannot be opened now is when an address of it is wanted.
    if (leased !== undefined && epoch !== undefined) await this.#opened.open(pool, [leased]);
    return leased;
  }

  /**
   * Hands an empty block back: first no longer used, then given up. When the store fails, nobody knows whether
   * another node may have it by now, so it stays unused until a later attempt succeeds.
   * @throws IpamError in-use, store-unavailable, storage-full
   */
  async giveBack(leased: LeasedBlock): Promise<void> {
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
    if (this.isAwaited(leased)) {
      const what = `nobody knows yet whether an address of block ${cidr} is claimed`;
      throw new IpamError('in-use', what, { advice: 'try again in two minutes' });
    }
    this.#step({ type: 'given back', block: leased.resource });
    await this.#returns.give(leased.resource);
  }

  /** May a claim of one of its addresses come yet, of which the next lessee would not know? */
  isAwaited({ prefix, resource }: LeasedBlock): boolean {
    return this.#options.claimed?.isAwaitedIn(resource.spec.pool, prefix) ?? false;
  }

  /** A lease that came too late, or of another history, is handed back before anybody uses it. @throws IpamError not-ready, store-unavailable */
  async #pass(resource: Stored<Block>, prefix: Prefix, epoch: number | undefined): Promise<void> {
    const { history, fence } = this.#options;
    try {
      if (epoch !== undefined) await history.requireStill(epoch);
      await fence?.pass(resource.spec.pool);
    } catch (error) {
      await this.giveBack(this.#machine.find(resource.spec.cidr) ?? { prefix, resource, space: undefined });
      throw error;
    }
  }

  /** Tries again what the store did not answer. @throws IpamError store-unavailable, storage-full */
  finishReturns(): Promise<void> {
    return this.#returns.finish(this.#machine.returning);
  }

  async #leaseNext(node: string, pool: Pool): Promise<LeasedBlock | undefined> {
    const { catalog, clock } = this.#options;
    const refused: Prefix[] = [];
    let avoided = this.#cooldowns.in(pool, clock.elapsed());
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
      this.#step({ type: 'passed over', cidr: formatPrefix(block), node });
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

  #newSpace(pool: Pool, prefix: Prefix): AddressSpace {
    const { catalog, cooldowns, clock, cooldownMs, claimed } = this.#options;
    const withheld = union(catalog.withheldFrom(pool), claimed?.within(pool, prefix) ?? emptyRangeSet);
    const space = new AddressSpace(pool, prefix, blockLayout(pool, prefix, withheld), cooldownMs);
    space.coolDown(cooldowns.within(defaultScope, prefix, clock.now()));
    const cidr = formatPrefix(prefix);
    for (const [address, owner] of this.unbacked.of(cidr)) {
      if (space.adopt(parseAddress(address), owner, clock.now())) this.unbacked.delete({ block: cidr, address });
    }
    return space;
  }
}
