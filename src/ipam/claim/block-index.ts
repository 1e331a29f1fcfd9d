import {
  formatPrefix,
  type Prefix,
  prefixContains,
  prefixesOverlap,
  subprefixCount,
  subprefixIndex,
} from '../../ip/prefix.ts';
import type { RangeSet } from '../../ip/range-set.ts';
import type { Pool } from '../../resources/pool.ts';
import { nextBlock } from './lease.ts';

/** Chooses the place to begin at among so many, evenly, and another one after each move. */
export type Start = (count: bigint, move: number) => bigint;

/** Which blocks of one pool somebody has, so that a lease need not look at all of them. */
export class BlockIndex {
  readonly #pool: Pool & { readonly blockSize: number };
  readonly #count: bigint;
  readonly #start: Start | undefined;
  /** Index of the block to begin with, when there is no neighbour to be had. */
  #from: bigint;
  /** How often the search was moved. */
  #moves = 0;
  readonly #taken = new Set<bigint>();
  /** Leases that the store has not answered: the next one looks elsewhere. */
  readonly #underway = new Set<bigint>();
  /** Of a pool that was made anew with other blocks, those of the old: by CIDR. */
  readonly #others = new Map<string, Prefix>();
  /** So many places behind `from` had nothing to lease when last looked at. */
  #skip = 0n;

  /** @param start where to begin; without, at the first */
  constructor(pool: Pool & { readonly blockSize: number }, start: Start | undefined, blocks: Iterable<Prefix>) {
    this.#pool = pool;
    this.#count = subprefixCount(pool.subnet, pool.blockSize);
    this.#start = start;
    this.#from = start?.(this.#count, this.#moves) ?? 0n;
    for (const block of blocks) this.add(block);
  }

  /** Is the pool still cut into the same blocks? */
  isOf({ subnet, blockSize }: Pool): boolean {
    return blockSize === this.#pool.blockSize && formatPrefix(subnet) === formatPrefix(this.#pool.subnet);
  }

  add(block: Prefix): void {
    if (!this.#concerns(block)) return;
    if (this.#isPlace(block)) this.#taken.add(this.#indexOf(block));
    else this.#others.set(formatPrefix(block), block);
  }

  remove(block: Prefix): void {
    if (!this.#concerns(block)) return;
    if (!this.#isPlace(block)) {
      this.#others.delete(formatPrefix(block));
      this.#skip = 0n;
      return;
    }
    const index = this.#indexOf(block);
    this.#taken.delete(index);
    const place = this.#placeOf(index);
    if (place < this.#skip) this.#skip = place;
  }

  /** Nobody else is offered this block meanwhile. */
  async during<T>(block: Prefix, act: () => Promise<T>): Promise<T> {
    const index = this.#indexOf(block);
    this.#underway.add(index);
    try {
      return await act();
    } finally {
      this.#underway.delete(index);
    }
  }

  /**
   * Goes on elsewhere, after somebody else was faster: two who look for what is free in the same order, and have met, would
   * reach for the same blocks from then on.
   */
  jumpElsewhere(): void {
    if (this.#start === undefined) return;
    this.#moves += 1;
    this.#from = this.#start(this.#count, this.#moves);
    this.#skip = 0n;
  }

  /** Does a block of another length lie over this one? */
  isCovered(block: Prefix): boolean {
    for (const other of this.#others.values()) if (prefixesOverlap(other, block)) return true;
    return false;
  }

  /**
   * The block to lease next.
   * @param own the blocks that the node has, in the order of leasing
   * @param refused blocks that the store did not give a moment ago
   */
  next(own: readonly Prefix[], reserved: RangeSet, refused: readonly Prefix[]): Prefix | undefined {
    const found = this.#search(own, reserved, refused);
    if (found !== undefined || this.#skip === 0n) return found;
    // What was passed over may have become free without a word: a block that came and went between two lists.
    this.#skip = 0n;
    return this.#search(own, reserved, refused);
  }

  #search(own: readonly Prefix[], reserved: RangeSet, refused: readonly Prefix[]): Prefix | undefined {
    const refusals = new Set(refused.map((block) => this.#indexOf(block)));
    const isTaken = (index: bigint): boolean =>
      this.#taken.has(index) || this.#underway.has(index) || refusals.has(index);
    const block = nextBlock({ pool: this.#pool, isTaken, own, reserved, from: this.#from, skip: this.#skip });
    // A neighbour says nothing of the places before it.
    if (block !== undefined && own.length === 0) this.#skip = this.#placeOf(this.#indexOf(block));
    return block;
  }

  #concerns(block: Prefix): boolean {
    const { subnet } = this.#pool;
    return block.address.family === subnet.address.family && prefixesOverlap(subnet, block);
  }

  #isPlace({ length, address }: Prefix): boolean {
    return length === this.#pool.blockSize && prefixContains(this.#pool.subnet, address);
  }

  #indexOf(block: Prefix): bigint {
    return subprefixIndex(this.#pool.subnet, block);
  }

  #placeOf(index: bigint): bigint {
    return (index - this.#from + this.#count) % this.#count;
  }
}
