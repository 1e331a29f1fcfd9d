import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import type { Allocation, HeldAddress } from '../../ipam/allocation.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import { isParked } from '../../ipam/bind/kept-claim.ts';
import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import { addressKey } from '../../resources/scope.ts';
import type { Log } from '../../telemetry/log.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { FixedAddresses } from '../allocation/fixed-addresses.ts';
import type { NodeIpam } from '../allocation/node-ipam.ts';
import type { RangePools } from '../allocation/range-pools.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { Catalog } from '../view/catalog.ts';

export interface HoldingsParts {
  readonly ipam: NodeIpam;
  readonly catalog: Catalog;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly fixed: FixedAddresses;
  readonly ranges: RangePools;
  readonly clock: Clock;
  readonly log: Log;
  /** Has the store gone back, and may have forgotten anything? Then every record is looked at. */
  readonly isSettling: () => boolean;
}

/**
 * Sees that the store knows of every address on record: by the block that it is of, or by a claim. What the store lost,
 * or somebody took away while this daemon was not there, is taken again; what somebody else has by now stays held, is
 * reported, and shown by `check`.
 */
export class RecordKeeper {
  readonly #parts: HoldingsParts;
  /** Addresses on record that were not where the record says, when last looked at; by `addressKey`. */
  readonly #loose = new Set<string>();
  /** Those of them that were reported. */
  readonly #reported = new Set<string>();

  constructor(parts: HoldingsParts) {
    this.#parts = parts;
  }

  /** How many addresses on record somebody else has, or may have. */
  get lost(): number {
    return this.#reported.size;
  }

  /** Puts an address of the record where it was. @returns false: it is to be secured */
  place({ attachment }: Allocation, held: HeldAddress): boolean {
    const key = attachmentKey(attachment);
    if (this.#isInPlace(key, held)) return true;
    this.#loose.add(addressKey(held));
    if (held.block === undefined) this.#mark(key, held);
    else this.#parts.blocks.unbacked.add(held.block, held.address, key);
    return false;
  }

  /** Secures what was found loose; what fails is tried again by the next call. */
  async round(): Promise<void> {
    const { blocks, shared, ipam, isSettling } = this.#parts;
    if (isSettling()) this.#lookAtAll();
    for (const key of [...blocks.unbacked.all(), ...shared.takeLost()]) this.#loose.add(key);
    for (const key of [...this.#loose]) {
      const allocation = ipam.ledger.holderOf(key);
      // An ADD under way has it, and its record is still to come; or a DEL was faster.
      if (allocation === undefined) this.#settled(key);
      else await ipam.inTurn(allocation.attachment, () => this.#secure(key));
    }
  }

  /** Also a record that was made while the store forgot what stands behind it. */
  #lookAtAll(): void {
    for (const { attachment, addresses } of this.#parts.ipam.ledger.all()) {
      const key = attachmentKey(attachment);
      for (const held of addresses) if (!this.#isInPlace(key, held)) this.#loose.add(addressKey(held));
    }
  }

  async #secure(key: string): Promise<void> {
    const allocation = this.#parts.ipam.ledger.holderOf(key);
    const held = allocation?.addresses.find((one) => addressKey(one) === key);
    if (allocation === undefined || held === undefined) return this.#settled(key);
    if (await this.takeBack(allocation, held)) this.#settled(key);
  }

  /** @returns true when the address is where the record says */
  async takeBack(allocation: Allocation, held: HeldAddress): Promise<boolean> {
    try {
      const { ranges } = this.#parts;
      if (ranges.isForgotten(held.pool)) await ranges.makeAgain(held.pool);
      const key = attachmentKey(allocation.attachment);
      if (this.#isInPlace(key, held)) return true;
      return held.block === undefined
        ? await this.#takeBackClaim(allocation, held)
        : await this.#takeBackFromBlock(allocation, held, held.block);
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#parts.log.warn(
        { err: error, address: held.address },
        'an address on record is not secured in the store yet',
      );
      return false;
    }
  }

  async #takeBackFromBlock({ node, attachment }: Allocation, held: HeldAddress, block: string): Promise<boolean> {
    const { blocks, catalog, clock, log } = this.#parts;
    const pool = catalog.pool(held.pool);
    if (pool !== undefined && blocks.find(block) === undefined) {
      const leased = await blocks.retake(node, pool, parsePrefix(block));
      log.warn(
        { block, node, leased: leased !== undefined },
        'a block on record was not leased any more; leasing it again',
      );
    }
    const space = blocks.spaceOfHeld(held);
    if (space?.adopt(parseAddress(held.address), attachmentKey(attachment), clock.now())) return true;
    this.#report(held, space === undefined ? this.#blockReason(block) : 'another attachment has it');
    return false;
  }

  #blockReason(block: string): string {
    const leased = this.#parts.blocks.find(block);
    return leased === undefined ? 'nobody leases its block' : `node "${leased.resource.spec.node}" leases its block`;
  }

  async #takeBackClaim(allocation: Allocation, held: HeldAddress): Promise<boolean> {
    const { shared, fixed, catalog, log, ipam } = this.#parts;
    const { node, attachment, pod } = allocation;
    const pool = catalog.pool(held.pool);
    const left = shared.claimOf(held);
    // Parked by another hand, which took this node for lost, or by a store that went back.
    if (left !== undefined && pool !== undefined && (await fixed.takeBack(allocation, pool, left))) return true;
    // Of a container that is gone: a store that went back shows again what was released.
    if (left !== undefined && shared.isOwn(left) && !ipam.ledger.holds(left.spec, held)) await shared.release(left);
    const present = shared.claimOf(held);
    if (present !== undefined || pool === undefined) {
      this.#report(held, pool === undefined ? 'its pool is gone' : `node "${present?.spec.node}" claims it`);
      return false;
    }
    this.#mark(attachmentKey(attachment), held);
    const { identity } = allocation;
    const claimant = {
      attachment,
      node,
      ...(pod === undefined ? {} : { pod }),
      ...(identity === undefined ? {} : { identity }),
    };
    const claim = await shared.reclaim(pool, parseAddress(held.address), claimant);
    log.warn({ address: held.address, claimed: claim !== undefined }, 'a claim on record was gone; claiming it again');
    // Refused: who has it, the watch will tell.
    return claim !== undefined;
  }

  #isInPlace(key: string, held: HeldAddress): boolean {
    const { blocks, shared, ranges, clock } = this.#parts;
    if (held.block === undefined) {
      if (ranges.isForgotten(held.pool)) return false;
      const claim = shared.claimOf(held);
      return claim !== undefined && !isParked(claim) && attachmentKey(claim.spec) === key;
    }
    const space = blocks.find(held.block) === undefined ? undefined : blocks.spaceOfHeld(held);
    return space?.adopt(parseAddress(held.address), key, clock.now()) ?? false;
  }

  #mark(key: string, held: HeldAddress): void {
    const { shared, catalog, clock } = this.#parts;
    const pool = catalog.pool(held.pool);
    if (pool?.blockSize === undefined && pool !== undefined)
      shared.spaceOf(pool).adopt(parseAddress(held.address), key, clock.now());
  }

  #report(held: HeldAddress, reason: string): void {
    const { address, block, pool } = held;
    if (this.#reported.has(addressKey(held))) return;
    this.#reported.add(addressKey(held));
    this.#parts.log.error(
      { address, block, pool, reason },
      'an address on record is not this node’s any more: delete the Pod that holds it; ipam-cli check shows it',
    );
  }

  #settled(key: string): void {
    this.#loose.delete(key);
    this.#reported.delete(key);
  }
}
