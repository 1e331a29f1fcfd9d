import { describe, expect, it } from 'vitest';
import { checkFindings } from './check-findings.ts';

describe('the findings of a check', () => {
  it('are counted by what is wrong, and what is well is counted as well', () => {
    const found = [1, 6, 6, 7, 4, 3].map((invariant) => ({ invariant }));
    expect(checkFindings(found, 5)).toEqual({
      at: 5,
      counts: { doubled: 1, kept: 1, misplaced: 1, leaked: 2, unrecorded: 1 },
    });
    expect(Object.values(checkFindings([], 5).counts)).toEqual([0, 0, 0, 0, 0]);
  });

  it('have a kind for every invariant that is checked', () => {
    expect(() => checkFindings([{ invariant: 2 }], 5)).toThrow('invariant 2');
  });
});
