import { spanText } from '../../resources/span-text.ts';
import type { Forecast } from './usage-record.ts';

/** A clause for each window in which it runs out: `at the pace of the last hour in 2h to 5h`. */
export function outlookTexts({ outlooks }: Pick<Forecast, 'outlooks'>): readonly string[] {
  return outlooks.flatMap(({ window, outlook }) => {
    if (outlook.kind === 'unknown' || outlook.earliestMs === undefined || outlook.earliestMs === 0) return [];
    const { earliestMs, latestMs } = outlook;
    const [from, to] = [spanText(earliestMs), latestMs === undefined ? 'never' : spanText(latestMs)];
    return [`at the pace of the last ${window} in ${from === to ? from : `${from} to ${to}`}`];
  });
}

/** As a sentence to put behind another; empty: it does not run out, as far as is known. */
export function runsOutText(forecast: Pick<Forecast, 'outlooks'> | undefined): string {
  const texts = forecast === undefined ? [] : outlookTexts(forecast);
  return texts.length === 0 ? '' : `; it runs out ${texts.join(', ')}`;
}
