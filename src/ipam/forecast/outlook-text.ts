import type { Forecast } from './usage-record.ts';

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
] as const;

/** For people, of two parts at most: `2h 30m`, `3d 4h`, `under a minute`. @param ms milliseconds */
export function spanText(ms: number): string {
  // Paces are fractions, and a second more or less is nothing.
  let left = Math.round(ms / 1_000) * 1_000;
  const first = units.findIndex((unit) => left >= unit.ms);
  if (first < 0) return 'under a minute';
  const parts = units.slice(first, first + 2).map(({ name, ms: size }) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return { name, count };
  });
  return parts.flatMap(({ name, count }) => (count === 0 ? [] : `${count}${name}`)).join(' ');
}

/** A clause for each window in which it runs out: `at the pace of the last hour in 2h to 5h`. */
export function outlookTexts({ outlooks }: Pick<Forecast, 'outlooks'>): readonly string[] {
  return outlooks.flatMap(({ window, outlook }) => {
    if (outlook.kind === 'unknown' || outlook.earliestMs === undefined || outlook.earliestMs === 0) return [];
    const { earliestMs, latestMs } = outlook;
    const [from, to] = [spanText(earliestMs), latestMs === undefined ? 'never' : spanText(latestMs)];
    return [`at the pace of the last ${window} in ${from === to ? from : `${from} to ${to}`}`];
  });
}

/** The soonest that it runs out at any pace, from now; undefined: at none that is known. Milliseconds. */
export function soonest({ outlooks }: Pick<Forecast, 'outlooks'>): number | undefined {
  const times = outlooks.flatMap(({ outlook }) => (outlook.kind === 'known' ? (outlook.earliestMs ?? []) : []));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** As a sentence to put behind another; empty: it does not run out, as far as is known. */
export function runsOutText(forecast: Pick<Forecast, 'outlooks'> | undefined): string {
  const texts = forecast === undefined ? [] : outlookTexts(forecast);
  return texts.length === 0 ? '' : `; it runs out ${texts.join(', ')}`;
}
