import { describe, expect, it } from 'vitest';
import { runsOutText } from './outlook-text.ts';
import type { Outlook } from './pace.ts';

const hour = 3_600_000;
const known = (earliestMs: number | undefined, latestMs: number | undefined): Outlook => ({
  kind: 'known',
  pace: { low: 1, high: 2 },
  earliestMs,
  latestMs,
});
const of = (outlook: Outlook) => ({ outlooks: [{ window: 'hour', outlook } as const] });

describe('when it runs out, in words', () => {
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
});
