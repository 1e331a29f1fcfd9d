import { formatAddress, parseAddress } from '../../ip/address.ts';
import { formatPrefix } from '../../ip/prefix.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { type Attempt, addressTaken, addressWithheld, poolsExhausted } from '../../ipam/claim/exhausted.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Catalog } from '../view/catalog.ts';
import type { BlockLeases } from './block-leases.ts';
import type { FixedAddresses, Taken } from './fixed-addresses.ts';
import type { PoolFence } from './pool-fence.ts';
import type { SharedClaims } from './shared-claims.ts';

/** A message that names more nodes is not read. */
const shownNodes = 5;

/** One address taken but not yet on record, and how to give it up as if it had never been taken. */
export interface Grant {
  readonly held: HeldAddress;
  undo(): Promise<void>;
}

export interface GrantorOptions {
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  /** What stays with whom it is for, asked first. */
  readonly fixed: FixedAddresses;
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** Asked before a claim is used; absent: nobody else disables pools. */
  readonly fence?: PoolFence | undefined;
}

/** Takes one address for one want: from leased blocks in memory, or by a claim through the store. */
export class Grantor {
  readonly #blocks: BlockLeases;
  readonly #shared: SharedClaims;
  readonly #fixed: FixedAddresses;
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #fence: PoolFence | undefined;

  constructor({ blocks, shared, fixed, catalog, clock, fence }: GrantorOptions) {
    this.#blocks = blocks;
    this.#shared = shared;
    this.#fixed = fixed;
    this.#catalog = catalog;
    this.#clock = clock;
    this.#fence = fence;
  }

  /** @throws IpamError pool-exhausted, address-taken, address-not-allowed, not-ready, store-unavailable, storage-full */
  async grant(want: Selection, claimant: Claimant): Promise<Grant> {
    const kept = await this.#fixed.take(want, claimant);
    if (kept !== undefined) return this.#keptGrant(kept);
    if (want.requested !== undefined) return this.#grantRequested({ ...want, requested: want.requested }, claimant);
    const attempts: Attempt[] = [];
    for (const pool of want.candidates) {
      const grant =
        pool.blockSize === undefined
          ? await this.#fromShared(pool, want, claimant)
          : await this.#fromBlocks(pool, claimant);
      if (grant !== undefined) return grant;
      attempts.push(this.#attempt(pool, claimant.node));
    }
    throw poolsExhausted(want, attempts);
  }

  async #fromBlocks(pool: Pool, claimant: Claimant): Promise<Grant | undefined> {
    const { node } = claimant;
    const key = attachmentKey(claimant.attachment);
    // Addresses that cool down are the last resort: first fresh ones, then a fresh block.
    for (;;) {
      const fresh = this.#fromLeased(pool, node, key, true);
      if (fresh !== undefined) return fresh;
      try {
        const leased = await this.#blocks.lease(node, pool);
        if (leased === undefined || this.#blocks.spaceOf(leased) === undefined) break;
      } catch (error) {
        // That may have taken many seconds to be heard, and cool-downs have ended meanwhile.
        const cooled = this.#fromLeased(pool, node, key, true);
        if (cooled !== undefined) return cooled;
        throw error;
      }
    }
    return this.#fromLeased(pool, node, key, false);
  }

  #fromLeased(pool: Pool, node: string, key: string, freshOnly: boolean): Grant | undefined {
    const now = this.#clock.now();
    for (const leased of this.#blocks.of(node, pool.name)) {
      const space = this.#blocks.spaceOf(leased);
      if (space === undefined || (freshOnly && !space.allocator.hasFresh(now))) continue;
      const address = space.allocator.allocate(key, now);
      if (address !== undefined) return this.#blockGrant(space.held(address));
    }
    return undefined;
  }

  async #fromShared(pool: Pool, want: Selection, claimant: Claimant): Promise<Grant | undefined> {
    const claim = await this.#shared.claimAny(pool, claimant);
    if (claim === undefined) return undefined;
    try {
      const kept = await this.#fixed.takeInstead(claim, want, claimant);
      if (kept === undefined) return this.#sharedGrant(pool, claim);
      await this.#shared.release(claim);
      return this.#keptGrant(kept);
    } catch (error) {
      await this.#shared.release(claim);
      throw error;
    }
  }

  #keptGrant({ pool, claim }: Taken): Promise<Grant> {
    return this.#sharedGrant(pool, claim, () => this.#fixed.park(claim));
  }

  async #grantRequested(
    want: Selection & { requested: NonNullable<Selection['requested']> },
    claimant: Claimant,
  ): Promise<Grant> {
    const attempts: Attempt[] = [];
    for (const pool of want.candidates) {
      const space = await this.#spaceOfRequested(pool, want.requested, claimant.node);
      if (typeof space === 'string') throw addressTaken(formatAddress(want.requested), space);
      if (space === undefined) {
        attempts.push(this.#attempt(pool, claimant.node));
        continue;
      }
      const key = attachmentKey(claimant.attachment);
      const held = space.held(want.requested);
      let outcome = space.allocator.claim(want.requested, key, this.#clock.now());
      if (outcome === 'held' && (await this.#releaseFormer(held, claimant, pool)))
        outcome = space.allocator.claim(want.requested, key, this.#clock.now());
      if (outcome === 'withheld' || outcome === 'outside')
        throw addressWithheld(want, pool, this.#catalog.quarantineOf(want.requested));
      if (outcome === 'held') {
        const left = this.#shared.claimOf(held);
        const mine = left?.spec.pool === pool.name && space.allocator.ownerOf(want.requested) === key;
        if (mine) return this.#sharedGrant(pool, left);
        throw addressTaken(held.address, space.allocator.ownerOf(want.requested) ?? 'another attachment');
      }
      if (space.block !== undefined) return this.#blockGrant(held);
      const claim = await this.#shared.claimMarked(pool, want.requested, claimant);
      if (claim === undefined) throw addressTaken(held.address, 'another node');
      return this.#sharedGrant(pool, claim);
    }
    throw poolsExhausted(want, attempts);
  }

  /** What an ADD without an answer claimed of a pool that the network's ranges were then. @returns true: it is free again */
  async #releaseFormer(held: HeldAddress, { attachment }: Claimant, pool: Pool): Promise<boolean> {
    const left = this.#shared.claimOf(held);
    if (left === undefined || left.spec.pool === pool.name) return false;
    if (attachmentKey(left.spec) !== attachmentKey(attachment)) return false;
    await this.#shared.release(left);
    return true;
  }

  /** The allocator that could give this address; a text says which node has its block. */
  async #spaceOfRequested(
    pool: Pool,
    address: NonNullable<Selection['requested']>,
    node: string,
  ): Promise<AddressSpace | string | undefined> {
    if (pool.blockSize === undefined) return this.#shared.spaceOf(pool);
    const { prefix, leased } = this.#blocks.blockOf(pool, address);
    const block = leased ?? (await this.#blocks.leaseExactly(node, pool, prefix));
    const owner = block?.resource.spec.node ?? 'another node';
    if (block === undefined || owner !== node || !this.#blocks.isOwn(block))
      return `node "${owner}", which leases block ${formatPrefix(prefix)}`;
    return this.#blocks.spaceOf(block);
  }

  /** @throws IpamError not-ready: the pool was disabled meanwhile; store-unavailable */
  async #sharedGrant(
    pool: Pool,
    claim: Stored<Claim>,
    undo: () => Promise<void> = () => this.#shared.release(claim),
  ): Promise<Grant> {
    try {
      await this.#fence?.pass(pool.name);
    } catch (error) {
      await undo();
      throw error;
    }
    const held = this.#shared.spaceOf(pool).held(parseAddress(claim.spec.address));
    return { held, undo };
  }

  #attempt(pool: Pool, node: string): Attempt {
    if (pool.blockSize === undefined) {
      const { usable, used } = this.#shared.spaceOf(pool).allocator;
      return { pool, used: BigInt(used), total: usable, reason: 'every address is taken' };
    }
    const spaces = this.#blocks.of(node, pool.name).flatMap((leased) => this.#blocks.spaceOf(leased) ?? []);
    const used = spaces.reduce((sum, { allocator }) => sum + BigInt(allocator.used), 0n);
    const total = spaces.reduce((sum, { allocator }) => sum + allocator.usable, 0n);
    const own = spaces.length === 0 ? 'no block' : `${spaces.length} blocks, all full`;
    const reason = `node "${node}" has ${own}, and no block is left to lease${this.#others(pool, node)}`;
    return { pool, used, total, reason };
  }

  /** Which other nodes have the pool's blocks, those with the most first. */
  #others(pool: Pool, node: string): string {
    const counts = new Map<string, number>();
    for (const { resource } of this.#blocks.all()) {
      const { spec } = resource;
      if (spec.pool === pool.name && spec.node !== node) counts.set(spec.node, (counts.get(spec.node) ?? 0) + 1);
    }
    if (counts.size === 0) return '';
    const nodes = [...counts].toSorted((a, b) => b[1] - a[1]).map(([name, count]) => `node "${name}" has ${count}`);
    const shown = nodes.slice(0, shownNodes).join(', ');
    const more = nodes.length > shownNodes ? ` and ${nodes.length - shownNodes} other nodes have the rest` : '';
    return `: ${shown}${more} (ipam-cli forget NODE takes them from one that will never come back, or has another name by now)`;
  }

  /** The allocator is looked up again at the undo: a change of the pool may have replaced it. */
  #blockGrant(held: HeldAddress): Grant {
    return { held, undo: async () => this.#blocks.forget(held) };
  }
}
