import type { Family } from '../../ip/address.ts';
import { type Outlook, outlook } from './pace.ts';
import { type ForecastWindow, forecastWindows, UsageRing, type UsageSample } from './usage-ring.ts';

export interface ForecastSubject {
  readonly kind: 'pool' | 'subnet' | 'node';
  readonly name: string;
}

/** What runs out: families are never added up. */
export interface Exhaustible extends ForecastSubject {
  readonly family: Family;
}

/** What is out of it now. */
export interface Usage extends Exhaustible {
  readonly taken: number;
  readonly total: number;
}

export interface Forecast extends Usage {
  /** When that was so, milliseconds since 1970. */
  readonly at: number;
  readonly outlooks: readonly { readonly window: ForecastWindow; readonly outlook: Outlook }[];
}

/** The times that samples are taken with. */
export interface SampleTime {
  /** Milliseconds since 1970, as the clock shows it. */
  readonly now: number;
  /** Milliseconds since the machine was started: a clock that nobody sets. */
  readonly elapsed: number;
  /** Which start of the machine; undefined: the system does not tell. */
  readonly boot: string | undefined;
}

/** What outlasts a restart. A sample is [time, taken, total]. */
export interface KeptUsage {
  readonly time: SampleTime;
  readonly subjects: readonly (Exhaustible & {
    readonly levels: readonly (readonly (readonly [number, number, number])[])[];
  })[];
}

/** A clock that is put by less does not matter to a pace. Milliseconds. */
const smallestStep = 1_000;
/** What is not there any more is forgotten after so long: a pool may be made anew. Milliseconds. */
const forgottenMs = 3_600_000;
/** Each has some 240 samples. */
const mostSubjects = 2_000;

/** What was out of pools, subnets and nodes lately, and when they run out by that. */
export class UsageRecord {
  readonly #rings = new Map<string, { readonly subject: Exhaustible; readonly ring: UsageRing }>();
  /** Of the last sample. */
  #time: SampleTime | undefined;

  constructor(kept?: KeptUsage) {
    this.#time = kept?.time;
    for (const { levels, ...subject } of kept?.subjects ?? []) {
      const samples = levels.map((level) => level.map(([at, taken, total]): UsageSample => ({ at, taken, total })));
      this.#rings.set(keyOf(subject), { subject, ring: new UsageRing(samples) });
    }
  }

  /** What is out now. */
  take(usages: readonly Usage[], time: SampleTime): void {
    const by = stepBetween(this.#time, time);
    if (by !== 0) for (const { ring } of this.#rings.values()) ring.shift(by);
    this.#time = time;
    for (const { taken, total, ...subject } of usages) this.#ringOf(subject)?.add({ at: time.now, taken, total });
    for (const [key, { ring }] of this.#rings)
      if ((ring.latest?.at ?? 0) < time.now - forgottenMs) this.#rings.delete(key);
  }

  /** Sorted by kind and name. @param subject undefined: of all */
  forecasts(subject?: ForecastSubject): readonly Forecast[] {
    const chosen = [...this.#rings.values()].filter(({ subject: { kind, name } }) =>
      subject === undefined ? true : kind === subject.kind && name === subject.name,
    );
    return chosen.flatMap(({ subject, ring }) => forecastOf(subject, ring) ?? []).sort(byKind);
  }

  get kept(): KeptUsage | undefined {
    if (this.#time === undefined) return undefined;
    const subjects = [...this.#rings.values()].map(({ subject, ring }) => ({
      ...subject,
      levels: ring.levels.map((level) => level.map(({ at, taken, total }) => [at, taken, total] as const)),
    }));
    return { time: this.#time, subjects };
  }

  #ringOf(subject: Exhaustible): UsageRing | undefined {
    const key = keyOf(subject);
    const known = this.#rings.get(key)?.ring;
    if (known !== undefined || this.#rings.size >= mostSubjects) return known;
    const ring = new UsageRing();
    this.#rings.set(key, { subject, ring });
    return ring;
  }
}

/**
 * By how much the clock was put since. Of another start of the machine nobody can tell, as the time that it was off counts as well: what
 * would lie ahead of now was at most now.
 */
function stepBetween(before: SampleTime | undefined, { now, elapsed, boot }: SampleTime): number {
  if (before === undefined) return 0;
  const isSameBoot = boot === before.boot && elapsed >= before.elapsed;
  const by = isSameBoot ? now - before.now - (elapsed - before.elapsed) : Math.min(0, now - before.now);
  return Math.abs(by) < smallestStep ? 0 : by;
}

function forecastOf(subject: Exhaustible, ring: UsageRing): Forecast | undefined {
  const { latest } = ring;
  if (latest === undefined) return undefined;
  const outlooks = forecastWindows.map(({ window, windowMs }) => ({
    window,
    outlook: outlook(ring.of(window), windowMs),
  }));
  return { ...subject, ...latest, outlooks };
}

function keyOf({ kind, name, family }: Exhaustible): string {
  return `${kind} ${name} ${family}`;
}

const kinds = ['pool', 'subnet', 'node'];

function byKind(a: Exhaustible, b: Exhaustible): number {
  if (a.kind === b.kind && a.name === b.name) return a.family - b.family;
  return kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1);
}
