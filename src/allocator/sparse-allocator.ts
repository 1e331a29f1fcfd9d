import { BlockAllocator, type ClaimOutcome } from './block-allocator.ts';
import { endOfCooldown } from './cooldown-end.ts';

/** Slots that the near part begins with; it doubles when half of them are busy. */
const firstSize = 1 << 12;
const largestSize = 1 << 26;

/**
 * Allocates among up to 2^128 slots with memory in proportion to what is taken: addresses are given from a
 * near part at the low end, an ordinary allocator that grows with its use; given ones beyond it
 * are kept one by one, and move over when the near part reaches them. No slot is withheld.
 */
export class SparseAllocator<Owner> {
  /** How many slots, 1..2^128. */
  readonly size: bigint;
  readonly #cooldownMs: number;
  readonly #far = new Map<bigint, Owner>();
  readonly #farCooldowns = new Map<bigint, number>();
  readonly #near: BlockAllocator<Owner>;

  constructor(size: bigint, cooldownMs: number) {
    this.size = size;
    this.#cooldownMs = cooldownMs;
    this.#near = new BlockAllocator(nearSize(size, firstSize), cooldownMs);
  }

  /** The next search begins here, if it is within what is searched at all. */
  seek(slot: bigint): void {
    if (slot < this.#near.size) this.#near.seek(Number(slot));
  }

  get used(): number {
    return this.#near.used + this.#far.size;
  }

  get coolingDown(): number {
    return this.#near.coolingDown + this.#farCooldowns.size;
  }

  get firstCooldownEnd(): number {
    return this.#near.firstCooldownEnd;
  }

  hasFresh(now: number): boolean {
    this.#endFarCooldowns(now);
    return this.#near.hasFresh(now) || this.#canGrow();
  }

  /** Also false for what lies beyond the part that is searched. */
  isFresh(slot: bigint, now: number): boolean {
    return slot < this.#near.size && this.#near.isFresh(Number(slot), now);
  }

  /** Neither held nor cooling down, wherever it lies. */
  isOpen(slot: bigint, now: number): boolean {
    if (slot < this.#near.size) return this.#near.isFresh(Number(slot), now);
    this.#endFarCooldowns(now);
    return slot < this.size && !this.#far.has(slot) && !this.#farCooldowns.has(slot);
  }

  /** Fresh slots in the order in which `allocate` gives them, as far as it looks without growing further. */
  *upcoming(now: number): Generator<number> {
    const { size } = this.#near;
    if (!this.#isToGrow()) return yield* this.#near.upcoming(now);
    const grown = nearSize(this.size, size * 2);
    for (let slot = size; slot < grown; slot += 1) if (this.isOpen(BigInt(slot), now)) yield slot;
  }

  #isToGrow(): boolean {
    return this.#near.used + this.#near.coolingDown >= this.#near.size / 2 && this.#canGrow();
  }

  /** A slot below 2^26; -1 when that many are held. */
  allocate(owner: Owner, now: number): number {
    // More than once, when what it grows into is full of given addresses already.
    while (this.#isToGrow()) this.#grow(now);
    return this.#near.allocate(owner, now);
  }

  claim(slot: bigint, owner: Owner, now: number): ClaimOutcome {
    if (slot < 0n || slot >= this.size) return 'outside';
    if (slot < this.#near.size) return this.#near.claim(Number(slot), owner, now);
    this.#endFarCooldowns(now);
    if (this.#far.has(slot)) return 'held';
    this.#farCooldowns.delete(slot);
    this.#far.set(slot, owner);
    return 'claimed';
  }

  release(slot: bigint | number, now: number): Owner | undefined {
    if (slot < this.#near.size) return this.#near.release(Number(slot), now);
    const owner = this.#dropFar(BigInt(slot));
    this.#endFarCooldowns(now);
    if (owner !== undefined && this.#cooldownMs > 0) this.#farCooldowns.set(BigInt(slot), now + this.#cooldownMs);
    return owner;
  }

  forget(slot: bigint): void {
    if (slot < this.#near.size) this.#near.forget(Number(slot));
    else this.#dropFar(slot);
  }

  coolDown(slot: bigint, until: number): void {
    if (slot < this.#near.size) this.#near.coolDown(Number(slot), until);
    else if (slot < this.size && !this.#far.has(slot)) this.#farCooldowns.set(slot, until);
  }

  ownerOf(slot: bigint): Owner | undefined {
    return slot < this.#near.size ? this.#near.ownerOf(Number(slot)) : this.#far.get(slot);
  }

  *entries(): Generator<[slot: bigint, owner: Owner]> {
    for (const [slot, owner] of this.#near.entries()) yield [BigInt(slot), owner];
    yield* [...this.#far].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  *coolingDownEntries(): Generator<[slot: bigint, until: number]> {
    for (const [slot, until] of this.#near.coolingDownEntries()) yield [BigInt(slot), until];
    yield* this.#farCooldowns;
  }

  /** They lie in the order of their ends, but for some at a restore, which then end late. */
  #endFarCooldowns(now: number): void {
    for (const [slot, until] of this.#farCooldowns) {
      const end = endOfCooldown(until, now, this.#cooldownMs);
      if (end < until) this.#farCooldowns.set(slot, end);
      else if (end > now) return;
      if (end <= now) this.#farCooldowns.delete(slot);
    }
  }

  #dropFar(slot: bigint): Owner | undefined {
    const owner = this.#far.get(slot);
    this.#far.delete(slot);
    return owner;
  }

  #canGrow(): boolean {
    return nearSize(this.size, this.#near.size * 2) > this.#near.size;
  }

  #grow(now: number): void {
    this.#near.grow(nearSize(this.size, this.#near.size * 2));
    for (const [slot, owner] of [...this.#far]) {
      if (slot >= this.#near.size) continue;
      this.#far.delete(slot);
      this.#near.claim(Number(slot), owner, now);
    }
    for (const [slot, until] of [...this.#farCooldowns]) {
      if (slot >= this.#near.size) continue;
      this.#farCooldowns.delete(slot);
      this.#near.coolDown(Number(slot), until);
    }
  }
}

function nearSize(size: bigint, wanted: number): number {
  const largest = Math.min(wanted, largestSize);
  return size < BigInt(largest) ? Number(size) : largest;
}
