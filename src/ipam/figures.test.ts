import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../ip/prefix.ts';
import { parseRangeSet, rangeSet } from '../ip/range-set.ts';
import { type Pool, parsePool, poolKind, spiderpoolVersion } from '../resources/pool.ts';
import { type PoolFacts, poolFigures, shareOut } from './figures.ts';

const poolOf = (spec: object, name = 'p'): Pool =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec });
const shared = poolOf({ subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.19'] });
const blocks = poolOf({ subnet: '10.6.0.0/24', blockSize: 26 });
const none = { withheld: rangeSet([]), used: 0, parked: 0, leased: [] };

describe('a pool in figures', () => {
  it.each<[string, PoolFacts, object]>([
    ['of which nothing is out', { ...none, pool: shared }, { total: 10n, states: { used: 0n, free: 10n } }],
    [
      'with addresses in use and parked',
      { ...none, pool: shared, used: 3, parked: 2 },
      { states: { used: 3n, parked: 2n, leased: 0n, free: 5n } },
    ],
    [
      'of which some are reserved: no Pod can get them',
      { ...none, pool: shared, withheld: parseRangeSet(['10.5.0.18-10.5.0.40']), used: 8 },
      { total: 8n, states: { used: 8n, free: 0n } },
    ],
    [
      'in blocks: a leased one counts with what Pods can get of it, as all of them do',
      { ...none, pool: blocks, leased: [parsePrefix('10.6.0.0/26'), parsePrefix('10.6.0.128/26')] },
      { total: 244n, states: { used: 0n, leased: 122n, free: 122n } },
    ],
    [
      'all of whose blocks are leased',
      { ...none, pool: blocks, leased: [0, 64, 128, 192].map((last) => parsePrefix(`10.6.0.${last}/26`)) },
      { total: 244n, states: { leased: 244n, free: 0n } },
    ],
    [
      'with more in use than it offers by now',
      { ...none, pool: shared, used: 12 },
      { total: 10n, states: { used: 12n, free: 0n } },
    ],
  ])('%s', (_name, facts, expected) => expect(poolFigures(facts)).toMatchObject(expected));

  it('adds up to what Pods can get', () => {
    const facts = { ...none, pool: blocks, leased: [parsePrefix('10.6.0.64/26')] };
    const { total, states } = poolFigures(facts);
    expect(Object.values(states).reduce((sum, count) => sum + count)).toBe(total);
  });

  it('is out to a share of 1 when it is exhausted, and several of one subnet are measured together', () => {
    const beside = poolOf({ subnet: '10.5.0.0/24', ips: ['10.5.0.20-10.5.0.49'] }, 'q');
    const full = poolFigures({ ...none, pool: shared, used: 10 });
    expect([shareOut([full]), shareOut([full, poolFigures({ ...none, pool: beside })]), shareOut([])]).toEqual([
      1, 0.25, 0,
    ]);
  });
});
