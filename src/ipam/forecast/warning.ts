import { spanText } from '../../resources/span-text.ts';
import type { Forecast } from './usage-record.ts';

/**
 * Whether somebody should be told: it surely fills at some pace, and by that may be full within a time. One that took much at once and nothing
 * else may never be, and of one that is full already others tell: a pool of exactly as many addresses as Pods is meant to be.
 * @returns a sentence for people; undefined: nothing is to be said
 */
export function exhaustionWarning(
  { kind, name, taken, total, outlooks }: Forecast,
  withinMs: number,
): string | undefined {
  const filling = outlooks.flatMap(({ window, outlook }) => {
    if (outlook.kind === 'unknown') return [];
    const { earliestMs, latestMs } = outlook;
    return earliestMs === undefined || latestMs === undefined || earliestMs === 0 || earliestMs > withinMs
      ? []
      : [{ window, earliestMs, latestMs }];
  });
  const [first] = filling.toSorted((a, b) => a.earliestMs - b.earliestMs);
  if (first === undefined) return undefined;
  const [from, to] = [spanText(first.earliestMs), spanText(first.latestMs)];
  const when = from === to ? from : `${from} to ${to}`;
  return `${kind} "${name}" runs out in ${when} at the pace of the last ${first.window}: ${taken} of ${total} addresses are out`;
}
