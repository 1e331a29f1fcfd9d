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
import { Departures } from './departures.ts';
import { OwnClaims } from './own-claims.ts';

/** What happens to claims: what the watch shows, and what the store says to this daemon's calls. */
export type ClaimEvent =
  /** A list has come. @property vanished what is known here and not in it @property version of it; undefined: it is what was known last */
  | {
      readonly type: 'relisted';
      readonly vanished: readonly Stored<Claim>[];
      readonly version: string | undefined;
      /** Does it show this daemon's only? Of others' it says nothing then. */
      readonly isOfOwn?: boolean;
    }
  /** One of those in it. */
  | { readonly type: 'listed'; readonly claim: Stored<Claim> }
  | { readonly type: 'put'; readonly claim: Stored<Claim> }
  | { readonly type: 'removed'; readonly claim: Stored<Claim> }
  /** Where no watch shows claims, an answer has. @property isToKnow false: it is another daemon's by now, or nobody's */
  | { readonly type: 'shown'; readonly claim: Stored<Claim>; readonly isToKnow: boolean }
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
/** More than go in the seconds for which an answer may be late. */
const knownDepartures = 1_000;

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
  readonly #departures = new Departures(knownDepartures);
  /** What the latest list is of: what it does not show of before then is not there. */
  #listedAt = -1n;
  #listsOwn = false;
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

  /** Is something newer known of it, or of its address, than an answer says? It may have come late. */
  isOvertaken(claim: Stored<Claim>): boolean {
    const { uid } = claim.metadata;
    const order = versionOf(claim);
    const known = this.claimOf(claim.spec);
    if (known !== undefined && versionOf(known) > order) return true;
    if (known?.metadata.uid === uid) return false;
    return this.#isLeaving(claim) || this.#departures.isOver(uid, order) || this.#isMissing(claim);
  }

  /**
   * Is it older than the latest list, which would have made it known? One of own claims makes nothing known that is parked and not on record
   * here, although that names this daemon.
   */
  #isMissing(claim: Stored<Claim>): boolean {
    if (versionOf(claim) >= this.#listedAt) return false;
    if (!this.#listsOwn || this.isOwn(claim)) return true;
    return claim.spec.daemon === this.#facts.daemon && this.#facts.isRecorded(addressKey(claim.spec));
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

  /** What is kept for somebody who is not there, of whichever pool. */
  parked(): readonly Stored<Claim>[] {
    return [...this.#parked.groups()].flatMap((pool) => [...this.#parked.of(pool).values()]);
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
        this.#listedAt = event.version === undefined ? -1n : versionOrder(event.version);
        this.#listsOwn = event.isOfOwn === true;
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
        this.#removed(event.claim);
        break;
      case 'shown':
        if (this.isOvertaken(event.claim)) break;
        if (!event.isToKnow) this.#passOn(event.claim);
        else if (!this.#isPast(event.claim)) this.#shown(event.claim);
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
        } else this.#countOn(event.claim);
        break;
      case 'timed out':
        if (event.verb === 'release') this.#writes.undeleted(event.claim.metadata.uid);
        this.#countOn(event.claim);
        break;
    }
  }

  /** Has nothing shown it before? */
  #isNew(claim: Stored<Claim>): boolean {
    const known = this.claimOf(claim.spec);
    return known?.metadata.uid !== claim.metadata.uid || this.isUnseen(known);
  }

  /** Is it of before something that the store has answered? */
  #isPast(claim: Stored<Claim>): boolean {
    const known = this.claimOf(claim.spec);
    const isOlder = known?.metadata.uid === claim.metadata.uid && versionOf(known) > versionOf(claim);
    return isOlder || this.#isLeaving(claim);
  }

  #isLeaving(claim: Stored<Claim>): boolean {
    return this.#writes.isLeaving(claim.metadata.uid, versionOf(claim));
  }

  #shown(claim: Stored<Claim>): void {
    this.#writes.shown(claim.metadata.uid);
    const known = this.claimOf(claim.spec);
    if (known === undefined || !this.isUnseen(known)) this.#keep(claim);
  }

  #removed(claim: Stored<Claim>): void {
    this.#writes.removed(claim.metadata.uid);
    this.#lose(claim);
  }

  /** It is there, and others' to look after: what is known of it is over, and not this state of it. */
  #passOn(claim: Stored<Claim>): void {
    this.#writes.removed(claim.metadata.uid);
    this.#lose(claim, versionOf(claim) - 1n);
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
    if (verb === 'release') this.#released(claim);
    else if (!this.isOvertaken(claim)) {
      const { uid } = claim.metadata;
      if (verb === 'create' && this.claimOf(claim.spec)?.metadata.uid !== uid) this.#writes.wrote(uid);
      this.#keep(claim);
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
    this.#keepOwn(claim);
    this.#effects.push({ type: 'take', claim });
  }

  /** A call has changed nothing, as far as is known: if the claim is there still, it is counted on again. */
  #countOn(claim: Stored<Claim>): void {
    const known = this.claimOf(claim.spec);
    if (known?.metadata.uid === claim.metadata.uid) this.#keepOwn(known);
  }

  /** What is parked is nobody's, and what another has taken over is his. */
  #keepOwn(claim: Stored<Claim>): void {
    if (this.isOwn(claim) && !this.#isLeaving(claim)) this.#own.keep(claim);
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

  /** @param over the last version of it that is known to be over */
  #lose(claim: Stored<Claim>, over = versionOf(claim)): void {
    const known = this.claimOf(claim.spec);
    const isOurs = known?.metadata.uid === claim.metadata.uid && this.isOwn(claim);
    if (isOurs && !this.#isLeaving(known)) this.#lost.add(addressKey(claim.spec));
    this.#drop(claim, over);
  }

  #drop(claim: Stored<Claim>, over = versionOf(claim)): void {
    if (this.claimOf(claim.spec)?.metadata.uid !== claim.metadata.uid) return;
    this.#own.giveUp(claim);
    this.#claims.remove(claim);
    this.#writes.dropped(claim.metadata.uid);
    this.#departures.went(claim.metadata.uid, over);
    this.#effects.push({ type: 'free', claim });
  }
}

function versionOf({ metadata }: Stored<Claim>): bigint {
  return versionOrder(metadata.resourceVersion);
}

function isSame(a: Stored<Claim>, b: Stored<Claim>): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}
