import { describe, expect, it } from 'vitest';
import { outlookText } from './forecast-command.ts';

const hour = 3_600;

describe('when it runs out, in a table', () => {
  it.each<readonly [string, Parameters<typeof outlookText>[0]]>([
    ['-', undefined],
    ['known in 12m', { window: 'hour', needs_ms: '720000', pace_low: 0, pace_high: 0 }],
    ['never', { window: 'hour', needs_ms: '0', pace_low: -1, pace_high: 0 }],
    ['full', { window: 'hour', needs_ms: '0', pace_low: 0, pace_high: 0, earliest_seconds: 0, latest_seconds: 0 }],
    ['2h 30m to never', { window: 'hour', needs_ms: '0', pace_low: -1, pace_high: 3, earliest_seconds: 2.5 * hour }],
    [
      '<1m to 3d 4h',
      { window: 'hour', needs_ms: '0', pace_low: 1, pace_high: 3, earliest_seconds: 9, latest_seconds: 76.4 * hour },
    ],
    [
      '5h',
      {
        window: 'hour',
        needs_ms: '0',
        pace_low: 1,
        pace_high: 1,
        earliest_seconds: 5 * hour,
        latest_seconds: 5 * hour + 1,
      },
    ],
  ])('%s', (text, outlook) => {
    expect(outlookText(outlook)).toBe(text);
  });
});
