import { type Address, familyBits, formatAddress, parseAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix, parsePrefix, prefixOf, prefixSize } from '../../ip/prefix.ts';
import { containsAddress } from '../../ip/range-set.ts';
import type { Allocation, CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey } from '../../ipam/attachment.ts';
import type { AddressSource, Grant, Secured, SourceUsage, Upcoming } from '../../ipam/claim/address-source.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import { isHeldBy } from '../../ipam/claim/claim-state.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { type Attempt, otherHolders } from '../../ipam/claim/exhausted.ts';
import { holderOfClaim } from '../../ipam/claim/holder.ts';
import { assignable } from '../../ipam/claim/layout.ts';
import { shouldPrelease } from '../../ipam/claim/lease.ts';
import { isLimited, uncountable } from '../../ipam/claim/quota.ts';
import { addressTaken } from '../../ipam/claim/refused-address.ts';
import { ratio } from '../../ipam/figures.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Claim } from '../../resources/claim.ts';
import type { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Log } from '../../telemetry/log.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import type { Catalog } from '../view/catalog.ts';
import type { BlockLeases } from './block-leases.ts';
import type { ClaimsInBlocks } from './claims-in-blocks.ts';
import type { QuotaGuard } from './quota-guard.ts';
import type { SharedSource } from './shared-source.ts';

export interface LeasedSourceOptions {
  readonly blocks: BlockLeases;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
  readonly claims: ClaimsInBlocks;
  readonly history: StoreHistory;
  /** Do addresses of blocks stay with whom they are for? */
  readonly keeps: boolean;
  /** Does an address that is given now? */
  readonly keepsFor: (claimant: Claimant) => boolean;
  readonly quotas: Pick<QuotaGuard, 'requireRoom'>;
  /** What a claim has is as of a shared pool. */
  readonly claimed: ClaimedSource;
}

/** What becomes of an address of a block that is claimed, so that it stays with whom it is for. */
export type ClaimedSource = Pick<SharedSource, 'grantClaimed' | 'leftOf'>;

/** Addresses of leased blocks: taken in memory, out of blocks that the node has or leases for it. */
export class LeasedSource implements AddressSource {
  readonly #options: LeasedSourceOptions;

  constructor(options: LeasedSourceOptions) {
    this.#options = options;
  }

  /** Do addresses of it stay with whom they are for? */
  get keeps(): boolean {
    return this.#options.keeps;
  }

  async take(pool: Pool, want: Selection, claimant: Claimant): Promise<Grant | undefined> {
    const { attachment, node } = claimant;
    const key = attachmentKey(attachment);
    if (!(await this.#isClaimed(pool, claimant))) return this.#draw(pool, node, key);
    return this.#keep(pool, want, claimant, async () => this.#drawAwaited(pool, node) ?? this.#draw(pool, node, key));
  }

  /**
   * Does it take a claim to give an address: to be kept, or to be counted?
   * @throws IpamError quota-exceeded: its namespace may hold no more, or nobody here makes claims that could be counted
   */
  async #isClaimed(pool: Pool, claimant: Claimant): Promise<boolean> {
    const { keeps, keepsFor, quotas } = this.#options;
    const { quota } = claimant;
    if (quota === undefined || !isLimited(pool, quota)) return keepsFor(claimant);
    if (!keeps) throw uncountable(pool, quota);
    await quotas.requireRoom(pool, claimant);
    return true;
  }

  /** An address of a block of this node, for whoever comes. */
  async #draw(pool: Pool, node: string, key: string): Promise<Grant | undefined> {
    const { blocks } = this.#options;
    // Addresses that cool down are the last resort: first fresh ones, then a fresh block.
    for (;;) {
      const fresh = this.#takeLeased(pool, node, key, true);
      if (fresh !== undefined) return fresh;
      try {
        if (await blocks.open(node, pool)) continue;
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

  #drawAwaited(pool: Pool, node: string): Grant | undefined {
    const { blocks, claims } = this.#options;
    const prefixes = blocks.of(node, pool.name).map(({ prefix }) => prefix);
    return claims.drawAwaited(pool, prefixes);
  }

  /**
   * An address that stays, or is counted: drawn of a block, and claimed before anybody is told of it. What was claimed already is not drawn again.
   * @param draw undefined: there is none left
   */
  async #keep(
    pool: Pool,
    want: Selection | undefined,
    claimant: Claimant,
    draw: () => Promise<Grant | undefined>,
  ): Promise<Grant | undefined> {
    const { claims, claimed, history } = this.#options;
    const left = claimed.leftOf(pool, claimant);
    if (left !== undefined && want !== undefined && this.#isFree(left, claimant))
      return claimed.grantClaimed(pool, want, claimant, { claim: left, isNew: false });
    const epoch = await history.admit();
    const refused: Grant[] = [];
    try {
      for (;;) {
        const drawn = await draw();
        if (drawn === undefined) return undefined;
        const claim = await claims.claim(pool, drawn, claimant, epoch);
        if (claim !== undefined) return await claimed.grantClaimed(pool, want, claimant, { claim, isNew: true });
        refused.push(drawn);
        if (want === undefined) return undefined;
      }
    } finally {
      for (const grant of refused) await grant.undo();
    }
  }

  #takeLeased(pool: Pool, node: string, key: string, freshOnly: boolean): Grant | undefined {
    const { blocks, clock } = this.#options;
    const now = clock.now();
    for (const leased of blocks.of(node, pool.name)) {
      const space = blocks.spaceOf(leased);
      if (space === undefined || !blocks.isOpen(leased) || (freshOnly && !space.allocator.hasFresh(now))) continue;
      const address = space.allocator.allocate(key, now);
      if (address !== undefined) return this.#grant(space.held(address));
    }
    return undefined;
  }

  async takeExactly(pool: Pool, address: Address, claimant: Claimant): Promise<Grant | undefined> {
    const { node } = claimant;
    const isClaimed = await this.#isClaimed(pool, claimant);
    const { claims } = this.#options;
    if ((await this.#spaceWith(pool, address, node)) === undefined) return undefined;
    const present = claims.claimOf(pool, address);
    if (present !== undefined) return this.#keepPresent(pool, present, claimant);
    if (!isClaimed) return this.#drawExactly(pool, address, claimant);
    // Drawn when it is about to be claimed, and not before: what that waits for may be refused.
    const kept = await this.#keep(
      pool,
      undefined,
      claimant,
      async () => claims.drawAwaited(pool, [hostOf(address)]) ?? this.#drawExactly(pool, address, claimant),
    );
    if (kept === undefined) throw takenBy(address, 'somebody by a claim');
    return kept;
  }

  /** This address of a block of this node. @returns undefined: it is claimed, or its block is gone @throws IpamError address-taken, address-not-allowed */
  #drawExactly(pool: Pool, address: Address, { attachment }: Claimant): Grant | undefined {
    const { blocks, catalog, clock, claims } = this.#options;
    const { leased } = blocks.blockOf(pool, address);
    const space = leased && blocks.spaceOf(leased);
    if (space === undefined || claims.claimOf(pool, address) !== undefined) return undefined;
    const outcome = space.claim(address, attachmentKey(attachment), clock.now());
    if (outcome === 'withheld' && containsAddress(claims.within(pool, hostOf(address)), address))
      throw takenBy(address, 'another attachment, or about to be');
    if (outcome === 'withheld' || outcome === 'outside') throw catalog.withheldError(address, pool);
    if (outcome === 'held') throw takenBy(address, space.ownerOf(address) ?? 'another attachment');
    return this.#grant(space.held(address));
  }

  /** Somebody has it by a claim: an earlier call of the same attachment, or it is taken. @throws IpamError address-taken */
  async #keepPresent(pool: Pool, claim: Stored<Claim>, claimant: Claimant): Promise<Grant> {
    const isOwn = isHeldBy(claim, attachmentKey(claimant.attachment)) && this.#isFree(claim, claimant);
    if (isOwn) return this.#options.claimed.grantClaimed(pool, undefined, claimant, { claim, isNew: false });
    throw addressTaken(claim.spec.address, holderOfClaim(claim, claimant.identity));
  }

  /** A claim that came late may be of an address that somebody has by now. */
  #isFree({ spec }: Claim, { attachment }: Claimant): boolean {
    const { blocks, catalog } = this.#options;
    const pool = catalog.pool(spec.pool);
    const address = parseAddress(spec.address);
    const owner = pool && blocks.blockOf(pool, address).leased?.space?.ownerOf(address);
    return owner === undefined || owner === attachmentKey(attachment);
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
    if (!blocks.isOpen(block)) await blocks.open(node, pool);
    return blocks.spaceOf(block);
  }

  /** The allocator is looked up again at the undo: a change of the pool may have replaced it. */
  #grant(held: HeldAddress): Grant {
    return { held, undo: async () => this.#options.blocks.forget(held) };
  }

  attempt(pool: Pool, node: string): Attempt {
    const { blocks, used, total } = this.#roomOf(node, pool.name);
    const own = blocks === 0 ? 'no block' : `${blocks} blocks, all full`;
    const others = this.#options.blocks.inPool(pool.name).map(({ resource }) => resource.spec.node);
    const reason = `node "${node}" has ${own}, and no block is left to lease${otherHolders(node, others)}`;
    return { pool, used, total, reason };
  }

  fullness(pool: Pool, node: string): number {
    const { blocks } = this.#options;
    if (this.#hasOpen(pool, node)) return 0;
    const leased = blocks.inPool(pool.name).reduce((sum, { prefix }) => sum + prefixSize(prefix), 0n);
    return ratio(leased, prefixSize(pool.subnet));
  }

  #hasOpen(pool: Pool, node: string): boolean {
    const { blocks } = this.#options;
    return blocks.of(node, pool.name).some((leased) => (blocks.spaceOf(leased)?.allocator.free ?? 0n) > 0n);
  }

  shortage(pool: Pool, node: string, outage: () => string): string {
    const { blocks } = this.#options;
    if (this.#hasOpen(pool, node)) return '';
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
    const { used, total } = this.#roomOf(node, pool.name);
    return shouldPrelease(total - used, total, threshold);
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

  usage(pool: Pool, known?: readonly Claim[]): SourceUsage {
    const { blocks, catalog, claims } = this.#options;
    const leased = blocks.inPool(pool.name);
    const { held, parked } = claims.count(pool, known);
    let used = BigInt(held);
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
      parked,
      coolingDown,
    };
  }

  /** Asked after each ADD: a loop, and nothing for the garbage collector. */
  #roomOf(node: string, pool: string): { readonly blocks: number; readonly used: bigint; readonly total: bigint } {
    const { blocks } = this.#options;
    let count = 0;
    let used = 0;
    let total = 0n;
    for (const leased of blocks.of(node, pool)) {
      const allocator = blocks.spaceOf(leased)?.allocator;
      if (allocator === undefined) continue;
      count += 1;
      used += allocator.used;
      total += allocator.usable;
    }
    return { blocks: count, used: BigInt(used), total };
  }

  #spacesOf(node: string, pool: string): readonly AddressSpace[] {
    const { blocks } = this.#options;
    return blocks.of(node, pool).flatMap((leased) => blocks.spaceOf(leased) ?? []);
  }
}

function* freshOf(spaces: readonly AddressSpace[], now: number): Generator<Address> {
  for (const { allocator } of spaces) yield* allocator.upcoming(now);
}

function hostOf(address: Address): Prefix {
  return prefixOf(address, familyBits(address.family));
}

function takenBy(address: Address, holder: string): IpamError {
  return addressTaken(formatAddress(address), { title: `held by ${holder}`, isSibling: false });
}
