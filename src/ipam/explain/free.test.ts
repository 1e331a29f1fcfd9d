import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../ip/prefix.ts';
import { emptyRangeSet, formatRangeSet, parseRangeSet } from '../../ip/range-set.ts';
import { type Pool, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { type FreeFacts, freeParts } from './free.ts';

const poolOf = (spec: object): Pool =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name: 'office' }, spec });
const none = { withheld: emptyRangeSet, taken: emptyRangeSet, blocks: [] };
const block = (cidr: string, node: string, isHeard = true) => ({ prefix: parsePrefix(cidr), node, isHeard });
const blocks = poolOf({ subnet: '10.6.0.0/24', blockSize: 26 });

describe('what of a pool is free', () => {
  it.each<[string, FreeFacts, object]>([
    [
      'without what is taken, withheld, or for those only who ask for it',
      {
        ...none,
        pool: poolOf({ subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.19'], fixedIPs: ['10.5.0.90'] }),
        withheld: parseRangeSet(['10.5.0.12']),
        taken: parseRangeSet(['10.5.0.15-10.5.0.16']),
      },
      [[['10.5.0.10-10.5.0.11', '10.5.0.13-10.5.0.14', '10.5.0.17-10.5.0.19'], 7n, undefined]],
    ],
    [
      'of each block, without its edges and its gateway, and of what nobody has leased',
      {
        ...none,
        pool: blocks,
        taken: parseRangeSet(['10.6.0.2-10.6.0.61']),
        blocks: [block('10.6.0.0/26', 'node1'), block('10.6.0.64/26', 'node2')],
      },
      [
        [['10.6.0.62'], 1n, 'node1'],
        [['10.6.0.66-10.6.0.126'], 61n, 'node2'],
        [['10.6.0.128-10.6.0.255'], 122n, undefined],
      ],
    ],
    [
      'of no block of which nobody was heard, and of none that is full',
      {
        ...none,
        pool: poolOf({ subnet: '10.6.0.0/25', blockSize: 26 }),
        taken: parseRangeSet(['10.6.0.64/26']),
        blocks: [block('10.6.0.0/26', 'node1', false), block('10.6.0.64/26', 'node2')],
      },
      [],
    ],
  ])('%s', (_, facts, expected) => {
    expect(freeParts(facts).map(({ ranges, count, node }) => [formatRangeSet(ranges), count, node])).toEqual(expected);
  });
});
