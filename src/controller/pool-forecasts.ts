import { type Forecast, UsageRecord } from '../ipam/forecast/usage-record.ts';
import { poolUsages } from '../ipam/forecast/usages.ts';
import { exhaustionWarning } from '../ipam/forecast/warning.ts';
import type { Clock } from '../platform/clock.ts';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { LiveCluster } from './live-cluster.ts';
import { allPoolFigures } from './pool-figures.ts';
import type { ClusterState } from './state.ts';

const everyMs = 60_000;
/** An API server keeps an Event for an hour: it is said again while it is so, and not more often. */
const againMs = 3_600_000;

export interface PoolForecastsParts {
  readonly state: ClusterState;
  readonly live: Pick<LiveCluster, 'announce'>;
  readonly clock: Clock;
  /** Milliseconds since the machine was started. */
  readonly elapsed: () => number;
  readonly log: Log;
  /** Who runs out within so long is told, milliseconds; 0: nobody is. */
  readonly warnWithinMs: number;
  /** One replica tells. */
  readonly isLeader: () => boolean;
}

/** When pools run out. Every replica notes how full they are, so that who leads next knows what was; the leader tells. */
export class PoolForecasts {
  readonly #parts: PoolForecastsParts;
  readonly #record = new UsageRecord();
  /** When it was told last, by the pool's UID; of the time since the machine was started. */
  readonly #told = new Map<string, number>();

  constructor(parts: PoolForecastsParts) {
    this.#parts = parts;
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.round();
      await this.#parts.clock.pause(everyMs, signal);
    }
  }

  async round(): Promise<void> {
    const { state, clock, elapsed, isLeader, warnWithinMs } = this.#parts;
    // While nobody has been heard, nothing is out.
    if (!state.ready) return;
    const time = { now: clock.now(), elapsed: elapsed(), boot: undefined };
    this.#record.take(poolUsages(allPoolFigures(state)), time);
    if (!isLeader() || warnWithinMs === 0) return;
    for (const forecast of this.forecasts()) await this.#tell(forecast);
  }

  /** Of pools and of subnets. */
  forecasts(): readonly Forecast[] {
    return this.#record.forecasts();
  }

  async #tell(forecast: Forecast): Promise<void> {
    const { state, live, elapsed, log, warnWithinMs } = this.#parts;
    const pool = forecast.kind === 'pool' ? state.pool(forecast.name)?.resource : undefined;
    const message = exhaustionWarning(forecast, warnWithinMs);
    if (pool === undefined || message === undefined) return;
    const { apiVersion, kind, metadata } = pool;
    const { name, uid } = metadata;
    const now = elapsed();
    if (now - (this.#told.get(uid) ?? Number.NEGATIVE_INFINITY) < againMs) return;
    for (const [one, at] of this.#told) if (now - at >= againMs) this.#told.delete(one);
    this.#told.set(uid, now);
    log.warn({ pool: name }, message);
    try {
      await live.announce({
        subject: { apiVersion, kind, name, uid },
        type: 'Warning',
        reason: 'IPPoolRunsOut',
        message,
      });
    } catch (error) {
      if (!isIpamError(error)) throw error;
      log.debug({ err: error, pool: name }, 'could not write an Event of a pool that runs out');
    }
  }
}
