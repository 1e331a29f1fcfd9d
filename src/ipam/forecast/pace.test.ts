import { describe, expect, it } from 'vitest';
import { type Outlook, outlook } from './pace.ts';
import type { UsageSample } from './usage-ring.ts';

const minute = 60_000;
/** In the table: it does not run out. */
const not = Number.POSITIVE_INFINITY;
const hour = 60 * minute;
/** So many samples, one a minute. */
const minutes = (count: number, taken: (minute: number) => number, total: (minute: number) => number = () => 1_000) =>
  Array.from({ length: count }, (_, at): UsageSample => ({ at: at * minute, taken: taken(at), total: total(at) }));

const known = (one: Outlook): Extract<Outlook, { kind: 'known' }> => {
  if (one.kind === 'unknown') throw new Error(`needs ${one.needsMs} ms more`);
  return one;
};

describe('when a pool runs out at the pace of the last hour', () => {
  it.each<readonly [what: string, samples: readonly UsageSample[], earliestH: number, latestH: number]>([
    // 60 an hour, 641 left.
    ['is exactly told of one that fills steadily', minutes(61, (at) => 300 + at), 640 / 60, 640 / 60],
    ['is never of one that stays as it is', minutes(61, () => 300), not, not],
    ['is never of one that empties', minutes(61, (at) => 300 - at), not, not],
    ['is never of one that is empty', minutes(61, () => 0), not, not],
    ['is now of one that is full', minutes(61, () => 1_000), 0, 0],
    [
      'is now of one that was made smaller than what is out',
      minutes(
        61,
        () => 300,
        () => 200,
      ),
      0,
      0,
    ],
    [
      'is now of one that offers nothing',
      minutes(
        61,
        () => 0,
        () => 0,
      ),
      0,
      0,
    ],
    // What was there before does not take addresses faster because more is there.
    [
      'is later when it was made larger',
      minutes(
        61,
        (at) => 300 + at,
        (at) => (at < 30 ? 400 : 1_000),
      ),
      640 / 60,
      640 / 60,
    ],
    ['is the same with half an hour of samples', minutes(31, (at) => 300 + at), 670 / 60, 670 / 60],
    [
      'is the same where samples are missing in between',
      minutes(61, (at) => 300 + at).filter(({ at }) => at < 10 * minute || at > 40 * minute),
      640 / 60,
      640 / 60,
    ],
    [
      'does not go by what was before that hour',
      [{ at: -10 * hour, taken: 0, total: 1_000 }, ...minutes(61, (at) => 300 + at)],
      640 / 60,
      640 / 60,
    ],
  ])('%s', (_, samples, earliestH, latestH) => {
    const { earliestMs, latestMs } = known(outlook(samples, hour));
    const hours = (ms: number | undefined): number => (ms === undefined ? not : ms / hour);
    expect(hours(earliestMs)).toBeCloseTo(earliestH, 6);
    expect(hours(latestMs)).toBeCloseTo(latestH, 6);
  });

  it('is between a time and never of one that took much at once, and nothing else', () => {
    const { earliestMs, latestMs, pace } = known(
      outlook(
        minutes(61, (at) => (at < 35 ? 300 : 400)),
        hour,
      ),
    );
    expect(pace.low).toBeLessThan(0);
    expect(earliestMs).toBeGreaterThan(0);
    expect(latestMs).toBeUndefined();
  });

  it('is a range around the mean of one that fills now faster, now slower', () => {
    const { earliestMs = 0, latestMs = 0 } = known(
      outlook(
        minutes(61, (at) => 300 + at + 3 * Math.sin(at)),
        hour,
      ),
    );
    expect(earliestMs).toBeLessThan((640 / 60) * hour);
    expect(latestMs).toBeGreaterThan((640 / 60) * hour);
  });

  it('is never where that is more than ten years', () => {
    const endless = minutes(
      61,
      (at) => at,
      () => 2 ** 64,
    );
    expect(known(outlook(endless, hour))).toMatchObject({ earliestMs: undefined, latestMs: undefined });
  });

  it.each([
    ['nothing', [], 30],
    ['one sample', minutes(1, () => 1), 30],
    ['ten minutes', minutes(11, () => 1), 20],
  ])('is not known after %s, and says how long it will not be', (_, samples, needs) => {
    expect(outlook(samples, hour)).toEqual({ kind: 'unknown', needsMs: needs * minute });
  });
});
