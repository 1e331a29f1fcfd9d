import { describe, expect, it } from 'vitest';
import { ClockDoubt } from './clock-doubt.ts';
import { leftOut } from './retention.ts';

const day = 86_400_000;
const parts = [1, 2, 3, 4].map((number) => ({ last: number * 10, from: (number - 0.9) * day, bytes: 100 }));
const limits = { keptMs: 7 * day, bytes: 1_000 };

describe('what of a record is left out', () => {
  it.each<readonly [string, Partial<typeof limits>, number, number | undefined]>([
    ['nothing, while all is young and small', {}, 5 * day, undefined],
    ['what is over its time', {}, 9 * day, 10],
    ['what was over its time a day longer', {}, 10.5 * day, 30],
    ['never the newest, however old', {}, 100 * day, 30],
    ['as much as is too much, the earliest first', { bytes: 250 }, 5 * day, 20],
    ['not the newest, however large', { bytes: 10 }, 5 * day, 30],
  ])('%s', (_, more, now, expected) => {
    expect(leftOut(parts, { ...limits, ...more }, new ClockDoubt([]), now)).toBe(expected);
  });

  it('is nothing that is old only by a clock that was put forward', () => {
    const doubt = new ClockDoubt([{ sequence: 41, by: 365 * day }]);
    expect(leftOut(parts, limits, doubt, 370 * day)).toBeUndefined();
    expect(leftOut(parts, limits, doubt, 374.5 * day)).toBe(20);
  });
});
