import type { UsageSample } from './usage-ring.ts';

/** When something runs out at the pace of some time. */
export type Outlook =
  /** Too little was seen: so long more must be, milliseconds. */
  | { readonly kind: 'unknown'; readonly needsMs: number }
  | {
      readonly kind: 'known';
      /** Addresses an hour; negative where it empties. */
      readonly pace: { readonly low: number; readonly high: number };
      /** Milliseconds from the last sample on; undefined: never, at that pace. 0: it is full. */
      readonly earliestMs: number | undefined;
      readonly latestMs: number | undefined;
    };

const hourMs = 3_600_000;
/** The window is taken apart into so many equal parts: how far their paces are from one another says how sure the mean of them is. */
const parts = 6;
/** Of the window so much must have been seen. */
const leastShare = 0.5;
/** Of means of six, nineteen of twenty are within so many standard errors (Student's t, 5 degrees of freedom). */
const errors = 2.571;
/** What runs out later than in ten years does not, for anybody who asks. */
const neverMs = 10 * 365 * 24 * hourMs;

/**
 * When what is left is taken, at the pace of a window. Growth is that of what is taken: a pool that is made larger or smaller meanwhile
 * takes addresses no faster, it has others left.
 * @param samples the earliest first; those of before the window do not count
 */
export function outlook(samples: readonly UsageSample[], windowMs: number): Outlook {
  const last = samples.at(-1);
  const within = last === undefined ? [] : samples.filter(({ at }) => at >= last.at - windowMs && at <= last.at);
  const [first] = within;
  if (last === undefined || first === undefined) return { kind: 'unknown', needsMs: windowMs * leastShare };
  const seenMs = last.at - first.at;
  if (seenMs < windowMs * leastShare) return { kind: 'unknown', needsMs: windowMs * leastShare - seenMs };
  const pace = paceOf(within, first.at, seenMs);
  const left = last.total - last.taken;
  return { kind: 'known', pace, earliestMs: timeFor(left, pace.high), latestMs: timeFor(left, pace.low) };
}

function paceOf(samples: readonly UsageSample[], from: number, seenMs: number): { low: number; high: number } {
  const partMs = seenMs / parts;
  const bounds = Array.from({ length: parts + 1 }, (_, index) => takenAt(samples, from + index * partMs));
  const paces = bounds.slice(1).map((taken, index) => ((taken - (bounds[index] ?? taken)) * hourMs) / partMs);
  const mean = paces.reduce((sum, pace) => sum + pace, 0) / parts;
  const variance = paces.reduce((sum, pace) => sum + (pace - mean) ** 2, 0) / (parts - 1);
  const doubt = errors * Math.sqrt(variance / parts);
  return { low: mean - doubt, high: mean + doubt };
}

/** Between two samples it went evenly, as far as anybody knows. */
function takenAt(samples: readonly UsageSample[], at: number): number {
  const index = samples.findIndex((sample) => sample.at >= at);
  const after = samples[index < 0 ? samples.length - 1 : index];
  const before = samples[index - 1];
  if (after === undefined) return 0;
  if (before === undefined || index < 0 || after.at === before.at) return after.taken;
  return before.taken + ((after.taken - before.taken) * (at - before.at)) / (after.at - before.at);
}

/** Rounding leaves a pace that is nothing a little above or below it. */
const least = 1e-9;

function timeFor(left: number, pace: number): number | undefined {
  if (left <= 0) return 0;
  if (pace <= least) return undefined;
  const ms = (left / pace) * hourMs;
  return ms > neverMs ? undefined : ms;
}
