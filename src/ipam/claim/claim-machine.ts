import type { Claim, ClaimSpec } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { addressKey } from '../../resources/scope.ts';
import { ObjectCache, whole } from '../../store/cache/object-cache.ts';
import { OwnWrites } from '../../store/cache/own-writes.ts';
import { versionOrder } from '../../store/version-order.ts';
import type { HeldAddress } from '../allocation.ts';
import { type Attachment, attachmentKey } from '../attachment.ts';
import { placeOfClaim } from '../bind/kept-claim.ts';
import { Arrivals } from './arrivals.ts';
import { holderOf, isParked } from './claim-state.ts';
import { OwnClaims } from './own-claims.ts';

/** What happens to claims: what the watch shows, and what the store says to this daemon's calls. */
export type ClaimEvent =
  /** A list has come. @property vanished what is known here and not in it */
  | { readonly type: 'relisted'; readonly vanished: readonly Stored<Claim>[] }
  /** One of those in it. */
  | { readonly type: 'listed'; readonly claim: Stored<Claim> }
  | { readonly type: 'put'; readonly claim: Stored<Claim> }
  | { readonly type: 'removed'; readonly claim: Stored<Claim> }
  /** A call about a claim as it is known is on its way. Of a create nothing is known before its answer. */
  | { readonly type: 'asked'; readonly verb: 'release'; readonly claim: Stored<Claim> }
  | { readonly type: 'asked'; readonly verb: 'change'; readonly claim: Stored<Claim>; readonly next: ClaimSpec }
  /** The claim as the store has it now; of a release, as it was. */
  | {
      readonly type: 'answered';
      readonly verb: 'create' | 'change' | 'look' | 'release';
      readonly claim: Stored<Claim>;
    }
  /** It is another by now, or gone. */
  | { readonly type: 'refused'; readonly verb: 'change' | 'release'; readonly claim: Stored<Claim> }
  /** Nobody knows what became of the call. */
  | { readonly type: 'timed out'; readonly verb: 'change' | 'release'; readonly claim: Stored<Claim> };

/** What is to be done about it, by whoever has store and allocators. */
export type ClaimEffect =
  /** Its address is taken, in every pool that offers it. */
  | { readonly type: 'take'; readonly claim: Stored<Claim> }
  /** It is about to be taken for somebody else: without a cool-down. */
  | { readonly type: 'forget'; readonly claim: Stored<Claim> }
  /** Its address is free; its cool-down begins. */
  | { readonly type: 'free'; readonly claim: Stored<Claim> }
  /** This daemon has nothing of a pool any more, or is about to give the last up: what it saw of the pool counts no more. */
  | { readonly type: 'leave pool'; readonly pool: string };

/** More than come in the seconds in which a claim of this daemon is on its way back to it. */
const knownArrivals = 10_000;

export interface ClaimFacts {
  /** This daemon's name. */
  readonly daemon: string;
  /** Is an address on this daemon's record? @param key as `addressKey` makes it */
  readonly isRecorded: (key: string) => boolean;
}

/**
 * Who has which address of shared pools, as far as this daemon can know: `(state, event) → (state, effects)`. Events may be
 * late, be said twice, and overtake answers.
 */
export class ClaimMachine {
  readonly #facts: ClaimFacts;
  readonly #claims = new ObjectCache<Claim>(whole, { keyOf: ({ spec }) => addressKey(spec) });
  readonly #byHolder = this.#claims.indexBy((claim) => {
    const holder = holderOf(claim);
    return holder === undefined ? undefined : attachmentKey(holder);
  });
  readonly #byPool = this.#claims.indexBy(({ spec }) => spec.pool);
  readonly #parked = this.#claims.indexBy((claim) => (isParked(claim) ? claim.spec.pool : undefined));
  /** Those that are kept for an identity, by its place. */
  readonly #byPlace = this.#claims.indexBy(placeOfClaim);
  readonly #byNamespace = this.#claims.indexBy(({ spec }) => spec.podNamespace);
  readonly #writes = new OwnWrites();
  readonly #arrivals = new Arrivals(knownArrivals);
  readonly #own: OwnClaims;
  /** Addresses whose claim by this daemon went without its doing, by `addressKey`. */
  readonly #lost = new Set<string>();
  #effects: ClaimEffect[] = [];

  constructor(facts: ClaimFacts) {
    this.#facts = facts;
    this.#own = new OwnClaims((pool) => this.#effects.push({ type: 'leave pool', pool }));
  }

  /** @returns what is to be done now, in this order */
  step(event: ClaimEvent): readonly ClaimEffect[] {
    this.#take(event);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  all(): IterableIterator<Stored<Claim>> {
    return this.#claims.values();
  }

  claimOf(held: Pick<HeldAddress, 'address' | 'pool'>): Stored<Claim> | undefined {
    return this.#claims.get(addressKey(held));
  }

  /** Is its record ours? */
  isOwn(claim: Claim): boolean {
    return holderOf(claim)?.daemon === this.#facts.daemon;
  }

  /** Was it made here, and has nothing shown it? A list without it is older. */
  isUnseen({ metadata }: Stored<Claim>): boolean {
    return this.#writes.isUnseen(metadata.uid);
  }

  /** Resolves when all is seen that was written before a claim of this daemon. */
  untilShown({ metadata }: Stored<Claim>): Promise<void> {
    return this.#writes.untilShown(metadata.uid);
  }

  /** What is claimed of a pool. */
  inPool(pool: string): Iterable<Stored<Claim>> {
    return this.#byPool.of(pool).values();
  }

  /** How many addresses of a pool are claimed by somebody who is there. */
  heldIn(pool: string): number {
    return this.#byPool.of(pool).size - this.parkedIn(pool);
  }

  /** How many addresses of a pool are kept for somebody who is not there. */
  parkedIn(pool: string): number {
    return this.#parked.of(pool).size;
  }

  /** What is kept for the interface of Pods of one name, parked or held. @param place as `placeOf` makes it */
  keptAt(place: string): readonly Stored<Claim>[] {
    return [...this.#byPlace.of(place).values()];
  }

  /**
   * What is claimed for the Pods of a namespace.
   * @param before a claim of this daemon that was shown: without what has come after it, so that of two who claim the last
   *   address that a namespace may have, one is the first
   */
  ofNamespace(namespace: string, before?: Stored<Claim>): readonly Stored<Claim>[] {
    const claims = [...this.#byNamespace.of(namespace).values()];
    if (before === undefined) return claims;
    const isAfter = (claim: Stored<Claim>): boolean =>
      this.isUnseen(claim) || this.#arrivals.isAfter(claim.metadata.uid, before.metadata.uid);
    return claims.filter((claim) => !isAfter(claim));
  }

  /** Claims of one attachment: what a crash between claim and record left, or a record's own. */
  claimsOf(attachment: Attachment): readonly Stored<Claim>[] {
    return [...this.#byHolder.of(attachmentKey(attachment)).values()];
  }

  get hasLost(): boolean {
    return this.#lost.size > 0;
  }

  /** Addresses whose claim by this daemon went without its doing, since the last call. */
  takeLost(): readonly string[] {
    const lost = [...this.#lost];
    this.#lost.clear();
    return lost;
  }

  #take(event: ClaimEvent): void {
    switch (event.type) {
      case 'relisted':
        for (const claim of event.vanished) this.#lose(claim);
        this.#writes.relisted();
        this.#arrivals.listing();
        break;
      case 'listed':
        if (this.#isNew(event.claim)) this.#arrivals.listed(event.claim.metadata.uid);
        this.#shown(event.claim);
        break;
      case 'put':
        if (this.#isNew(event.claim)) this.#arrivals.came(event.claim.metadata.uid);
        if (!this.#isPast(event.claim)) this.#shown(event.claim);
        break;
      case 'removed':
        this.#writes.removed(event.claim.metadata.uid);
        this.#lose(event.claim);
        break;
      case 'asked':
        this.#asked(event);
        break;
      case 'answered':
        this.#answered(event);
        break;
      case 'refused':
        if (event.verb === 'release') {
          this.#writes.undeleted(event.claim.metadata.uid);
          this.#released(event.claim);
        } else this.#keepOwn(event.claim);
        break;
      case 'timed out':
        if (event.verb === 'release') this.#writes.undeleted(event.claim.metadata.uid);
        this.#keepOwn(event.claim);
        break;
    }
  }

  /** Has nothing shown it before? */
  #isNew(claim: Stored<Claim>): boolean {
    const known = this.claimOf(claim.spec);
    return known?.metadata.uid !== claim.metadata.uid || this.isUnseen(known);
  }

  /** Is it of before a write of ours that the store has answered? */
  #isPast(claim: Stored<Claim>): boolean {
    return this.#isLeaving(claim) || this.#writes.isOlder(claim.metadata.uid, versionOf(claim));
  }

  #isLeaving(claim: Stored<Claim>): boolean {
    return this.#writes.isLeaving(claim.metadata.uid, versionOf(claim));
  }

  #shown(claim: Stored<Claim>): void {
    this.#writes.shown(claim.metadata.uid);
    const known = this.claimOf(claim.spec);
    if (known === undefined || !this.isUnseen(known)) this.#keep(claim);
  }

  /** From now on this daemon does not count on it. */
  #asked(event: Extract<ClaimEvent, { type: 'asked' }>): void {
    const { claim } = event;
    if (event.verb === 'release') {
      this.#own.giveUp(claim);
      this.#writes.deleting(claim.metadata.uid, versionOf(claim));
    } else if (!this.isOwn({ ...claim, spec: event.next })) this.#own.giveUp(claim);
  }

  #answered({ verb, claim }: Extract<ClaimEvent, { type: 'answered' }>): void {
    const { uid } = claim.metadata;
    const known = this.claimOf(claim.spec);
    switch (verb) {
      case 'create':
        if (known?.metadata.uid !== uid) this.#writes.wrote(uid);
        this.#keep(claim);
        break;
      case 'change':
        // What came of it later, by another call of this daemon too, may have been shown or answered before.
        if (known?.metadata.uid === uid && versionOf(known) >= versionOf(claim)) break;
        this.#writes.changed(uid, versionOf(claim));
        this.#keep(claim);
        break;
      case 'look':
        // An event that came meanwhile may be younger than the answer.
        if (known?.metadata.uid !== uid || versionOf(known) < versionOf(claim)) this.#keep(claim);
        break;
      case 'release':
        this.#released(claim);
        break;
    }
  }

  /** Changed by another meanwhile, and shown before the answer: that is not what was deleted. */
  #released(claim: Stored<Claim>): void {
    const known = this.claimOf(claim.spec);
    if (known !== undefined && versionOf(known) <= versionOf(claim)) this.#drop(claim);
  }

  #keep(claim: Stored<Claim>): void {
    const former = this.claimOf(claim.spec);
    // Each claim of our own is told twice: by the answer to its create, and by its event.
    if (former !== undefined && isSame(former, claim)) return;
    if (former !== undefined && former.metadata.uid !== claim.metadata.uid) this.#lose(former);
    if (former !== undefined) this.#leave(former, claim);
    this.#claims.put(claim);
    if (!this.#isLeaving(claim)) this.#keepOwn(claim);
    this.#effects.push({ type: 'take', claim });
  }

  /** What is parked is nobody's, and what another has taken over is his. */
  #keepOwn(claim: Stored<Claim>): void {
    if (this.isOwn(claim)) this.#own.keep(claim);
    else this.#own.giveUp(claim);
  }

  /** Before another state of the address's claim is put in the place of this one. */
  #leave(former: Stored<Claim>, next: Stored<Claim>): void {
    const key = addressKey(former.spec);
    if (former.spec.pool !== next.spec.pool) this.#own.giveUp(former);
    // On record here, and changed by another hand, or given back by whom its virtual machine moved to: whoever has it takes it back.
    const isGivenBack = isParked(next) && !isParked(former);
    if ((this.isOwn(former) || isGivenBack) && !this.isOwn(next) && this.#facts.isRecorded(key)) this.#lost.add(key);
    if (attachmentKey(former.spec) !== attachmentKey(next.spec)) this.#effects.push({ type: 'forget', claim: former });
  }

  #lose(claim: Stored<Claim>): void {
    const known = this.claimOf(claim.spec);
    const isOurs = known?.metadata.uid === claim.metadata.uid && this.isOwn(claim);
    if (isOurs && !this.#isLeaving(known)) this.#lost.add(addressKey(claim.spec));
    this.#drop(claim);
  }

  #drop(claim: Stored<Claim>): void {
    if (this.claimOf(claim.spec)?.metadata.uid !== claim.metadata.uid) return;
    this.#own.giveUp(claim);
    this.#claims.remove(claim);
    this.#writes.dropped(claim.metadata.uid);
    this.#effects.push({ type: 'free', claim });
  }
}

function versionOf({ metadata }: Stored<Claim>): bigint {
  return versionOrder(metadata.resourceVersion);
}

function isSame(a: Stored<Claim>, b: Stored<Claim>): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}
