import type { Allocation, HeldAddress } from '../../ipam/allocation.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import { isIpamError } from '../../resources/errors.ts';
import { addressKey } from '../../resources/scope.ts';
import type { Log } from '../../telemetry/log.ts';
import type { AddressSources } from '../allocation/address-sources.ts';
import type { NodeIpam } from '../allocation/node-ipam.ts';
import type { RangePools } from '../allocation/range-pools.ts';

export interface RecordKeeperParts {
  readonly ipam: NodeIpam;
  readonly sources: AddressSources;
  readonly ranges: RangePools;
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
  readonly #parts: RecordKeeperParts;
  /** Addresses on record that were not where the record says, when last looked at; by `addressKey`. */
  readonly #loose = new Set<string>();
  /** Those of them that were reported. */
  readonly #reported = new Set<string>();

  constructor(parts: RecordKeeperParts) {
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
    this.#parts.sources.ofHeld(held).hold(key, held);
    return false;
  }

  /** Secures what was found loose; what fails is tried again by the next call. */
  async round(): Promise<void> {
    const { sources, ipam, isSettling } = this.#parts;
    if (isSettling()) this.lookAtAll();
    for (const key of sources.all.flatMap((source) => source.takeLost())) this.#loose.add(key);
    for (const key of [...this.#loose]) {
      const allocation = ipam.ledger.holderOf(key);
      // An ADD under way has it, and its record is still to come; or a DEL was faster.
      if (allocation === undefined) this.#settled(key);
      else await ipam.inTurn(allocation.attachment, () => this.#secure(key));
    }
  }

  /** At each record, also one that was made while the store forgot what stands behind it: the next round secures it. */
  lookAtAll(): void {
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
      const { ranges, sources } = this.#parts;
      if (ranges.isForgotten(held.pool)) await ranges.makeAgain(held.pool);
      const key = attachmentKey(allocation.attachment);
      if (this.#isInPlace(key, held)) return true;
      const { isSecured, reason } = await sources.ofHeld(held).secure(allocation, held);
      if (reason !== undefined) this.#report(held, reason);
      return isSecured;
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#parts.log.warn(
        { err: error, address: held.address },
        'an address on record is not secured in the store yet',
      );
      return false;
    }
  }

  #isInPlace(key: string, held: HeldAddress): boolean {
    const { ranges, sources } = this.#parts;
    return !ranges.isForgotten(held.pool) && sources.ofHeld(held).isInPlace(key, held);
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
