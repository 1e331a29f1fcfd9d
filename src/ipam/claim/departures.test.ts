import { describe, expect, it } from 'vitest';
import { Departures } from './departures.ts';

describe('what went', () => {
  it('is over up to the version that it went with, and may be there once more', () => {
    const departures = new Departures(2);
    departures.went('a', 5n);
    expect([4n, 5n, 6n].map((order) => departures.isOver('a', order))).toEqual([true, true, false]);
    expect(departures.isOver('b', 1n)).toBe(false);
  });

  it('is known for as long as it is one of the latest', () => {
    const departures = new Departures(2);
    for (const uid of ['a', 'b', 'a', 'c']) departures.went(uid, 5n);
    expect(['a', 'b', 'c'].map((uid) => departures.isOver(uid, 5n))).toEqual([true, false, true]);
  });
});
