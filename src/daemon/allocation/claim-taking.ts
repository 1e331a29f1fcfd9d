import { type Address, formatAddress } from '../../ip/address.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey } from '../../ipam/attachment.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import { type Claimant, claimFor } from '../../ipam/claim/claimant.ts';
import type { Claim } from '../../resources/claim.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { addressKey } from '../../resources/scope.ts';
import type { EverybodysClaims } from './everybodys-claims.ts';
import type { SourceOptions } from './source-options.ts';

export interface ClaimTakingOptions extends Pick<SourceOptions, 'daemon' | 'store' | 'history'> {
  /** Who has an address by this daemon's record. @param key as `addressKey` makes it */
  readonly holderOf: (key: string) => Attachment | undefined;
  /** Told that a call about a claim was not answered: it may have been carried out. */
  readonly onUncertain?: () => void;
}

/** What is known of claims, and what becomes of one that was made. */
export interface ClaimsToTake {
  readonly everybodys: EverybodysClaims;
  claimsOf(attachment: Attachment): readonly Stored<Claim>[];
  claimOf(held: Pick<HeldAddress, 'address' | 'pool'>): Stored<Claim> | undefined;
  spaceOf(pool: Pool): AddressSpace;
  labelled(claim: Claim): Claim;
  /** The store has made it. @returns as it is now; undefined: it has been ended meanwhile */
  created(claim: Stored<Claim>): Stored<Claim> | undefined;
  /** Takes back the mark of an attempt; a claim that became known meanwhile marks it again. */
  unmark(pool: Pool, address: Address): void;
  release(claim: Stored<Claim>): Promise<unknown>;
}

/** Takes addresses of shared pools: the create of a claim decides who has one. */
export class ClaimTaking {
  readonly #options: ClaimTakingOptions;
  readonly #claims: ClaimsToTake;

  constructor(options: ClaimTakingOptions, claims: ClaimsToTake) {
    this.#options = options;
    this.#claims = claims;
  }

  /**
   * Takes one free address of the pool: picks one, creates its claim, and picks again when another node was
   * faster. Every round learns of one taken address, so a full pool ends it.
   * @returns undefined when none is free; not new is what an earlier call of the attachment claimed, or took over, without an answer
   */
  async any(pool: Pool, claimant: Claimant): Promise<{ claim: Stored<Claim>; isNew: boolean } | undefined> {
    const epoch = await this.#options.history.admit();
    const key = attachmentKey(claimant.attachment);
    const left = this.#claims.claimsOf(claimant.attachment).find(({ spec }) => spec.pool === pool.name);
    if (left !== undefined) return { claim: left, isNew: false };
    const refused: Address[] = [];
    try {
      const next = this.#claims.everybodys.searches.begin(pool, () => this.#claims.spaceOf(pool), key);
      for (;;) {
        const address = await next();
        if (address === undefined) return undefined;
        const claim = await this.#create(pool, address, claimant, () => refused.push(address), epoch);
        if (claim !== undefined) return { claim, isNew: true };
      }
    } finally {
      for (const address of refused) this.#claims.unmark(pool, address);
    }
  }

  /** Takes exactly this address, already marked in the allocator. @returns undefined when another node has it */
  async marked(pool: Pool, address: Address, claimant: Claimant): Promise<Stored<Claim> | undefined> {
    try {
      const epoch = await this.#options.history.admit();
      return await this.#create(pool, address, claimant, () => this.#claims.unmark(pool, address), epoch);
    } catch (error) {
      this.#claims.unmark(pool, address);
      throw error;
    }
  }

  /** Claims what was drawn of a leased block. @param epoch as `admit` gave it @returns undefined: it is claimed already */
  drawn(pool: Pool, address: Address, claimant: Claimant, epoch: number): Promise<Stored<Claim> | undefined> {
    return this.#create(pool, address, claimant, () => {}, epoch);
  }

  /** Claims again what is on record here, whatever else holds claims up. @returns undefined when another node has it */
  again(pool: Pool, address: Address, claimant: Claimant): Promise<Stored<Claim> | undefined> {
    return this.#create(pool, address, claimant, () => this.#claims.unmark(pool, address), undefined);
  }

  /**
   * @param onRefused called when somebody has the address. Who, is for the watch to tell: an answer to a question asked
   *   now could be older than an event that has come already.
   * @param epoch of the store's history, for an address that is new to this node
   */
  async #create(
    pool: Pool,
    address: Address,
    claimant: Claimant,
    onRefused: () => void,
    epoch: number | undefined,
  ): Promise<Stored<Claim> | undefined> {
    const held = heldOf(pool.name, address);
    // On record here, and its claim is gone: it is about to be claimed again for whoever has it.
    const holder = this.#options.holderOf(addressKey(held));
    if (holder !== undefined && attachmentKey(holder) !== attachmentKey(claimant.attachment)) return void onRefused();
    const wanted = this.#claims.labelled(claimFor(claimant, pool, address, this.#options.daemon));
    try {
      const claim = await this.#options.store.create(wanted);
      const present = this.#claims.created(claim);
      if (present === undefined) return void onRefused();
      if (epoch !== undefined) await this.#requireStill(present, epoch);
      return present;
    } catch (error) {
      if (!isIpamError(error, 'already-exists')) {
        this.#claims.unmark(pool, address);
        this.#options.onUncertain?.();
        throw error;
      }
      onRefused();
      return undefined;
    }
  }

  /** A claim of another history than it was asked for is given up: whoever has the address may not have said so yet. */
  async #requireStill(claim: Stored<Claim>, epoch: number): Promise<void> {
    try {
      await this.#options.history.requireStill(epoch);
    } catch (error) {
      await this.#claims.release(claim);
      throw error;
    }
  }
}

/** As the key of a claim. */
export function heldOf(pool: string, address: Address): Pick<HeldAddress, 'address' | 'pool'> {
  return { address: formatAddress(address), pool };
}
