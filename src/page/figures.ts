import type { Outlook } from '../ipam/forecast/pace.ts';
import type { Forecast } from '../ipam/forecast/usage-record.ts';
import { spanText } from '../resources/span-text.ts';
import type { Texts } from './texts-en.ts';

/** A count with its thousands apart, so that 1,000,000 can be read. */
export function countText(count: bigint | number): string {
  return count.toString().replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** `12.5 %`; never 0 or 100 unless it is. @param part 0..total */
export function percentText(part: bigint, total: bigint): string {
  if (total === 0n) return '–';
  const tenths = (part * 1_000n) / total;
  if (part > 0n && tenths === 0n) return '<0.1 %';
  return `${tenths / 10n}.${tenths % 10n} %`;
}

/** Of a language: `2 天 3 小时`. @param ms milliseconds */
export function spanIn({ span }: Texts, ms: number): string {
  const units: Readonly<Record<string, string>> = span;
  return spanText(ms, '').replaceAll(/(\d+)([dhm])/g, (_, count, unit) => `${count} ${units[unit]}`) || span.short;
}

/** When something runs out at one pace. */
export function outlookText(texts: Texts, outlook: Outlook): string {
  if (outlook.kind === 'unknown') return texts.knownIn(spanIn(texts, outlook.needsMs));
  const { earliestMs, latestMs } = outlook;
  if (earliestMs === undefined) return texts.never;
  if (earliestMs === 0) return texts.full;
  const from = spanIn(texts, earliestMs);
  return latestMs === undefined ? texts.notBefore(from) : texts.between(from, spanIn(texts, latestMs));
}

/** The outlook by which something runs out first, else the one that says most. */
export function soonest({ outlooks }: Pick<Forecast, 'outlooks'>): Outlook | undefined {
  return outlooks.map(({ outlook }) => outlook).sort((a, b) => rank(a) - rank(b))[0];
}

/** Milliseconds; what never ends after all that does, what is not known yet last. */
export function rank(outlook: Outlook | undefined): number {
  if (outlook === undefined || outlook.kind === 'unknown') return Number.MAX_VALUE;
  return outlook.earliestMs ?? Number.MAX_SAFE_INTEGER;
}

/** A time for people: `2026-12-01 03:10:07 UTC`, the same to all who read it. @param ms since 1970 */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
