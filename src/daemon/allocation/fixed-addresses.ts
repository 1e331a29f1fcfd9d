import type { Allocation } from '../../ipam/allocation.ts';
import type { Attachment } from '../../ipam/attachment.ts';
import type { LeftClaim } from '../../ipam/bind/at-del.ts';
import type { Identity } from '../../ipam/bind/identity.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import type { ReleaseCause } from '../../ipam/reclaim/release-cause.ts';
import type { RequestedAddress } from '../../ipam/requested-address.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Log } from '../../telemetry/log.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { Noting } from '../history/history-notes.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import { FormerContainers } from './former-containers.ts';
import { freeKeptTooLong } from './free-kept-too-long.ts';
import { KeptFor } from './kept-for.ts';
import { KeptReturns } from './kept-returns.ts';
import { KeptTaking, type Taken } from './kept-taking.ts';
import { LeftBehind } from './left-behind.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface FixedAddressesParts {
  /** This daemon's name. */
  readonly daemon: string;
  readonly shared: SharedClaims;
  readonly history: StoreHistory;
  readonly clock: Clock;
  readonly log: Log;
  readonly notes: Noting;
  /** Who has an address by this daemon's record. @param key as `addressKey` makes it */
  readonly holderOf: (key: string) => Allocation | undefined;
  readonly options: Pick<DaemonOptions, 'enableStatefulSet' | 'enableKubevirtStaticIP' | 'hasNetns' | 'onReleased'>;
  readonly release: (attachment: Attachment, cause: ReleaseCause) => Promise<unknown>;
}

/**
 * Fixed addresses: what a StatefulSet's Pod, a virtual machine or a named identity keeps when its container ends. Carries out what
 * `ipam/bind` decides. At the DEL the claim is parked; the next ADD of the same identity, on whichever node, takes it over. Each is one
 * write to the store.
 */
export class FixedAddresses {
  readonly #parts: FixedAddressesParts;
  readonly #keptFor: KeptFor;
  readonly #leftBehind: LeftBehind;
  readonly #returns: KeptReturns;
  readonly #taking: KeptTaking;

  constructor(parts: FixedAddressesParts) {
    this.#parts = parts;
    this.#keptFor = new KeptFor(parts);
    this.#leftBehind = new LeftBehind(parts);
    this.#returns = new KeptReturns({ ...parts, keptFor: this.#keptFor });
    this.#taking = new KeptTaking({
      ...parts,
      keptFor: this.#keptFor,
      formers: new FormerContainers(parts),
      leftBehind: this.#leftBehind,
      returns: this.#returns,
    });
  }

  /** As `KeptFor.keepsFor`. */
  keepsFor(claimant: Claimant): boolean {
    return this.#keptFor.keepsFor(claimant);
  }

  /** May anything be kept for whoever asks? Costs nothing; for what is not, nobody need wait. */
  mayKeepFor(claimant: Claimant): boolean {
    return this.#keptFor.askerWithKept(claimant) !== undefined;
  }

  /** As `KeptTaking.take`. */
  take(want: Selection, claimant: Claimant, isAskedAgain: boolean): Promise<Taken | undefined> {
    return this.#taking.take(want, claimant, isAskedAgain);
  }

  /** As `KeptTaking.takeInstead`. */
  takeInstead(claim: Stored<Claim>, want: Selection, claimant: Claimant): Promise<Taken | undefined> {
    return this.#taking.takeInstead(claim, want, claimant);
  }

  /** As `KeptTaking.takeBack`. */
  takeBack(allocation: Allocation, pool: Pool, claim: Stored<Claim>): Promise<boolean> {
    return this.#taking.takeBack(allocation, pool, claim);
  }

  /** As `KeptReturns.giveBack`. */
  giveBack(claim: Stored<Claim>, recorded: LeftClaim['recorded']): Promise<boolean> {
    return this.#returns.giveBack(claim, recorded);
  }

  /** As `KeptReturns.park`. */
  park(claim: Stored<Claim>): Promise<void> {
    return this.#returns.park(claim);
  }

  /** After an ADD is on record: what was kept for it, and its pools of now do not have, is let go. What cannot be is left parked. */
  async leaveBehind(claimant: Claimant, requested: readonly RequestedAddress[]): Promise<void> {
    const asker = this.#keptFor.askerWithKept(claimant);
    if (asker !== undefined) await this.#leftBehind.letGo(asker, requested);
  }

  /** As `freeKeptTooLong`. */
  freeOver(isTold: (identity: Identity) => boolean): Promise<readonly string[]> {
    return freeKeptTooLong(isTold, this.#parts);
  }
}
