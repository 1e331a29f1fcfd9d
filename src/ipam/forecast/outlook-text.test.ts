import { describe, expect, it } from 'vitest';
import { runsOutText, soonest, spanText } from './outlook-text.ts';
import type { Outlook } from './pace.ts';

const minute = 60_000;
const hour = 60 * minute;
const known = (earliestMs: number | undefined, latestMs: number | undefined): Outlook => ({
  kind: 'known',
  pace: { low: 1, high: 2 },
  earliestMs,
  latestMs,
});
const of = (outlook: Outlook) => ({ outlooks: [{ window: 'hour', outlook } as const] });

describe('when it runs out, in words', () => {
  it.each([
    [30_000, 'under a minute'],
    [59.9 * minute, '59m'],
    [2.5 * hour, '2h 30m'],
    [3 * hour, '3h'],
    [76 * hour, '3d 4h'],
  ])('%d ms are %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  it.each<readonly [Outlook, string]>([
    [known(2 * hour, 5 * hour), '; it runs out at the pace of the last hour in 2h to 5h'],
    [known(2 * hour, 2 * hour + 1), '; it runs out at the pace of the last hour in 2h'],
    [known(2 * hour, undefined), '; it runs out at the pace of the last hour in 2h to never'],
    // Nothing to say of what does not, of what has already, and of what nobody knows.
    [known(undefined, undefined), ''],
    [known(0, 0), ''],
    [{ kind: 'unknown', needsMs: 1 }, ''],
  ])('%j', (outlook, text) => {
    expect(runsOutText(of(outlook))).toBe(text);
  });

  it('the soonest of all paces counts', () => {
    const outlooks = [
      { window: 'hour', outlook: known(5 * hour, undefined) },
      { window: 'day', outlook: known(2 * hour, undefined) },
      { window: 'week', outlook: { kind: 'unknown', needsMs: 1 } },
    ] as const;
    expect(soonest({ outlooks })).toBe(2 * hour);
    expect(soonest(of({ kind: 'unknown', needsMs: 1 }))).toBeUndefined();
  });
});
