import { describe, expect, it } from 'vitest';
import type { Outlook } from './pace.ts';
import { exhaustionWarning } from './warning.ts';

const hour = 3_600_000;
const fills = (earliestMs: number, latestMs?: number): Outlook => ({
  ...{ kind: 'known', pace: { low: 1, high: 2 } },
  ...{ earliestMs, latestMs },
});
const of = (outlook: Outlook, day: Outlook = { kind: 'unknown', needsMs: 1 }) => ({
  ...({ kind: 'pool', name: 'office', family: 4, taken: 90, total: 100, at: 0 } as const),
  outlooks: [{ window: 'hour', outlook } as const, { window: 'day', outlook: day } as const],
});

describe('who should be told that a pool runs out', () => {
  it.each<readonly [string, ReturnType<typeof of>, string | undefined]>([
    ['it fills within the time', of(fills(2 * hour, 5 * hour)), 'in 2h to 5h at the pace of the last hour'],
    [
      'one pace says so, sooner than another',
      of(fills(9 * hour, 9 * hour), fills(3 * hour, 4 * hour)),
      'in 3h to 4h at the pace of the last day',
    ],
    ['not: it fills later', of(fills(25 * hour, 30 * hour)), undefined],
    ['not: it may never', of(fills(2 * hour)), undefined],
    ['not: it is full', of(fills(0, 0)), undefined],
    ['not: too little is known', of({ kind: 'unknown', needsMs: 5 }), undefined],
  ])('%s', (_, forecast, text) => {
    const said = exhaustionWarning(forecast, 24 * hour);
    expect(said).toBe(text && `pool "office" runs out ${text}: 90 of 100 addresses are out`);
  });
});
