import { Bitmap } from './bitmap.ts';
import { endOfCooldown } from './cooldown-end.ts';
import { CooldownQueue } from './cooldown-queue.ts';

/** Why a given slot was or was not taken. */
export type ClaimOutcome = 'claimed' | 'held' | 'withheld' | 'outside';

/** Slots per page of the owner and cool-down tables: a /8 that is nearly empty has few pages. */
const pageBits = 10;
const pageMask = (1 << pageBits) - 1;

/**
 * Allocates the slots 0..size-1. A slot is free, held by an owner, cooling down after a release, or withheld for
 * ever. Searches go round: each starts behind the last slot given, so that a container that crashes and
 * comes back does not meet its old address at once. Time is passed in, in milliseconds.
 */
export class BlockAllocator<Owner> {
  /** How long a released slot cools down; 0: not at all. */
  readonly cooldownMs: number;
  /** Bits of every slot that is not free. */
  #busy: Bitmap;
  readonly #owners: (Owner | undefined)[][] = [];
  /** When the cool-down of a slot ends; 0 when it does not cool down. */
  readonly #cooldownUntil: Float64Array[] = [];
  readonly #queue = new CooldownQueue();
  #cursor = 0;
  #used = 0;
  #coolingDown = 0;
  #withheld = 0;

  constructor(size: number, cooldownMs: number) {
    this.cooldownMs = cooldownMs;
    this.#busy = new Bitmap(size);
  }

  /** 1..2^26. */
  get size(): number {
    return this.#busy.size;
  }

  /** The next search begins here. @param slot 0..size-1 */
  seek(slot: number): void {
    this.#cursor = slot;
  }

  /** Adds fresh slots at the end, and continues among them. Only for a size that is a multiple of 1024. */
  grow(size: number): void {
    this.#cursor = this.size;
    this.#busy = this.#busy.grown(size);
  }

  get used(): number {
    return this.#used;
  }

  /** Released and not yet given again; as of the last call that was told the time. */
  get coolingDown(): number {
    return this.#coolingDown;
  }

  /** Slots that can be given at all. */
  get usable(): number {
    return this.size - this.#withheld;
  }

  /** Takes slots out for ever; they must be free. */
  withhold(first: number, last: number): void {
    for (let slot = first; slot <= last; slot += 1) {
      if (!this.#busy.set(slot)) throw new Error(`slot ${slot} is not free to be withheld`);
      this.#withheld += 1;
    }
  }

  /** Is there a slot that neither is held nor cools down? */
  hasFresh(now: number): boolean {
    this.#endCooldowns(now);
    return this.#busy.count < this.size;
  }

  /** Is this slot one that neither is held nor cools down? @param slot 0..size-1 */
  isFresh(slot: number, now: number): boolean {
    this.#endCooldowns(now);
    return !this.#busy.has(slot);
  }

  /** When the longest cool-down ends; Infinity when nothing cools down. */
  get firstCooldownEnd(): number {
    while (this.#queue.length > 0 && !this.#counts(this.#queue.slot, this.#queue.until)) this.#queue.drop();
    return this.#queue.length > 0 ? this.#queue.until : Number.POSITIVE_INFINITY;
  }

  /** A fresh slot, or, when there is none, the one that has cooled down longest; -1 when every slot is held. */
  allocate(owner: Owner, now: number): number {
    this.#endCooldowns(now);
    let slot = this.#busy.nextClear(this.#cursor);
    if (slot < 0) slot = this.#busy.nextClear(0);
    if (slot < 0) slot = this.#wakeOldest();
    if (slot < 0) return -1;
    this.#take(slot, owner);
    this.#cursor = slot + 1 < this.size ? slot + 1 : 0;
    return slot;
  }

  /** Fresh slots in the order in which `allocate` gives them, if nothing else happens. */
  *upcoming(now: number): Generator<number> {
    this.#endCooldowns(now);
    const start = this.#cursor;
    for (let slot = this.#busy.nextClear(start); slot >= 0; slot = this.#busy.nextClear(slot + 1)) yield slot;
    for (let slot = this.#busy.nextClear(0); slot >= 0 && slot < start; slot = this.#busy.nextClear(slot + 1))
      yield slot;
  }

  /** Takes a given slot, also one that cools down. */
  claim(slot: number, owner: Owner, now: number): ClaimOutcome {
    if (slot < 0 || slot >= this.size) return 'outside';
    this.#endCooldowns(now);
    if (this.#busy.has(slot)) {
      if (this.ownerOf(slot) !== undefined) return 'held';
      if (!this.#wake(slot)) return 'withheld';
    }
    this.#take(slot, owner);
    return 'claimed';
  }

  /** Gives a slot back; its cool-down begins. @returns its owner; undefined when it was not held */
  release(slot: number, now: number): Owner | undefined {
    const owner = this.#drop(slot);
    if (owner !== undefined && this.cooldownMs > 0) this.#coolDown(slot, now + this.cooldownMs);
    return owner;
  }

  /** Undoes an allocation that nobody has seen: the slot is fresh again. */
  forget(slot: number): void {
    this.#drop(slot);
  }

  /** Puts a free slot to cool down, as after a release. @param until above zero, which means no cool-down */
  coolDown(slot: number, until: number): void {
    if (until > 0 && slot >= 0 && slot < this.size && !this.#busy.has(slot)) this.#coolDown(slot, until);
  }

  ownerOf(slot: number): Owner | undefined {
    return this.#owners[slot >>> pageBits]?.[slot & pageMask];
  }

  *entries(): Generator<[slot: number, owner: Owner]> {
    for (const [page, owners] of this.#owners.entries()) {
      if (owners === undefined) continue;
      for (const [index, owner] of owners.entries()) if (owner !== undefined) yield [(page << pageBits) + index, owner];
    }
  }

  *coolingDownEntries(): Generator<[slot: number, until: number]> {
    for (const [page, untils] of this.#cooldownUntil.entries()) {
      if (untils === undefined) continue;
      for (const [index, until] of untils.entries()) if (until !== 0) yield [(page << pageBits) + index, until];
    }
  }

  #take(slot: number, owner: Owner): void {
    this.#busy.set(slot);
    const page = slot >>> pageBits;
    const owners = this.#owners[page] ?? this.#newOwnersPage(page);
    owners[slot & pageMask] = owner;
    this.#used += 1;
  }

  #newOwnersPage(page: number): (Owner | undefined)[] {
    while (this.#owners.length < page) this.#owners.push(undefined as unknown as Owner[]);
    const owners = new Array<Owner | undefined>(Math.min(this.size, pageMask + 1)).fill(undefined);
    this.#owners[page] = owners;
    return owners;
  }

  #drop(slot: number): Owner | undefined {
    const owners = this.#owners[slot >>> pageBits];
    const owner = owners?.[slot & pageMask];
    if (owners === undefined || owner === undefined) return undefined;
    owners[slot & pageMask] = undefined;
    this.#busy.clear(slot);
    this.#used -= 1;
    return owner;
  }

  #coolDown(slot: number, until: number): void {
    const page = slot >>> pageBits;
    const untils = this.#cooldownUntil[page] ?? this.#newCooldownPage(page);
    untils[slot & pageMask] = until;
    this.#busy.set(slot);
    this.#queue.push(slot, until);
    this.#coolingDown += 1;
  }

  #newCooldownPage(page: number): Float64Array {
    while (this.#cooldownUntil.length < page) this.#cooldownUntil.push(undefined as unknown as Float64Array);
    const untils = new Float64Array(Math.min(this.size, pageMask + 1));
    this.#cooldownUntil[page] = untils;
    return untils;
  }

  /** Ends the cool-down of one slot. Its entry in the queue stays behind and is passed over later. */
  #wake(slot: number): boolean {
    const untils = this.#cooldownUntil[slot >>> pageBits];
    if (untils === undefined || untils[slot & pageMask] === 0) return false;
    untils[slot & pageMask] = 0;
    this.#busy.clear(slot);
    this.#coolingDown -= 1;
    return true;
  }

  #endCooldowns(now: number): void {
    const queue = this.#queue;
    if (queue.length === 0) return;
    const latest = endOfCooldown(queue.last, now, this.cooldownMs);
    if (latest < queue.last) this.#endBy(latest);
    while (queue.length > 0 && queue.until <= now) this.#wakeHead();
  }

  #endBy(latest: number): void {
    this.#queue.endBy(latest, (slot, until) => {
      const untils = this.#cooldownUntil[slot >>> pageBits];
      if (untils !== undefined && this.#counts(slot, until)) untils[slot & pageMask] = latest;
    });
  }

  #wakeOldest(): number {
    while (this.#queue.length > 0) {
      const { slot } = this.#queue;
      if (this.#wakeHead()) return slot;
    }
    return -1;
  }

  /** Takes the head off the queue. @returns whether it was a cool-down that still counted */
  #wakeHead(): boolean {
    const { slot, until } = this.#queue;
    this.#queue.drop();
    return this.#counts(slot, until) && this.#wake(slot);
  }

  /** A slot claimed while it cooled down, and released since, has a later entry of its own. */
  #counts(slot: number, until: number): boolean {
    return this.#cooldownUntil[slot >>> pageBits]?.[slot & pageMask] === until;
  }
}
