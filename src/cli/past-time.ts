import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A time of the past, as somebody types it: RFC 3339, a date with or without a time of day, a time of day (the last one that was so), or
 * how long ago (`90s`, `30m`, `12h`, `7d`). What names no zone is in that of this machine.
 * @param option for errors @param now milliseconds since 1970
 * @returns milliseconds since 1970 @throws CliError usage
 */
export function pastTime(text: string, option: string, now: number): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * units[unit as keyof typeof units];
  const time = timeOfDay(text, now) ?? Date.parse(dated(text));
  if (Number.isNaN(time)) {
    throw new CliError(`${option} ${text} is no time`, {
      code: 'usage',
      advice: 'write 2026-12-01T03:10Z, "2026-12-01 03:10", 03:10, or how long ago: 90s, 30m, 12h, 7d',
      exit: exitCodes.usage,
    });
  }
  return time;
}

/** A date alone would be of UTC, and one with a blank of whatever the language takes it for. */
function dated(text: string): string {
  const [, date, time = '00:00', zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(Z|[+-]\d\d:?\d\d)?$/i.exec(text) ?? [];
  return date === undefined ? '' : `${date}T${time}${zone.toUpperCase()}`;
}

function timeOfDay(text: string, now: number): number | undefined {
  const [, hours, minutes, seconds = '0'] = /^(\d\d?):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const date = new Date(now);
  date.setHours(Number(hours), Number(minutes), Number(seconds), 0);
  if (date.getTime() > now) date.setDate(date.getDate() - 1);
  return date.getTime();
}
