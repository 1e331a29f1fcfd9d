import type { Allocation } from '../../ipam/allocation.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import { atDel, type LeftClaim } from '../../ipam/bind/at-del.ts';
import { identityOfClaim, parkedSpec, placeOfClaim } from '../../ipam/bind/kept-claim.ts';
import { isHeldBy, isParked } from '../../ipam/claim/claim-state.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { addressKey } from '../../resources/scope.ts';
import type { Noting } from '../history/history-notes.ts';
import type { KeptFor } from './kept-for.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface KeptReturnsParts {
  readonly shared: SharedClaims;
  readonly clock: Clock;
  /** Who has an address by this daemon's record. @param key as `addressKey` makes it */
  readonly holderOf: (key: string) => Allocation | undefined;
  readonly keptFor: KeptFor;
  readonly notes: Noting;
}

/** How often a claim that others change meanwhile is looked at again. */
const attempts = 4;

/** What becomes of a claim when its container has ended: it is parked for its identity, or deleted, so that its address is free. */
export class KeptReturns {
  readonly #parts: KeptReturnsParts;

  constructor(parts: KeptReturnsParts) {
    this.#parts = parts;
  }

  /**
   * Its container is gone, or its call has failed: the claim is parked, or deleted.
   * @param recorded what its container has, or had until now, on record
   * @returns is its address free, by this call?
   * @throws IpamError store-unavailable, storage-full
   */
  async giveBack(claim: Stored<Claim>, recorded: LeftClaim['recorded']): Promise<boolean> {
    const { shared, keptFor } = this.#parts;
    if (isParked(claim)) return false;
    const place = this.#isOfAnother(claim) ? undefined : placeOfClaim(claim);
    const keeps = place !== undefined && keptFor.keeps(identityOfClaim(claim));
    const claims = keeps && recorded.length === 0 ? await shared.everybodys.keptAt(place) : [];
    if (!keeps || atDel({ claim, recorded, claims }) !== 'park') return shared.release(claim);
    await this.park(claim);
    return false;
  }

  /**
   * Has another container of this node the address, of a block? Then this claim was made by a call that was carried out so late that the
   * block's lessee had given the address away by then, and no runtime was told of it.
   */
  #isOfAnother({ spec }: Stored<Claim>): boolean {
    const holder = this.#parts.holderOf(addressKey(spec));
    if (holder === undefined || attachmentKey(holder.attachment) === attachmentKey(spec)) return false;
    return holder.addresses.some(({ address, block }) => block !== undefined && address === spec.address);
  }

  /** Keeps the claim for its identity. @throws IpamError store-unavailable, storage-full; then it may be parked or not */
  async park(claim: Stored<Claim>): Promise<void> {
    const { shared, clock, notes } = this.#parts;
    let present: Stored<Claim> | undefined = claim;
    for (let attempt = 0; attempt < attempts && present !== undefined; attempt += 1) {
      const parked = await shared.change(present, parkedSpec(present.spec, clock.now()));
      if (parked !== undefined) return notes.noteClaim('parked', parked);
      present = await shared.look(present);
      // Another container has taken it over, or another daemon or the controller has parked it.
      if (present !== undefined && !isHeldBy(present, attachmentKey(claim.spec))) return;
    }
  }
}
