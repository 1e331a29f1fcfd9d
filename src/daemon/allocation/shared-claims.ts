import { type Address, parseAddress } from '../../ip/address.ts';
import { containsAddress, emptyRangeSet } from '../../ip/range-set.ts';
import type { CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey, isSameAttachment } from '../../ipam/attachment.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import { labelled, ofPoolLabel } from '../../ipam/claim/claim-labels.ts';
import { type ClaimEffect, type ClaimEvent, ClaimMachine } from '../../ipam/claim/claim-machine.ts';
import { isHeldBy, isParked, mayMoveOn } from '../../ipam/claim/claim-state.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { blockAround, isOfSomeBlock, leasesBlocks } from '../../ipam/claim/claimed-in-block.ts';
import { type Claim, type ClaimSpec, claimKind } from '../../resources/claim.ts';
import { isOvertaken } from '../../resources/errors.ts';
import { problemOf } from '../../resources/malformed.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { addressKey, scopeOf } from '../../resources/scope.ts';
import type { Reflection } from '../../store/cache/reflector.ts';
import { vanishedAmong } from '../recovery/vanished.ts';
import { type AddressSearches, SearchesInView } from './address-searches.ts';
import { AskedClaims } from './asked-claims.ts';
import { type ClaimsToTake, ClaimTaking, type ClaimTakingOptions, heldOf } from './claim-taking.ts';
import { ClaimsToKnow } from './claims-to-know.ts';
import type { EverybodysClaims } from './everybodys-claims.ts';
import type { LeasedPlaces } from './leased-places.ts';
import { SharedSpaces } from './shared-spaces.ts';
import type { SourceOptions } from './source-options.ts';
import { StoredClaims } from './stored-claims.ts';
import { WatchedClaims } from './watched-claims.ts';

export interface SharedClaimsOptions extends SourceOptions, ClaimTakingOptions {
  /** Every address of shared pools that a record of this daemon holds, whatever became of its claim. */
  readonly recorded: () => Iterable<{ readonly pool: string; readonly address: Address }>;
  /** Told that a claim of this daemon is gone without its doing. */
  readonly onLost: () => void;
  /** Addresses of leased blocks, of which shared pools' allocators know nothing; absent: nobody leases blocks. */
  readonly inBlocks?: LeasedPlaces;
  /** Are claims given the labels by which they are found without watching all? */
  readonly labelsClaims?: boolean;
}

/**
 * Shared pools: one object per address taken, named after the address, so that its create is the lock. The
 * allocators are only this daemon's view of who has what; the store decides.
 */
export class SharedClaims implements ClaimsToTake {
  readonly #options: SharedClaimsOptions;
  readonly #machine: ClaimMachine;
  readonly #spaces: SharedSpaces;
  readonly #taking: ClaimTaking;
  readonly #stored: StoredClaims;
  readonly #toKnow: ClaimsToKnow;
  #everybodys: EverybodysClaims;
  /** Where the claims of others are not watched. */
  #asked: AskedClaims | undefined;

  constructor(options: SharedClaimsOptions) {
    this.#options = options;
    this.#stored = new StoredClaims(options.store);
    this.#toKnow = new ClaimsToKnow(options);
    const isRecorded = (key: string): boolean => options.holderOf(key) !== undefined;
    this.#machine = new ClaimMachine({ daemon: options.daemon, isRecorded });
    this.#everybodys = new WatchedClaims(this.#machine, new SearchesInView(options));
    this.#spaces = new SharedSpaces({ ...options, claimsOf: (pool) => this.#machine.inPool(pool) });
    this.#taking = new ClaimTaking(options, this);
  }

  readonly reflection: Reflection<Claim> = {
    replace: (claims, version) => this.#relisted(this.all(), claims, version),
    put: (claim) => {
      this.#step({ type: 'put', claim });
      this.#tellLost();
    },
    remove: (claim) => {
      this.#step({ type: 'removed', claim });
      this.#tellLost();
    },
  };

  #relisted(
    known: readonly Stored<Claim>[],
    claims: readonly Stored<Claim>[],
    version: string | undefined,
    isOfOwn = false,
  ): void {
    const facts = known.map((claim) => {
      const { metadata, spec } = claim;
      const address = parseAddress(spec.address);
      const [isUnseen, isOwn] = [this.#machine.isUnseen(claim), this.isOwn(claim)];
      const isInUse = (): boolean =>
        !(isOfOwn && mayMoveOn(claim)) && isSameAttachment(this.#options.holderOf(addressKey(spec)), spec);
      return { item: claim, metadata, addresses: { first: address, last: address }, isUnseen, isOwn, isInUse };
    });
    const vanished = vanishedAmong(claimKind, facts, claims, this.#options.history);
    this.#step({ type: 'relisted', vanished, version, isOfOwn });
    for (const claim of claims) this.#step({ type: 'listed', claim });
    this.#tellLost();
  }

  /** Everybody's claims, known here or not. */
  get everybodys(): EverybodysClaims {
    return this.#everybodys;
  }

  /** From now on the claims of others are not watched. @param searches looks for what is free without them */
  askOthers(searches: AddressSearches): AskedClaims {
    const asked = new AskedClaims({
      stored: this.#stored,
      catalog: this.#options.catalog,
      searches,
      own: () => this.all(),
      toKnow: this.#toKnow,
      claimOf: (held) => this.claimOf(held),
      now: () => this.#options.clock.elapsed(),
      shown: (claim) => this.#step({ type: 'put', claim }),
      gone: (claim) => this.#step({ type: 'removed', claim }),
      relisted: (known, claims, version) => this.#relisted(known, claims, version, true),
    });
    this.#everybodys = asked;
    this.#asked = asked;
    return asked;
  }

  /** What the store has just said of a claim. */
  #shown(claim: Stored<Claim>): void {
    const event = this.#everybodys.answered(claim);
    if (event !== undefined) this.#step(event);
    this.#tellLost();
  }

  #step(event: ClaimEvent): void {
    for (const effect of this.#machine.step(event)) this.#carryOut(effect);
  }

  #carryOut(effect: ClaimEffect): void {
    if (effect.type === 'take') this.#spaces.take(effect.claim);
    else if (effect.type === 'forget') this.#spaces.forget(effect.claim);
    else if (effect.type === 'free') this.#spaces.free(effect.claim);
    else this.#options.fence?.forget(effect.pool);
    if (effect.type !== 'leave pool') this.#options.inBlocks?.changed(effect.claim.spec);
  }

  #tellLost(): void {
    if (this.#machine.hasLost) this.#options.onLost();
  }

  all(): readonly Stored<Claim>[] {
    return [...this.#machine.all()];
  }

  /** Every address that is claimed, or about to be (an ADD under way counts), or on record here while its claim is spoilt. */
  addressesOut(): readonly { readonly pool: string; readonly address: Address }[] {
    const claimed = this.all().map(({ spec }) => ({ pool: spec.pool, address: parseAddress(spec.address) }));
    // An address that is claimed is out of the pool that it was claimed of.
    const isUnclaimed = (pool: string, address: Address): boolean => this.claimOf(heldOf(pool, address)) === undefined;
    const marked = [...this.#spaces].flatMap(([pool, space]) =>
      [...space.entries()].flatMap(([address]) => (isUnclaimed(pool, address) ? [{ pool, address }] : [])),
    );
    return [...claimed, ...marked, ...this.#options.recorded()];
  }

  /** Addresses, by `addressKey`, whose claim by this daemon went without its doing, since the last call. */
  takeLost(): readonly string[] {
    return this.#machine.takeLost();
  }

  claimOf(held: Pick<HeldAddress, 'address' | 'pool'>): Stored<Claim> | undefined {
    return this.#machine.claimOf(held);
  }

  /** What is known to be claimed of a pool. */
  inPool(pool: string): Iterable<Stored<Claim>> {
    return this.#machine.inPool(pool);
  }

  /** In the store, of a pool that leases blocks: its claims have labels, whoever makes them. @throws IpamError store-unavailable */
  async listed(pool: string): Promise<readonly Stored<Claim>[]> {
    return this.#asked?.ofPool(pool) ?? (await this.#stored.list(ofPoolLabel(pool))).items;
  }

  /** Is a claim known here that the store has? */
  knows({ metadata, spec }: Stored<Claim>): boolean {
    return this.claimOf(spec)?.metadata.uid === metadata.uid;
  }

  /** What the store has of an address now. @throws IpamError store-unavailable */
  stored(held: Pick<HeldAddress, 'address' | 'pool'>): Promise<Stored<Claim> | undefined> {
    return this.#stored.at(held);
  }

  /** Addresses of this pool that are kept or had by a claim: as an interface gets one. */
  heldByClaim(pool: Pool, address: Address): HeldAddress {
    const block = blockAround(pool, address);
    const held = block && this.#options.inBlocks?.heldByClaim(pool, block, address);
    return held ?? this.spaceOf(pool).held(address);
  }

  /** Is its record ours? What is parked has none. */
  isOwn(claim: Claim): boolean {
    return this.#machine.isOwn(claim);
  }

  /** Resolves when all is known, or can be asked for, that was written before a claim of this daemon. */
  untilShown(claim: Stored<Claim>): Promise<void> {
    return this.#machine.untilShown(claim);
  }

  /** How many addresses of a pool are claimed by somebody who is there. */
  heldIn(pool: string): number {
    return this.#machine.heldIn(pool);
  }

  /** How many addresses of a pool are kept for somebody who is not there. */
  parkedIn(pool: string): number {
    return this.#machine.parkedIn(pool);
  }

  /** What is kept for somebody who is not there, as far as it is known here. */
  parked(): readonly Stored<Claim>[] {
    return this.#machine.parked();
  }

  /** Claims of one attachment: what a crash between claim and record left, or a record's own. */
  claimsOf(attachment: Attachment): readonly Stored<Claim>[] {
    return this.#machine.claimsOf(attachment);
  }

  /** Puts an address to cool down in all pools that offer it and were asked for before. */
  coolDown(coolingDown: CoolingAddress): void {
    this.#spaces.coolDown(coolingDown);
  }

  /** An address is off the record. With a claim, the release of that frees it; without, only the record kept it from others. */
  releaseUnclaimed(attachment: Attachment, held: HeldAddress): void {
    if (this.claimOf(held) !== undefined) return;
    this.#spaces.releaseFrom(attachmentKey(attachment), held);
    this.#options.inBlocks?.changed(held);
  }

  /** An address is on record, whatever became of its claim: nobody else gets it. @param key as `attachmentKey` makes it */
  adopt(pool: Pool, held: HeldAddress, key: string): void {
    if (leasesBlocks(pool)) this.#options.inBlocks?.changed(held);
    else this.spaceOf(pool).adopt(parseAddress(held.address), key, this.#options.clock.now());
  }

  spaceOf(pool: Pool): AddressSpace {
    return this.#spaces.of(pool);
  }

  /** May a pool give an address now that is claimed of this or another one? @param isAsked is it asked for by itself? */
  offers(pool: Pool, claimed: ClaimSpec, address: Address, isAsked: boolean): boolean {
    if (scopeOf(pool.name) !== scopeOf(claimed.pool)) return false;
    // What others of its block may hold, and is held back for that, is none of its claim's.
    if (leasesBlocks(pool))
      return (
        this.#options.inBlocks?.areKept === true &&
        this.#options.catalog.reservationOf(address) === undefined &&
        isOfSomeBlock(pool, address, emptyRangeSet)
      );
    const { usable, open } = this.spaceOf(pool);
    return containsAddress(isAsked ? usable : open, address);
  }

  /** Lays changed pools out anew; who holds what stays. */
  rebuildAllocators(pools: ReadonlySet<string>): void {
    this.#spaces.rebuild(pools);
  }

  /**
   * Takes one free address of the pool.
   * @returns undefined when none is free; not new is what an earlier call of the attachment claimed, or took over, without an answer
   */
  claimAny(pool: Pool, claimant: Claimant): Promise<{ claim: Stored<Claim>; isNew: boolean } | undefined> {
    return this.#taking.any(pool, claimant);
  }

  /** Takes exactly this address, already marked in the allocator. @returns undefined when another node has it */
  claimMarked(pool: Pool, address: Address, claimant: Claimant): Promise<Stored<Claim> | undefined> {
    return this.#taking.marked(pool, address, claimant);
  }

  /** Claims what was drawn of a leased block. @param epoch as `admit` gave it @returns undefined: it is claimed already */
  claimDrawn(pool: Pool, address: Address, claimant: Claimant, epoch: number): Promise<Stored<Claim> | undefined> {
    return this.#taking.drawn(pool, address, claimant, epoch);
  }

  /** Claims again what is on record here, whatever else holds claims up. @returns undefined when another node has it */
  reclaim(pool: Pool, address: Address, claimant: Claimant): Promise<Stored<Claim> | undefined> {
    return this.#taking.again(pool, address, claimant);
  }

  /**
   * The store has made a claim for this daemon.
   * @returns the claim as it is now; undefined: others have ended it before that answer came
   */
  created(claim: Stored<Claim>): Stored<Claim> | undefined {
    this.#step({ type: 'answered', verb: 'create', claim });
    this.#shown(claim);
    const known = this.#known(claim);
    return known !== undefined && isHeldBy(known, attachmentKey(claim.spec)) ? known : undefined;
  }

  unmark(pool: Pool, address: Address): void {
    // Of a block its lessee has marked it, and takes that back.
    if (leasesBlocks(pool)) return;
    const space = this.spaceOf(pool);
    space.forget(address);
    const claim = this.claimOf(heldOf(pool.name, address));
    if (claim !== undefined) this.#spaces.mark(space, claim.spec);
  }

  /**
   * Deletes a claim, this version of it and no other; its address cools down. @returns false: it was gone, or another by then
   * @throws IpamError store-unavailable, storage-full; then the claim is still there
   */
  async release(claim: Stored<Claim>): Promise<boolean> {
    const { name, resourceVersion } = claim.metadata;
    this.#everybodys.asking(claim);
    this.#step({ type: 'asked', verb: 'release', claim });
    try {
      await this.#options.store.delete({ kind: claimKind, name }, resourceVersion);
    } catch (error) {
      const isRefused = isOvertaken(error);
      this.#step({ type: isRefused ? 'refused' : 'timed out', verb: 'release', claim });
      if (isRefused) return this.#releaseChanged(claim);
      this.#options.onUncertain?.();
      throw error;
    }
    this.#step({ type: 'answered', verb: 'release', claim });
    const event = this.#everybodys.deleted(claim);
    if (event !== undefined) this.#step(event);
    return true;
  }

  /** What a hand has written to meanwhile is still to be released; where claims are watched, its event says so. */
  async #releaseChanged(claim: Stored<Claim>): Promise<boolean> {
    // What was parked and has a container by now was taken over, by its last one, too.
    const present = this.#everybodys.areAsked && !isParked(claim) ? await this.look(claim) : undefined;
    const isChanged = present !== undefined && present.metadata.resourceVersion !== claim.metadata.resourceVersion;
    return isChanged && isHeldBy(present, attachmentKey(claim.spec)) ? this.release(present) : false;
  }

  /**
   * Changes a claim, this version of it and no other. @returns undefined: it is another by now, or gone
   * @throws IpamError store-unavailable, storage-full; then it may be changed or not
   */
  async change(claim: Stored<Claim>, spec: ClaimSpec): Promise<Stored<Claim> | undefined> {
    this.#step({ type: 'asked', verb: 'change', claim, next: spec });
    try {
      const changed = await this.#options.store.update(this.labelled({ ...claim, spec }));
      if (this.#machine.isOvertaken(changed)) return undefined;
      this.#step({ type: 'answered', verb: 'change', claim: changed });
      this.#shown(changed);
      return changed;
    } catch (error) {
      const isRefused = isOvertaken(error);
      this.#step({ type: isRefused ? 'refused' : 'timed out', verb: 'change', claim });
      if (isRefused) return undefined;
      this.#options.onUncertain?.();
      throw error;
    }
  }

  /** Asks the store what it has of a claim. @returns undefined: it is gone */
  async look(claim: Stored<Claim>): Promise<Stored<Claim> | undefined> {
    const { name, uid } = claim.metadata;
    const present = await this.#options.store.get<Claim>({ kind: claimKind, name });
    if (present?.metadata.uid !== uid || problemOf(present) !== undefined) return undefined;
    const isToKnow = this.#everybodys.isToKnow(present);
    if (!isToKnow && this.#machine.isOvertaken(present)) return this.#known(claim);
    if (isToKnow) this.#step({ type: 'answered', verb: 'look', claim: present });
    this.#shown(present);
    return isToKnow ? this.#known(claim) : present;
  }

  /** As it is known now; undefined: its address has another claim, or none. */
  #known(claim: Stored<Claim>): Stored<Claim> | undefined {
    return this.knows(claim) ? this.claimOf(claim.spec) : undefined;
  }

  /** What the store has of an address now, for a message: the watch tells what counts. @returns undefined: nothing that can be read */
  async ask(held: Pick<HeldAddress, 'address' | 'pool'>): Promise<Claim | undefined> {
    return this.claimOf(held) ?? this.#stored.at(held);
  }

  /** The claim of an address: as it is known, or, where claims are not watched, as the store has it now. @throws IpamError store-unavailable */
  async present(held: Pick<HeldAddress, 'address' | 'pool'>): Promise<Stored<Claim> | undefined> {
    const claim = await this.#everybodys.now(held);
    if (claim !== undefined && this.#everybodys.isToKnow(claim)) this.#shown(claim);
    return claim;
  }

  /** With the labels by which it is found, where claims have them. */
  labelled<C extends Claim>(claim: C): C {
    const pool = this.#options.catalog.pool(claim.spec.pool);
    return (pool !== undefined && leasesBlocks(pool)) || this.#options.labelsClaims === true ? labelled(claim) : claim;
  }
}
