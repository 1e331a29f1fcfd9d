import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { formatPrefix, parsePrefix } from '../../ip/prefix.ts';
import type { Allocation, CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey } from '../../ipam/attachment.ts';
import type { AddressSource, Grant, Secured, SourceUsage, Upcoming } from '../../ipam/claim/address-source.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { type Attempt, otherHolders } from '../../ipam/claim/exhausted.ts';
import { assignable } from '../../ipam/claim/layout.ts';
import { shouldPrelease } from '../../ipam/claim/lease.ts';
import { isLimited, uncountable } from '../../ipam/claim/quota.ts';
import { addressTaken } from '../../ipam/claim/refused-address.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { Clock } from '../../platform/clock.ts';
import type { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Catalog } from '../view/catalog.ts';
import type { BlockLeases } from './block-leases.ts';

export interface LeasedSourceOptions {
  readonly blocks: BlockLeases;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
}

/** Addresses of leased blocks: taken in memory, out of blocks that the node has or leases for it. */
export class LeasedSource implements AddressSource {
  readonly #options: LeasedSourceOptions;

  constructor(options: LeasedSourceOptions) {
    this.#options = options;
  }

  async take(pool: Pool, _want: Selection, { attachment, node, quota }: Claimant): Promise<Grant | undefined> {
    if (quota !== undefined && isLimited(pool, quota)) throw uncountable(pool, quota);
    const { blocks } = this.#options;
    const key = attachmentKey(attachment);
    // Addresses that cool down are the last resort: first fresh ones, then a fresh block.
    for (;;) {
      const fresh = this.#takeLeased(pool, node, key, true);
      if (fresh !== undefined) return fresh;
      try {
        const leased = await blocks.lease(node, pool);
        if (leased === undefined || blocks.spaceOf(leased) === undefined) break;
      } catch (error) {
        // That may have taken many seconds to be heard, and cool-downs have ended meanwhile.
        const cooled = this.#takeLeased(pool, node, key, true);
        if (cooled !== undefined) return cooled;
        throw error;
      }
    }
    return this.#takeLeased(pool, node, key, false);
  }

  #takeLeased(pool: Pool, node: string, key: string, freshOnly: boolean): Grant | undefined {
    const { blocks, clock } = this.#options;
    const now = clock.now();
    for (const leased of blocks.of(node, pool.name)) {
      const space = blocks.spaceOf(leased);
      if (space === undefined || (freshOnly && !space.allocator.hasFresh(now))) continue;
      const address = space.allocator.allocate(key, now);
      if (address !== undefined) return this.#grant(space.held(address));
    }
    return undefined;
  }

  async takeExactly(pool: Pool, address: Address, { attachment, node, quota }: Claimant): Promise<Grant | undefined> {
    if (quota !== undefined && isLimited(pool, quota)) throw uncountable(pool, quota);
    const { catalog, clock } = this.#options;
    const space = await this.#spaceWith(pool, address, node);
    if (space === undefined) return undefined;
    const outcome = space.claim(address, attachmentKey(attachment), clock.now());
    if (outcome === 'withheld' || outcome === 'outside') throw catalog.withheldError(address, pool);
    if (outcome === 'held') throw takenBy(address, space.ownerOf(address) ?? 'another attachment');
    return this.#grant(space.held(address));
  }

  /** The addresses of the block that has this one, leased now if it must be. @throws IpamError address-taken: another node has it */
  async #spaceWith(pool: Pool, address: Address, node: string): Promise<AddressSpace | undefined> {
    const { blocks } = this.#options;
    const { prefix, leased } = blocks.blockOf(pool, address);
    const block = leased ?? (await blocks.leaseExactly(node, pool, prefix));
    const owner = block?.resource.spec.node ?? 'another node';
    if (block === undefined || owner !== node || !blocks.isOwn(block)) {
      const holder = `node "${owner}", which leases block ${formatPrefix(prefix)}`;
      throw takenBy(address, holder);
    }
    return blocks.spaceOf(block);
  }

  /** The allocator is looked up again at the undo: a change of the pool may have replaced it. */
  #grant(held: HeldAddress): Grant {
    return { held, undo: async () => this.#options.blocks.forget(held) };
  }

  attempt(pool: Pool, node: string): Attempt {
    const spaces = this.#spacesOf(node, pool.name);
    const { used, total } = roomIn(spaces);
    const own = spaces.length === 0 ? 'no block' : `${spaces.length} blocks, all full`;
    const others = this.#options.blocks.inPool(pool.name).map(({ resource }) => resource.spec.node);
    const reason = `node "${node}" has ${own}, and no block is left to lease${otherHolders(node, others)}`;
    return { pool, used, total, reason };
  }

  shortage(pool: Pool, node: string, outage: () => string): string {
    const { blocks } = this.#options;
    const isOpen = blocks.of(node, pool.name).some((leased) => (blocks.spaceOf(leased)?.allocator.free ?? 0n) > 0n);
    if (isOpen) return '';
    const away = outage();
    if (away !== '') return `${away}, and no block leased by this node has a free address`;
    return blocks.hasLeft(pool) ? '' : 'its blocks are full, and none is left to lease';
  }

  upcoming(pool: Pool, node: string): Upcoming {
    const now = this.#options.clock.now();
    const spaces = this.#spacesOf(node, pool.name);
    const afterwards = this.#options.blocks.hasLeft(pool) ? `those of a block that node "${node}" leases then` : '';
    return { addresses: freshOf(spaces, now), afterwards };
  }

  isLow(pool: Pool, node: string, threshold: number): boolean {
    if (pool.disabled) return false;
    const { free, total } = roomIn(this.#spacesOf(node, pool.name));
    return shouldPrelease(free, total, threshold);
  }

  async prepare(pool: Pool, node: string): Promise<string | undefined> {
    return (await this.#options.blocks.lease(node, pool))?.resource.spec.cidr;
  }

  release(_attachment: Attachment, held: HeldAddress, now: number): void {
    this.#options.blocks.release(held, now);
  }

  restoreCooldowns(cooling: readonly CoolingAddress[]): void {
    const { blocks, catalog } = this.#options;
    for (const { pool: name, address, until } of cooling) {
      const pool = catalog.pool(name);
      if (pool?.blockSize === undefined) continue;
      const { leased } = blocks.blockOf(pool, parseAddress(address));
      const space = leased && blocks.spaceOf(leased);
      space?.allocator.coolDown(parseAddress(address), until);
    }
  }

  isInPlace(key: string, held: HeldAddress): boolean {
    const { blocks, clock } = this.#options;
    return blocks.spaceOfHeld(held)?.adopt(parseAddress(held.address), key, clock.now()) ?? false;
  }

  hold(key: string, { block, address }: HeldAddress): void {
    if (block !== undefined) this.#options.blocks.unbacked.add(block, address, key);
  }

  async secure({ node, attachment }: Allocation, held: HeldAddress): Promise<Secured> {
    const { blocks, catalog, log } = this.#options;
    const { block = '' } = held;
    const pool = catalog.pool(held.pool);
    if (pool !== undefined && blocks.find(block) === undefined) {
      const leased = await blocks.retake(node, pool, parsePrefix(block));
      log.warn(
        { block, node, leased: leased !== undefined },
        'a block on record was not leased any more; leasing it again',
      );
    }
    if (this.isInPlace(attachmentKey(attachment), held)) return { isSecured: true };
    const hasSpace = blocks.spaceOfHeld(held) !== undefined;
    return { isSecured: false, reason: hasSpace ? 'another attachment has it' : this.#lesseeOf(block) };
  }

  #lesseeOf(block: string): string {
    const leased = this.#options.blocks.find(block);
    return leased === undefined ? 'nobody leases its block' : `node "${leased.resource.spec.node}" leases its block`;
  }

  takeLost(): readonly string[] {
    return this.#options.blocks.unbacked.all();
  }

  usage(pool: Pool): SourceUsage {
    const { blocks, catalog } = this.#options;
    const leased = blocks.inPool(pool.name);
    let used = 0n;
    let coolingDown = 0;
    for (const { space } of leased) {
      used += BigInt(space?.allocator.used ?? 0);
      coolingDown += space?.allocator.coolingDown ?? 0;
    }
    return {
      ...(pool.blockSize === undefined ? {} : { blockSize: pool.blockSize }),
      blocks: leased.length,
      total: assignable(pool, catalog.reserved),
      used,
      parked: 0,
      coolingDown,
    };
  }

  #spacesOf(node: string, pool: string): readonly AddressSpace[] {
    const { blocks } = this.#options;
    return blocks.of(node, pool).flatMap((leased) => blocks.spaceOf(leased) ?? []);
  }
}

function* freshOf(spaces: readonly AddressSpace[], now: number): Generator<Address> {
  for (const { allocator } of spaces) yield* allocator.upcoming(now);
}

function takenBy(address: Address, holder: string): IpamError {
  return addressTaken(formatAddress(address), { title: `held by ${holder}`, isSibling: false });
}

function roomIn(spaces: readonly AddressSpace[]): {
  readonly free: bigint;
  readonly used: bigint;
  readonly total: bigint;
} {
  let used = 0n;
  let total = 0n;
  for (const { allocator } of spaces) {
    used += BigInt(allocator.used);
    total += allocator.usable;
  }
  return { free: total - used, used, total };
}
