import { describe, expect, it } from 'vitest';
import { formatPrefix, type Prefix, parsePrefix } from '../../ip/prefix.ts';
import { emptyRangeSet } from '../../ip/range-set.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { BlockIndex } from './block-index.ts';

const pool = parsePool({
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name: 'pods' },
  spec: { subnet: '10.0.0.0/26', blockSize: 28 },
});

function places(taken: readonly string[] = [], start?: bigint): BlockIndex {
  const from = start === undefined ? undefined : () => start;
  return new BlockIndex({ ...pool, blockSize: 28 }, from, taken.map(parsePrefix));
}

/** Each move leads to the next of these places. */
function moving(...starts: readonly bigint[]): BlockIndex {
  return new BlockIndex({ ...pool, blockSize: 28 }, (_count, move) => starts[move] ?? 0n, []);
}

function next(of: BlockIndex, refused: readonly string[] = []): string | undefined {
  const block = of.next([], emptyRangeSet, refused.map(parsePrefix));
  return block === undefined ? undefined : formatPrefix(block);
}

/** Leases all that is left, one after the other. */
function rest(of: BlockIndex): readonly string[] {
  const leased: string[] = [];
  for (let block = next(of); block !== undefined; block = next(of)) {
    leased.push(block);
    of.add(parsePrefix(block));
  }
  return leased;
}

describe('the places of a pool', () => {
  it('are offered from where this daemon begins, round to the one before it', () => {
    expect(rest(places([], 2n))).toEqual(['10.0.0.32/28', '10.0.0.48/28', '10.0.0.0/28', '10.0.0.16/28']);
    expect(rest(places(['10.0.0.0/28']))).toEqual(['10.0.0.16/28', '10.0.0.32/28', '10.0.0.48/28']);
  });

  it('are offered from elsewhere after a move, round to where the search was before', () => {
    const some = moving(1n, 3n);
    expect(next(some)).toBe('10.0.0.16/28');
    some.add(parsePrefix('10.0.0.16/28'));
    some.jumpElsewhere();
    expect(rest(some)).toEqual(['10.0.0.48/28', '10.0.0.0/28', '10.0.0.32/28']);
  });

  it('stay in order for who has nobody beside them', () => {
    const some = places(['10.0.0.0/28']);
    some.jumpElsewhere();
    expect(rest(some)).toEqual(['10.0.0.16/28', '10.0.0.32/28', '10.0.0.48/28']);
  });

  it('are offered again when their block is handed back', () => {
    const some = places();
    rest(some);
    some.remove(parsePrefix('10.0.0.16/28'));
    expect(next(some)).toBe('10.0.0.16/28');
  });

  it('are offered to one lease at a time', async () => {
    const some = places();
    const first = parsePrefix('10.0.0.0/28');
    let during: string | undefined;
    await some.during(first, async () => {
      during = next(some);
    });
    expect(during).toBe('10.0.0.16/28');
    // The store did not give it, and no event will say that it is free again.
    expect(next(some)).toBe('10.0.0.16/28');
    for (const block of ['10.0.0.16/28', '10.0.0.32/28', '10.0.0.48/28']) some.add(parsePrefix(block));
    expect(next(some)).toBe('10.0.0.0/28');
  });

  it('are passed over when the store has just refused them', () => {
    expect(next(places(), ['10.0.0.0/28', '10.0.0.16/28'])).toBe('10.0.0.32/28');
    expect(next(places(['10.0.0.0/28', '10.0.0.16/28']), ['10.0.0.32/28', '10.0.0.48/28'])).toBeUndefined();
  });

  it('are known to lie below or above blocks that the pool was cut into before', () => {
    const some = places(['10.0.0.0/27', '10.0.0.60/30', '10.1.0.0/28']);
    const covered = (block: string): boolean => some.isCovered(parsePrefix(block));
    expect(['10.0.0.0/28', '10.0.0.16/28', '10.0.0.32/28', '10.0.0.48/28'].map(covered)).toEqual([
      true,
      true,
      false,
      true,
    ]);
    some.remove(parsePrefix('10.0.0.60/30'));
    expect(covered('10.0.0.48/28')).toBe(false);
  });

  it('belong to a pool as long as it is cut into the same blocks', () => {
    expect(places().isOf(pool)).toBe(true);
    expect(places().isOf({ ...pool, blockSize: 29 })).toBe(false);
    const subnet: Prefix = parsePrefix('10.0.1.0/26');
    expect(places().isOf({ ...pool, subnet })).toBe(false);
  });
});
