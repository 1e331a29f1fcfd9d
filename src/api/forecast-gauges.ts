import { Gauge, type Registry } from '@prometheus-io/client';
import type { Forecast } from '../ipam/forecast/usage-record.ts';

/** When pools run out, for whoever speaks for all: see `PoolGauges`. */
export class ForecastGauges {
  readonly #seconds: Gauge<'pool' | 'window' | 'bound'>;

  constructor(registry: Registry) {
    this.#seconds = new Gauge({
      name: 'ipam_pool_exhaustion_seconds',
      help: 'Time until a pool has no address, or no block, left at the pace of the last hour, day or week: no sooner than earliest, no later than latest; +Inf: never',
      labelNames: ['pool', 'window', 'bound'],
      registers: [registry],
    });
  }

  /** @param forecasts of pools; of a pace that is not known yet there is no series */
  show(forecasts: readonly Forecast[]): void {
    this.#seconds.reset();
    for (const { kind, name: pool, outlooks } of forecasts) {
      if (kind !== 'pool') continue;
      for (const { window, outlook } of outlooks) {
        if (outlook.kind === 'unknown') continue;
        const { earliestMs, latestMs } = outlook;
        this.#seconds.set({ pool, window, bound: 'earliest' }, secondsOf(earliestMs));
        this.#seconds.set({ pool, window, bound: 'latest' }, secondsOf(latestMs));
      }
    }
  }
}

function secondsOf(ms: number | undefined): number {
  return ms === undefined ? Number.POSITIVE_INFINITY : ms / 1_000;
}
