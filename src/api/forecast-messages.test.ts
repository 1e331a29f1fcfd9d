import { describe, expect, it } from 'vitest';
import type { Outlook } from '../ipam/forecast/pace.ts';
import { forecastMessage, forecastOf } from './forecast-messages.ts';
import type { Forecast__Output } from './generated/ipam/Forecast.ts';

/** As it is after the way: numbers of 64 bits are digits, and what is not set is not there. */
function sent(message: ReturnType<typeof forecastMessage>): Forecast__Output {
  const outlooks = (message.outlooks ?? []).map(({ needs_ms = 0, ...one }) => ({ ...one, needs_ms: String(needs_ms) }));
  return { ...message, at_ms: String(message.at_ms), outlooks } as Forecast__Output;
}

describe('a forecast on its way', () => {
  it.each<readonly [string, Outlook]>([
    ['what is not known yet', { kind: 'unknown', needsMs: 90_000 }],
    ['a range', { kind: 'known', pace: { low: 1, high: 2.5 }, earliestMs: 1_000, latestMs: 2_000 }],
    ['never', { kind: 'known', pace: { low: -1, high: 0 }, earliestMs: undefined, latestMs: undefined }],
    ['full', { kind: 'known', pace: { low: 0, high: 0 }, earliestMs: 0, latestMs: 0 }],
  ])('arrives as it was: %s', (_, outlook) => {
    const forecast = {
      kind: 'pool',
      name: 'p',
      family: 6,
      taken: 3,
      total: 2 ** 80,
      at: 7,
      outlooks: [{ window: 'day', outlook }],
    } as const;
    expect(forecastOf(sent(forecastMessage(forecast)))).toEqual(forecast);
    expect(forecastMessage(forecast).total).toBe('1208925819614629174706176');
  });
});
