import { Registry } from '@prometheus-io/client';
import { describe, expect, it } from 'vitest';
import type { Forecast } from '../ipam/forecast/usage-record.ts';
import { ForecastGauges } from './forecast-gauges.ts';

const pool = { kind: 'pool', name: 'office', family: 4, taken: 1, total: 2, at: 0 } as const;
const pace = { low: 0, high: 1 };

describe('the metric of when pools run out', () => {
  it('has both ends of each range, nothing of what is not known, and no series of what is not asked for', async () => {
    const registry = new Registry();
    const gauges = new ForecastGauges(registry);
    const forecasts: readonly Forecast[] = [
      {
        ...pool,
        outlooks: [
          { window: 'hour', outlook: { kind: 'known', pace, earliestMs: 7_200_000, latestMs: undefined } },
          { window: 'day', outlook: { kind: 'known', pace, earliestMs: 0, latestMs: 0 } },
          { window: 'week', outlook: { kind: 'unknown', needsMs: 1 } },
        ],
      },
      { ...pool, kind: 'node', name: 'n1', outlooks: [] },
    ];
    const series = async (): Promise<readonly string[]> =>
      (await registry.metrics()).split('\n').filter((line) => line.startsWith('ipam_'));
    gauges.show(forecasts);
    expect(await series()).toEqual([
      'ipam_pool_exhaustion_seconds{pool="office",window="hour",bound="earliest"} 7200',
      'ipam_pool_exhaustion_seconds{pool="office",window="hour",bound="latest"} +Inf',
      'ipam_pool_exhaustion_seconds{pool="office",window="day",bound="earliest"} 0',
      'ipam_pool_exhaustion_seconds{pool="office",window="day",bound="latest"} 0',
    ]);
    gauges.show([]);
    expect(await series()).toEqual([]);
  });
});
