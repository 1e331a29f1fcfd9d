import type { Forecast, ForecastSubject, KeptUsage, SampleTime } from '../../ipam/forecast/usage-record.ts';
import { UsageRecord } from '../../ipam/forecast/usage-record.ts';
import { nodeUsages, poolUsages } from '../../ipam/forecast/usages.ts';
import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import type { AddressFigures } from './address-figures.ts';
import type { KeptDisk } from './last-known-state.ts';

const everyMs = 60_000;
/** A start loses what came since. */
const savedEveryMs = 900_000;

export interface UsageKeeperParts {
  readonly node: string;
  readonly figures: Pick<AddressFigures, 'own' | 'pools'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds since the machine was started. */
  readonly elapsed: () => number;
  /** Which start of the machine; undefined: the system does not tell. */
  readonly boot: string | undefined;
  /** Undefined: it begins anew with each start. */
  readonly disk: KeptDisk<KeptUsage> | undefined;
  readonly log: Log;
}

/** Notes once a minute how much is out, and says by that when it runs out. */
export class UsageKeeper {
  readonly #parts: UsageKeeperParts;
  readonly #record: UsageRecord;
  #sampled: number | undefined;
  #saved: number;

  constructor(parts: UsageKeeperParts) {
    this.#parts = parts;
    this.#record = new UsageRecord(parts.disk?.load());
    this.#saved = parts.elapsed();
  }

  /** @throws IpamError storage-full, store-unavailable */
  async round(): Promise<void> {
    const { node, figures, elapsed } = this.#parts;
    const now = elapsed();
    if (this.#sampled !== undefined && now - this.#sampled < everyMs) return;
    this.#sampled = now;
    const [pools, own] = [await figures.pools(), await figures.own()];
    this.#record.take([...poolUsages(pools), ...nodeUsages(node, own.nodes, pools)], this.#time);
    if (now - this.#saved >= savedEveryMs) await this.#save(now);
  }

  async end(): Promise<void> {
    try {
      await this.#save(this.#parts.elapsed());
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#parts.log.warn({ err: error }, 'forecasts will know nothing of the last minutes');
    }
  }

  /** @param subject undefined: of all that this daemon knows */
  forecast(subject?: ForecastSubject): readonly Forecast[] {
    return this.#record.forecasts(subject);
  }

  async #save(now: number): Promise<void> {
    this.#saved = now;
    const { kept } = this.#record;
    if (kept !== undefined) await this.#parts.disk?.save(kept);
  }

  get #time(): SampleTime {
    const { clock, elapsed, boot } = this.#parts;
    return { now: clock.now(), elapsed: elapsed(), boot };
  }
}
