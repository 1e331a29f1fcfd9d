import { describe, expect, it } from 'vitest';
import { formatRangeSet, parseRangeSet } from '../../ip/range-set.ts';
import { addressesToAdd, addressesToDrop } from './choose-addresses.ts';

const set = (text: string) => parseRangeSet(text === '' ? [] : text.split(' '));

describe('the addresses that a pool of an application takes on', () => {
  it.each([
    ['begin where a prefix does', '', '10.0.0.1-10.0.0.20', 4n, ['10.0.0.4-10.0.0.7']],
    ['begin where the next larger prefix does', '', '10.0.0.1-10.0.0.20', 3n, ['10.0.0.4-10.0.0.6']],
    [
      'are in the smallest gap that has such a place',
      '',
      '10.0.0.0-10.0.0.63 10.0.1.0-10.0.1.5',
      4n,
      ['10.0.1.0-10.0.1.3'],
    ],
    ['are in one piece rather than aligned', '', '10.0.0.1-10.0.0.5', 4n, ['10.0.0.1-10.0.0.4']],
    ['are one', '', '10.0.0.9', 1n, ['10.0.0.9']],
    ['are none', '', '10.0.0.9', 0n, []],
    [
      'are as few pieces as can be',
      '',
      '10.0.0.1 10.0.0.3-10.0.0.4 10.0.0.8-10.0.0.10',
      4n,
      ['10.0.0.1', '10.0.0.8-10.0.0.10'],
    ],
    ['are all there are', '', '10.0.0.1 10.0.0.3-10.0.0.4', 9n, ['10.0.0.1', '10.0.0.3-10.0.0.4']],
    ['follow those that it has', '10.0.0.4-10.0.0.7', '10.0.0.8-10.0.0.20', 3n, ['10.0.0.8-10.0.0.10']],
    [
      'come before those that it has',
      '10.0.0.4-10.0.0.7',
      '10.0.0.1-10.0.0.3 10.0.0.16-10.0.0.31',
      2n,
      ['10.0.0.2-10.0.0.3'],
    ],
    [
      'are beside, and the rest together',
      '10.0.0.4',
      '10.0.0.5 10.0.0.9-10.0.0.20',
      3n,
      ['10.0.0.5', '10.0.0.10-10.0.0.11'],
    ],
    ['are between two that it has', '10.0.0.4 10.0.0.9', '10.0.0.5-10.0.0.8', 4n, ['10.0.0.5-10.0.0.8']],
    ['are of IPv6', '', 'fd00::1-fd00::ffff', 5n, ['fd00::8-fd00::c']],
  ])('%s', (_, present, free, count, expected) => {
    expect(formatRangeSet(addressesToAdd(set(present), set(free), count))).toEqual(expected);
  });
});

describe('the addresses that it gives up', () => {
  it.each([
    ['are the highest', '10.0.0.1-10.0.0.9', '', 3n, ['10.0.0.7-10.0.0.9']],
    ['are nobody’s', '10.0.0.1-10.0.0.9', '10.0.0.8-10.0.0.9', 3n, ['10.0.0.5-10.0.0.7']],
    ['lie where they lie', '10.0.0.1-10.0.0.4', '10.0.0.3', 2n, ['10.0.0.2', '10.0.0.4']],
    ['are no more than are to be had', '10.0.0.1-10.0.0.3', '10.0.0.1-10.0.0.2', 3n, ['10.0.0.3']],
    ['are none', '10.0.0.1-10.0.0.3', '', 0n, []],
  ])('%s', (_, present, held, count, expected) => {
    expect(formatRangeSet(addressesToDrop(set(present), set(held), count))).toEqual(expected);
  });
});
