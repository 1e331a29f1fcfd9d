import { describe, expect, it } from 'vitest';
import type { Outlook } from '../ipam/forecast/pace.ts';
import { countText, outlookText, percentText, soonest } from './figures.ts';
import { english } from './texts-en.ts';
import { chinese } from './texts-zh.ts';

const hourMs = 3_600_000;
const known = (earliestMs?: number, latestMs?: number): Outlook => ({
  kind: 'known',
  pace: { low: 0, high: 1 },
  earliestMs,
  latestMs,
});

describe('a figure', () => {
  it.each([
    [0n, '0'],
    [999n, '999'],
    [1_000n, '1,000'],
    [1_000_000n, '1,000,000'],
    [1n << 64n, '18,446,744,073,709,551,616'],
  ])('%s is shown as %s', (count, text) => {
    expect(countText(count)).toBe(text);
  });

  it.each([
    [0n, 256n, '0.0 %'],
    [1n, 65_536n, '<0.1 %'],
    [128n, 256n, '50.0 %'],
    [255n, 256n, '99.6 %'],
    [65_535n, 65_536n, '99.9 %'],
    [256n, 256n, '100.0 %'],
    [0n, 0n, '–'],
  ])('%s of %s is %s', (part, total, text) => {
    expect(percentText(part, total)).toBe(text);
  });
});

describe('when something runs out', () => {
  it.each([
    ['too little was seen', { kind: 'unknown', needsMs: 30 * 60_000 } as const, 'known in 30 min', '30 分钟后可知'],
    ['it is full', known(0, 0), 'full', '已满'],
    ['it never does', known(), 'never, at this pace', '按此速度不会耗尽'],
    ['it may', known(26 * hourMs), 'not before 1 d 2 h', '至少1 天 2 小时后'],
    ['it does', known(2 * hourMs, 5 * hourMs), 'in 2 h to 5 h', '2 小时到5 小时后'],
    ['at once', known(1_000, 1_000), 'in under a minute', '不到一分钟后'],
  ])('is told when %s', (_what, outlook, en, zh) => {
    expect([outlookText(english, outlook), outlookText(chinese, outlook)]).toEqual([en, zh]);
  });

  it('is told of the pace by which it does so first', () => {
    const outlooks = [known(), known(9 * hourMs), known(2 * hourMs), { kind: 'unknown', needsMs: 1 } as const].map(
      (outlook) => ({ window: 'hour' as const, outlook }),
    );
    expect(soonest({ outlooks })).toEqual(known(2 * hourMs));
    expect(soonest({ outlooks: [] })).toBeUndefined();
  });
});
