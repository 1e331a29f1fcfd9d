import { formatPrefix, type Prefix } from '../../ip/prefix.ts';
import { prefixRange } from '../../ip/range.ts';
import { countAddresses, type RangeSet, rangeSet, subtract } from '../../ip/range-set.ts';
import type { Pool } from '../../resources/pool.ts';
import { assignable, blockLayout, sharedLayout } from '../claim/layout.ts';

/** A part of a pool of which it is known what is free. */
export interface FreePart {
  readonly ranges: RangeSet;
  /** How many Pods can get: of what nobody has leased yet fewer than the ranges have. */
  readonly count: bigint;
  /** CIDR of the leased block, and whose it is; undefined: of a shared pool, or of what nobody has leased yet. */
  readonly block?: string;
  readonly node?: string;
}

/** The free addresses of a pool. */
export interface FreeAddresses {
  /** Sorted by address, those that nobody has leased last; those without a free address are left out. */
  readonly parts: readonly FreePart[];
  readonly count: bigint;
  /** Of how many nobody who was heard knows whether they are free. */
  readonly unknown: bigint;
  /** Of `count`, how many cool down, and are given last. */
  readonly coolingDown: number;
  /** Why none is given although some are free; empty: they are given. */
  readonly closed: string;
  /** The next that the daemon which was asked gives its node, in this order. */
  readonly next: readonly string[];
  /** What comes after these: a clause for people; empty: nothing. */
  readonly afterwards: string;
  /** Whose they are. */
  readonly node: string;
}

export interface FreeFacts {
  readonly pool: Pool;
  /** What no interface may get of it. */
  readonly withheld: RangeSet;
  /** Held, or kept for somebody. */
  readonly taken: RangeSet;
  /** Its leased blocks, sorted by address. */
  readonly blocks: readonly { readonly prefix: Prefix; readonly node: string; readonly isHeard: boolean }[];
}

/** What of a pool is free, part by part: the pool, or each of its blocks, and what nobody has leased. */
export function freeParts({ pool, withheld, taken, blocks }: FreeFacts): readonly FreePart[] {
  if (pool.blockSize === undefined) {
    const { usable, fixed } = sharedLayout(pool, withheld);
    return [partOf(subtract(subtract(usable, fixed), taken))].filter(({ count }) => count > 0n);
  }
  const leased = blocks.flatMap(({ prefix, node, isHeard }) =>
    isHeard
      ? [{ ...partOf(subtract(blockLayout(pool, prefix, withheld).usable, taken)), block: formatPrefix(prefix), node }]
      : [],
  );
  const unleased = subtract(pool.usable, rangeSet(blocks.map(({ prefix }) => prefixRange(prefix))));
  const rest = { ranges: subtract(unleased, withheld), count: assignable(pool, withheld, unleased) };
  return [...leased, rest].filter(({ count }) => count > 0n);
}

function partOf(ranges: RangeSet): FreePart {
  return { ranges, count: countAddresses(ranges) };
}
