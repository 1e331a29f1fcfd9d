import { describe, expect, it } from 'vitest';
import { formatPrefix, parsePrefix } from '../../ip/prefix.ts';
import { emptyRangeSet, parseRangeSet } from '../../ip/range-set.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { blocksToReturn, nextBlock, restedBlocks, shouldPrelease } from './lease.ts';

const pool = (spec: object) =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name: 'p' }, spec });
const next = (
  spec: object,
  taken: readonly bigint[],
  own: readonly string[] = [],
  reserved = emptyRangeSet,
): string | undefined => {
  const block = nextBlock({
    pool: pool(spec),
    isTaken: (index) => taken.includes(index),
    own: own.map(parsePrefix),
    reserved,
  });
  return block === undefined ? undefined : formatPrefix(block);
};

describe('the next block to lease', () => {
  const spec = { subnet: '10.0.0.0/22', blockSize: 24 };

  it.each([
    ['is the first that nobody has', [], [], '10.0.0.0/24'],
    ['passes over those that somebody has', [0n, 1n], [], '10.0.2.0/24'],
    ['is the twin of the one the node has, so that both are one route', [1n], ['10.0.1.0/24'], '10.0.0.0/24'],
    ['is next to it when its twin is taken', [0n, 1n], ['10.0.1.0/24'], '10.0.2.0/24'],
    ['is below it when there is none above', [1n, 2n, 3n], ['10.0.1.0/24'], '10.0.0.0/24'],
    ['is none when all are taken', [0n, 1n, 2n, 3n], [], undefined],
  ] as const)('%s', (_what, taken, own, expected) => {
    expect(next(spec, taken, own)).toBe(expected);
  });

  it('has at least one address to give', () => {
    expect(next({ ...spec, excludeIPs: ['10.0.0.0/24'] }, [])).toBe('10.0.1.0/24');
    expect(next({ ...spec, ips: ['10.0.2.5'] }, [])).toBe('10.0.2.0/24');
    expect(next(spec, [], [], parseRangeSet(['10.0.0.0/23']))).toBe('10.0.2.0/24');
    expect(next({ subnet: '10.0.0.0/30', blockSize: 32, gateway: '10.0.0.1' }, [])).toBe('10.0.0.2/32');
  });
});

describe('leasing ahead and handing back', () => {
  const facts = (block: string, used: number, coolingDown = 0) => ({
    block: parsePrefix(block),
    used,
    coolingDown,
    total: 13n,
  });

  it.each([
    [3n, 13n, false],
    [2n, 13n, true],
    [0n, 0n, false],
  ] as const)('with %s of %s left: lease ahead %s', (free, total, expected) => {
    expect(shouldPrelease(free, total, 0.2)).toBe(expected);
  });

  it('hands back empty blocks, but not the first, not one that cools down, and not what would be leased again at once', () => {
    const returned = (...blocks: ReturnType<typeof facts>[]) => blocksToReturn(blocks, 0.2).map(formatPrefix);
    expect(returned(facts('10.0.0.0/28', 0))).toEqual([]);
    expect(returned(facts('10.0.0.0/28', 0), facts('10.0.0.16/28', 0))).toEqual(['10.0.0.16/28']);
    expect(returned(facts('10.0.0.0/28', 0), facts('10.0.0.16/28', 0, 1))).toEqual([]);
    expect(returned(facts('10.0.0.0/28', 12), facts('10.0.0.16/28', 0))).toEqual([]);
    expect(returned(facts('10.0.0.0/28', 12), facts('10.0.0.16/28', 0), facts('10.0.0.32/28', 0))).toEqual([
      '10.0.0.32/28',
    ]);
  });

  it('of a pool that gives nothing out any more, hands back all that are empty and have cooled down', () => {
    const all = [facts('10.0.0.0/28', 0), facts('10.0.0.16/28', 1), facts('10.0.0.32/28', 0, 1)];
    expect(restedBlocks(all).map(formatPrefix)).toEqual(['10.0.0.0/28']);
  });
});
