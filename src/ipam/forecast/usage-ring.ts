/** How much of a pool, a subnet or a node was out at a time. */
export interface UsageSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Addresses that nobody else gets: held, kept, or in blocks of nodes. */
  readonly taken: number;
  /** Addresses that Pods can get in all. */
  readonly total: number;
}

const minuteMs = 60_000;

/** The pace of so long a time; each with samples at most so far apart that there are some sixty to a hundred of them. */
export const forecastWindows = [
  { window: 'hour', windowMs: 60 * minuteMs, everyMs: minuteMs },
  { window: 'day', windowMs: 24 * 60 * minuteMs, everyMs: 15 * minuteMs },
  { window: 'week', windowMs: 7 * 24 * 60 * minuteMs, everyMs: 120 * minuteMs },
] as const;

export type ForecastWindow = (typeof forecastWindows)[number]['window'];

/** Samples are taken by rounds of which none comes at its very second. */
const earlyShare = 0.1;

/** What was out in the last hour, day and week: some 240 samples, however long it runs. */
export class UsageRing {
  #levels: readonly (readonly UsageSample[])[];
  #latest: UsageSample | undefined;

  /** @param levels as `levels` gave them, or nothing */
  constructor(levels: readonly (readonly UsageSample[])[] = []) {
    this.#levels = forecastWindows.map((_, level) => levels[level] ?? []);
    this.#latest = this.#levels[0]?.at(-1);
  }

  get levels(): readonly (readonly UsageSample[])[] {
    return this.#levels;
  }

  get latest(): UsageSample | undefined {
    return this.#latest;
  }

  add(sample: UsageSample): void {
    this.#latest = sample;
    this.#levels = this.#levels.map((samples, level) => added(samples, sample, forecastWindows[level]));
  }

  /** The clock was put: what was so long ago was so long ago. @param by milliseconds, forward */
  shift(by: number): void {
    const shifted = (sample: UsageSample): UsageSample => ({ ...sample, at: sample.at + by });
    this.#levels = this.#levels.map((samples) => samples.map(shifted));
    this.#latest = this.#latest && shifted(this.#latest);
  }

  /** The samples of a window, the earliest first, the newest of all last. */
  of(window: ForecastWindow): readonly UsageSample[] {
    const level = forecastWindows.findIndex((one) => one.window === window);
    const samples = this.#levels[level] ?? [];
    const latest = this.#latest;
    return latest === undefined || samples.at(-1)?.at === latest.at ? samples : [...samples, latest];
  }
}

function added(
  samples: readonly UsageSample[],
  sample: UsageSample,
  { windowMs, everyMs } = forecastWindows[0] as { readonly windowMs: number; readonly everyMs: number },
): readonly UsageSample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.at - last.at < everyMs * (1 - earlyShare)) return samples;
  const kept = samples.filter(({ at }) => at >= sample.at - windowMs && at < sample.at);
  return [...kept, sample].slice(-Math.ceil(windowMs / everyMs / (1 - earlyShare)) - 1);
}
