import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A duration as people write it. @param option that has it @throws CliError invalid-argument */
export function secondsOf(text: string, option: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * unitSeconds[unit as keyof typeof unitSeconds];
  throw new CliError(`${option} ${text} is not a duration`, {
    code: 'invalid-argument',
    advice: 'write for example 90s, 30m, 12h or 7d',
    exit: exitCodes.usage,
  });
}

/** A time of gRPC, for people and for programs. @param ms milliseconds since 1970, digits */
export function timeText(ms: string): string {
  return new Date(Number(ms)).toISOString();
}

/** The same as data. @returns null: there is none */
export function timeData(ms: string): string | null {
  return ms === '0' ? null : timeText(ms);
}
