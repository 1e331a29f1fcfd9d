import { describe, expect, it } from 'vitest';
import { scoresOf } from './score.ts';

describe('the scores of nodes', () => {
  it.each<[string, readonly bigint[], readonly number[]]>([
    ['follow what is free, from 0 to 10', [0n, 25n, 50n, 100n], [0, 2, 5, 10]],
    ['are alike where as much is free', [7n, 7n], [10, 10]],
    ['are all 0 where nothing is', [0n, 0n], [0, 0]],
    ['count IPv6 as well', [2n ** 64n, 2n ** 63n], [10, 5]],
    ['are none of none', [], []],
  ])('%s', (_what, free, scores) => {
    expect(scoresOf(free)).toEqual(scores);
  });
});
