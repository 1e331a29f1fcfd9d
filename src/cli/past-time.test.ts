import { describe, expect, it } from 'vitest';
import { pastTime } from './past-time.ts';

const now = new Date(2026, 11, 1, 12, 0, 0).getTime();
const local = (...of: readonly [number, number, number, number?, number?]) =>
  new Date(of[0], of[1] - 1, of[2], of[3] ?? 0, of[4] ?? 0).getTime();

describe('a time of the past', () => {
  it.each<readonly [string, number]>([
    ['90s', now - 90_000],
    ['7d', now - 7 * 86_400_000],
    ['2026-12-01T03:10Z', Date.UTC(2026, 11, 1, 3, 10)],
    ['2026-12-01T03:10:05.250+01:00', Date.UTC(2026, 11, 1, 2, 10, 5, 250)],
    ['2026-12-01 03:10', local(2026, 12, 1, 3, 10)],
    ['2026-11-30', local(2026, 11, 30)],
    ['03:10', local(2026, 12, 1, 3, 10)],
    ['23:59', local(2026, 11, 30, 23, 59)],
  ])('%s', (text, expected) => expect(pastTime(text, '--at', now)).toBe(expected));

  it.each(['', 'Tuesday', '25:00', '2026-13-01', '5', '1w', '2026-12-01T03:10 or so'])('is not %j', (text) => {
    expect(() => pastTime(text, '--at', now)).toThrow(`--at ${text} is no time`);
  });
});
