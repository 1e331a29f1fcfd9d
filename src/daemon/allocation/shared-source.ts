import { type Address, parseAddress } from '../../ip/address.ts';
import type { Allocation, CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey } from '../../ipam/attachment.ts';
import type { AddressSource, Grant, Secured, SourceUsage, Upcoming } from '../../ipam/claim/address-source.ts';
import { isHeldBy, isMigratedFrom, isParked } from '../../ipam/claim/claim-state.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import type { Attempt } from '../../ipam/claim/exhausted.ts';
import { holderOfClaim } from '../../ipam/claim/holder.ts';
import { addressTaken } from '../../ipam/claim/refused-address.ts';
import { ratio } from '../../ipam/figures.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Claim } from '../../resources/claim.ts';
import type { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Catalog } from '../view/catalog.ts';
import type { FixedAddresses } from './fixed-addresses.ts';
import type { Taken } from './kept-taking.ts';
import type { PoolFence } from './pool-fence.ts';
import type { QuotaGuard } from './quota-guard.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface SharedSourceOptions {
  readonly shared: SharedClaims;
  /** What stays with whom it is for. */
  readonly fixed: FixedAddresses;
  readonly quotas: QuotaGuard;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked before a claim is used; absent: nobody else disables pools. */
  readonly fence?: PoolFence | undefined;
  /** Is an address on this daemon's record as this attachment's? */
  readonly holds: (attachment: Attachment, claimed: Pick<HeldAddress, 'address' | 'pool'>) => boolean;
}

/** Addresses of shared pools: each a claim in the store. */
export class SharedSource implements AddressSource {
  readonly #options: SharedSourceOptions;

  constructor(options: SharedSourceOptions) {
    this.#options = options;
  }

  async take(pool: Pool, want: Selection, claimant: Claimant): Promise<Grant | undefined> {
    const { shared, quotas } = this.#options;
    await quotas.requireRoom(pool, claimant);
    const claimed = await shared.claimAny(pool, claimant);
    return claimed === undefined ? undefined : this.grantClaimed(pool, want, claimant, claimed);
  }

  /**
   * An address that was claimed for whoever asks, unless another was kept for it all the same.
   * @param want absent: exactly this is asked for
   * @throws IpamError as `take`; then the claim is given up
   */
  async grantClaimed(
    pool: Pool,
    want: Selection | undefined,
    claimant: Claimant,
    { claim, isNew }: { readonly claim: Stored<Claim>; readonly isNew: boolean },
  ): Promise<Grant> {
    const { shared, fixed } = this.#options;
    const undo = (): Promise<unknown> => (isNew ? shared.release(claim) : this.#leave(claim));
    let kept: Taken | undefined;
    try {
      kept = want === undefined ? undefined : await fixed.takeInstead(claim, want, claimant);
    } catch (error) {
      await undo();
      throw error;
    }
    if (kept === undefined) return this.#grantCounted(pool, claim, claimant, undo);
    await undo();
    return this.grantKept(kept);
  }

  /** What an earlier call of the attachment claimed of a pool, or took over, without an answer. */
  leftOf(pool: Pool, { attachment }: Claimant): Stored<Claim> | undefined {
    return this.#options.shared.claimsOf(attachment).find(({ spec }) => spec.pool === pool.name);
  }

  /** What an earlier call of the attachment left without an answer may have been taken over by it: it stays with whom it is for. */
  #leave(claim: Stored<Claim>): Promise<unknown> {
    return this.#options.fixed.giveBack(claim, []);
  }

  async takeExactly(pool: Pool, address: Address, claimant: Claimant): Promise<Grant | undefined> {
    const { shared, catalog, clock, quotas } = this.#options;
    await quotas.requireRoom(pool, claimant);
    const space = shared.spaceOf(pool);
    const key = attachmentKey(claimant.attachment);
    const held = space.held(address);
    let outcome = space.claim(address, key, clock.now());
    if (outcome === 'held' && (await this.#releaseFormer(held, claimant, pool)))
      outcome = space.claim(address, key, clock.now());
    if (outcome === 'withheld' || outcome === 'outside') throw catalog.withheldError(address, pool);
    if (outcome === 'held') {
      const left = shared.claimOf(held);
      const isMine = left?.spec.pool === pool.name && space.ownerOf(address) === key;
      if (isMine) return this.#grantCounted(pool, left, claimant, () => this.#leave(left));
      throw takenBy(held.address, left, claimant, space.ownerOf(address) ?? 'another attachment');
    }
    const claim = await shared.claimMarked(pool, address, claimant);
    if (claim !== undefined) return this.#grantCounted(pool, claim, claimant, () => shared.release(claim));
    throw takenBy(held.address, await shared.ask(held), claimant, 'another node');
  }

  /** @throws IpamError as `takeExactly`; then the claim is given up */
  async #grantCounted(
    pool: Pool,
    claim: Stored<Claim>,
    claimant: Claimant,
    undo: () => Promise<unknown>,
  ): Promise<Grant> {
    try {
      await this.#options.quotas.requireWithin(pool, claim, claimant);
    } catch (error) {
      await undo();
      throw error;
    }
    return this.#grant(pool, claim, undo);
  }

  /** What an ADD without an answer claimed of a pool that the network's ranges were then. @returns true: it is free again */
  async #releaseFormer(held: HeldAddress, { attachment }: Claimant, pool: Pool): Promise<boolean> {
    const { shared } = this.#options;
    const left = shared.claimOf(held);
    if (left === undefined || left.spec.pool === pool.name) return false;
    if (attachmentKey(left.spec) !== attachmentKey(attachment)) return false;
    await shared.release(left);
    return true;
  }

  /** Of a claim that stays with whoever asks, and was taken over. @throws IpamError as `take` */
  async grantKept({ pool, claim, former }: Taken): Promise<Grant> {
    const grant = await this.#grant(pool, claim, () => this.#options.fixed.park(claim));
    return { ...grant, keptOn: former?.spec.node };
  }

  /** @throws IpamError not-ready: the pool was disabled meanwhile; store-unavailable */
  async #grant(pool: Pool, claim: Stored<Claim>, undo: () => Promise<unknown>): Promise<Grant> {
    const { shared, fence } = this.#options;
    try {
      await fence?.pass(pool.name);
    } catch (error) {
      await undo();
      throw error;
    }
    return { held: shared.heldByClaim(pool, parseAddress(claim.spec.address)), undo };
  }

  attempt(pool: Pool): Attempt {
    const { shared } = this.#options;
    const { usable, used } = shared.spaceOf(pool).allocator;
    // What others have is not counted here: it has just been found that it is all the rest.
    return {
      pool,
      used: shared.everybodys.areAsked ? usable : BigInt(used),
      total: usable,
      reason: 'every address is taken',
    };
  }

  fullness(pool: Pool): number {
    const { usable, used } = this.#options.shared.spaceOf(pool).allocator;
    return ratio(BigInt(used), usable);
  }

  shortage(pool: Pool, _node: string, outage: () => string): string {
    const away = outage();
    if (away !== '') return `${away}, and no block leased by this node has a free address`;
    return this.#options.shared.spaceOf(pool).allocator.free > 0n ? '' : 'every address is taken';
  }

  upcoming(pool: Pool): Upcoming {
    const { shared, clock } = this.#options;
    if (shared.everybodys.searches.isInOrder) {
      return { addresses: shared.spaceOf(pool).allocator.upcoming(clock.now()), afterwards: '' };
    }
    return {
      addresses: [],
      afterwards: 'any of these: each daemon begins its search somewhere else, so that they seldom meet',
    };
  }

  /** Nothing of a shared pool is a node's before it is claimed. */
  isLow(): boolean {
    return false;
  }

  async prepare(): Promise<undefined> {}

  release(attachment: Attachment, held: HeldAddress): void {
    this.#options.shared.releaseUnclaimed(attachment, held);
  }

  restoreCooldowns(cooling: readonly CoolingAddress[]): void {
    const { shared, catalog } = this.#options;
    for (const { pool: name } of cooling) {
      const pool = catalog.pool(name);
      if (pool !== undefined && pool.blockSize === undefined) shared.spaceOf(pool);
    }
    // Once all are laid out: what cools down of one pool may be an address of another, that lies over it.
    for (const one of cooling) shared.coolDown(one);
  }

  isInPlace(key: string, held: HeldAddress): boolean {
    const claim = this.#options.shared.claimOf(held);
    // A virtual machine that moves has it beside the claim's holder.
    return claim !== undefined && (isHeldBy(claim, key) || (!isParked(claim) && isMigratedFrom(claim, key)));
  }

  hold(key: string, held: HeldAddress): void {
    const pool = this.#options.catalog.pool(held.pool);
    if (pool !== undefined) this.#options.shared.adopt(pool, held, key);
  }

  async secure(allocation: Allocation, held: HeldAddress): Promise<Secured> {
    const { shared, fixed, catalog, log, holds } = this.#options;
    const pool = catalog.pool(held.pool);
    const left = await shared.present(held);
    // Parked by another hand, which took this node for lost, or by a store that went back.
    if (left !== undefined && pool !== undefined && (await fixed.takeBack(allocation, pool, left)))
      return { isSecured: true };
    // Of a container that is gone: a store that went back shows again what was released.
    if (left !== undefined && shared.isOwn(left) && !holds(left.spec, held)) await shared.release(left);
    const present = await shared.present(held);
    if (present !== undefined && isHeldBy(present, attachmentKey(allocation.attachment))) return { isSecured: true };
    // Looked at again: the target may give it back, and this is its source.
    if (present !== undefined && isMigratedFrom(present, attachmentKey(allocation.attachment)))
      return { isSecured: false };
    if (pool === undefined) return { isSecured: false, reason: 'its pool is gone' };
    if (present !== undefined) return { isSecured: false, reason: `node "${present.spec.node}" claims it` };
    this.hold(attachmentKey(allocation.attachment), held);
    const claim = await shared.reclaim(pool, parseAddress(held.address), claimantOf(allocation));
    log.warn({ address: held.address, claimed: claim !== undefined }, 'a claim on record was gone; claiming it again');
    // Refused: who has it, the watch will tell.
    return { isSecured: claim !== undefined };
  }

  takeLost(): readonly string[] {
    return this.#options.shared.takeLost();
  }

  usage(pool: Pool, claims?: readonly Claim[]): SourceUsage {
    const { shared } = this.#options;
    const { usable: total, used, coolingDown } = shared.spaceOf(pool).allocator;
    const told = { blocks: 0, total, coolingDown };
    if (claims !== undefined) return { ...told, used: BigInt(claims.length), parked: claims.filter(isParked).length };
    return { ...told, used: BigInt(used), parked: shared.parkedIn(pool.name) };
  }
}

/** @param otherwise who it is, where no claim tells */
function takenBy(address: string, claim: Claim | undefined, { identity }: Claimant, otherwise: string): IpamError {
  const holder = claim === undefined ? undefined : holderOfClaim(claim, identity);
  return addressTaken(address, holder ?? { title: `held by ${otherwise}`, isSibling: false });
}

function claimantOf({ attachment, node, pod, identity }: Allocation): Claimant {
  return {
    attachment,
    node,
    ...(pod === undefined ? {} : { pod }),
    ...(identity === undefined ? {} : { identity }),
  };
}
