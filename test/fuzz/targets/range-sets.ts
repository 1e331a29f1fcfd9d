import { prefixRange } from '../../../src/ip/range.ts';
import {
  countAddresses,
  emptyRangeSet,
  formatRangeSet,
  intersect,
  parseRangeSet,
  type RangeSet,
  rangeSet,
  subtract,
  summarise,
  union,
} from '../../../src/ip/range-set.ts';
import { refusedOr, requireSame } from '../expected.ts';
import type { Target } from '../target.ts';
import { addressTokens } from './addresses.ts';

/** Two sets, a blank line between them, one range a line: their texts, and the laws of sets. */
export const rangeSets: Target = {
  name: 'range-sets',
  dictionary: [...addressTokens, '\n\n', '0.0.0.0/0', '::/0', '10.0.0.1-10.0.0.9'],
  run: (input) => {
    const [left = '', right = ''] = input.toString().split('\n\n');
    const outcome = refusedOr(() => [setOf(left), setOf(right)] as const);
    if ('refused' in outcome) return outcome.refused;
    const [a, b] = outcome.made;
    checkTexts(a);
    checkLaws(a, b);
    return `${a.ranges.length} and ${b.ranges.length}, ${intersect(a, b).ranges.length} shared`;
  },
};

function setOf(text: string): RangeSet {
  return parseRangeSet(text.split('\n').filter((line) => line !== ''));
}

function checkTexts(set: RangeSet): void {
  requireSame('round trip of a set', set, parseRangeSet(formatRangeSet(set)));
  requireSame('a set as prefixes', set, rangeSet(summarise(set).map(prefixRange)));
}

function checkLaws(a: RangeSet, b: RangeSet): void {
  const both = intersect(a, b);
  requireSame('a and b, b and a', both, intersect(b, a));
  requireSame('a or b, b or a', union(a, b), union(b, a));
  requireSame('a without b, or what is in both', a, union(subtract(a, b), both));
  requireSame('a without b, and b', emptyRangeSet, intersect(subtract(a, b), b));
  requireSame('counts', countAddresses(a) + countAddresses(b), countAddresses(union(a, b)) + countAddresses(both));
}
