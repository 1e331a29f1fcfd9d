import { type Prefix, subprefix, subprefixCount, subprefixIndex } from '../../ip/prefix.ts';
import { countAddresses, type RangeSet } from '../../ip/range-set.ts';
import type { Pool } from '../../resources/pool.ts';
import { blockLayout } from './layout.ts';

/** Most blocks looked at for one lease; beyond it a pool that is cut into 2^40 crumbs counts as exhausted. */
const searchLimit = 1_000_000n;

export interface NextBlockFacts {
  readonly pool: Pool;
  /** Has somebody the block of this index within the pool? */
  readonly isTaken: (index: bigint) => boolean;
  /** The blocks that this node has, in the order of leasing. */
  readonly own: readonly Prefix[];
  readonly reserved: RangeSet;
  /** Where to begin when it has none: an index within the pool; without, at the first. */
  readonly from?: bigint;
  /** So many places behind `from` are known to have nothing to lease. */
  readonly skip?: bigint;
}

/**
 * The block a node should lease next: the neighbour of one it has, so that its routes aggregate, else the
 * first that nobody has. A block without a single usable address is passed over.
 * @returns undefined when no block is left
 */
export function nextBlock({ pool, isTaken, own, reserved, from = 0n, skip = 0n }: NextBlockFacts): Prefix | undefined {
  if (pool.blockSize === undefined || pool.usable.ranges.length === 0) return undefined;
  const size = pool.blockSize;
  const count = subprefixCount(pool.subnet, size);
  const fits = (index: bigint): Prefix | undefined => {
    if (index < 0n || index >= count || isTaken(index)) return undefined;
    const block = subprefix(pool.subnet, size, index);
    return countAddresses(blockLayout(pool, block, reserved).usable) > 0n ? block : undefined;
  };
  for (const block of own.toReversed()) {
    const index = subprefixIndex(pool.subnet, block);
    const neighbour = fits(index ^ 1n) ?? fits(index + 1n) ?? fits(index - 1n);
    if (neighbour !== undefined) return neighbour;
  }
  const end = count < skip + searchLimit ? count : skip + searchLimit;
  for (let place = skip; place < end; place++) {
    const block = fits((from + place) % count);
    if (block !== undefined) return block;
  }
  return undefined;
}

/**
 * Is it time to lease the next block in the background?
 * @param threshold share of the node's addresses, 0..1 (docs/daemon.md)
 */
export function shouldPrelease(free: bigint, total: bigint, threshold: number): boolean {
  return Number(free) < Number(total) * threshold;
}

export interface LeasedBlockFacts {
  readonly block: Prefix;
  readonly used: number;
  readonly coolingDown: number;
  readonly total: bigint;
}

/**
 * Blocks to hand back: empty ones, but the first, whose addresses all have cooled down, as long as what remains
 * would not at once ask for another block.
 */
export function blocksToReturn(blocks: readonly LeasedBlockFacts[], threshold: number): readonly Prefix[] {
  let remaining = [...blocks];
  const returned: Prefix[] = [];
  for (const candidate of blocks.slice(1).toReversed()) {
    if (!cooldownEnded(candidate)) continue;
    const rest = remaining.filter((block) => block !== candidate);
    const total = rest.reduce((sum, block) => sum + block.total, 0n);
    const used = rest.reduce((sum, block) => sum + block.used, 0);
    if (shouldPrelease(total - BigInt(used), total, threshold)) continue;
    remaining = rest;
    returned.push(candidate.block);
  }
  return returned;
}

/** Every block that is empty and has cooled down: what a pool hands back that gives nothing out any more. */
export function restedBlocks(blocks: readonly LeasedBlockFacts[]): readonly Prefix[] {
  return blocks.filter(cooldownEnded).map(({ block }) => block);
}

function cooldownEnded({ used, coolingDown }: LeasedBlockFacts): boolean {
  return used === 0 && coolingDown === 0;
}
