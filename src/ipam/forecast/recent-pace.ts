import type { Forecast } from './usage-record.ts';

/** Of the windows the longest that is known and not longer than a day: a week says little of what grew today. */
const counted = new Set(['day', 'hour']);

/** How many more addresses are out each hour, by the mean of late; undefined: too little was seen. */
export function recentPace({ outlooks }: Pick<Forecast, 'outlooks'>): number | undefined {
  const known = outlooks.flatMap(({ window, outlook }) =>
    counted.has(window) && outlook.kind === 'known' ? [(outlook.pace.low + outlook.pace.high) / 2] : [],
  );
  // From the shortest window to the longest.
  return known.at(-1);
}
