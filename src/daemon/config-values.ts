import { z } from 'zod';

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A timer that is set for more than 2^31 milliseconds, 24.8 days, fires at once. */
const longestMs = 24 * 24 * durationUnits.h;

/** `500ms`, `1s`, `2m`, `1h`; a bare number is seconds. Milliseconds come out. */
export const duration = z.union([z.number().min(0), z.string()]).transform((value, context) => {
  const ms = typeof value === 'number' ? value * durationUnits.s : milliseconds(value);
  if (ms !== undefined && ms <= longestMs) return ms;
  context.addIssue({
    code: 'custom',
    message: ms === undefined ? 'not a duration; write for example 500ms, 1s, 2m or 1h' : 'longer than 576h, 24 days',
  });
  return z.NEVER;
});

function milliseconds(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * durationUnits[unit as keyof typeof durationUnits];
}

export const hostPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]*):\d{1,5}$/, 'not host:port; write for example 0.0.0.0:9090 or [::]:9090')
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, 'port is over 65535');

/** An absolute path. */
export const path = z.string().min(1).startsWith('/', 'not an absolute path');
