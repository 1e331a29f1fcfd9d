import { z } from 'zod';
import { objectNameText } from '../resources/schema.ts';

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A timer that is set for more than 2^31 milliseconds, 24.8 days, fires at once. */
const longestMs = 24 * 24 * durationUnits.h;

const noDuration = 'not a duration; write for example 500ms, 1s, 2m or 1h';

/** `500ms`, `1s`, `2m`, `1h`; a bare number is seconds. Milliseconds come out. */
export const duration = z.union([z.number().min(0), z.string()], noDuration).transform((value, context) => {
  const ms = typeof value === 'number' ? value * durationUnits.s : milliseconds(value);
  if (ms !== undefined && ms <= longestMs) return ms;
  context.addIssue({
    code: 'custom',
    message: ms === undefined ? noDuration : 'longer than 576h, 24 days',
  });
  return z.NEVER;
});

function milliseconds(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * durationUnits[unit as keyof typeof durationUnits];
}

/** A time in the largest unit that says it in a whole number, as `duration` takes it. @param ms whole milliseconds */
export function durationText(ms: number): string {
  const units = Object.entries(durationUnits).toReversed();
  const [unit, length] = units.find(([, one]) => ms !== 0 && ms % one === 0) ?? ['s', durationUnits.s];
  return `${ms / length}${unit}`;
}

/** `name`, or `namespace/name`. */
export const objectPlace = z
  .string()
  .transform((text) => text.split('/').toReversed())
  .pipe(z.tuple([objectNameText], objectNameText).refine(({ length }) => length <= 2, 'write NAME or NAMESPACE/NAME'))
  .transform(([name, namespace]): { readonly name: string; readonly namespace?: string } =>
    namespace === undefined ? { name } : { name, namespace },
  );

export const hostPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]*):\d{1,5}$/, 'not host:port; write for example 0.0.0.0:9090 or [::]:9090')
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, 'port is over 65535');

const portOf = (text: string): number => Number(text.slice(text.lastIndexOf(':') + 1));

/** Where another member listens: its port and the one after it. */
export const memberAddress = hostPort
  .refine((text) => !text.startsWith(':'), 'names no host; write for example ipam-1:7000')
  .refine((text) => portOf(text) >= 1 && portOf(text) <= 65_534, 'port is not 1..65534 (the one after it is used too)');

/** One or more members, comma-separated; empty: none. */
export const memberAddresses = z.string().transform((text, context) => {
  const addresses = text === '' ? [] : text.split(',').map((one) => one.trim());
  for (const address of addresses) {
    const { error } = memberAddress.safeParse(address);
    for (const { message } of error?.issues ?? [])
      context.addIssue({ code: 'custom', message: `${address}: ${message}` });
  }
  return addresses;
});

/** `host`, `host:port` or `[v6]:port`: where others reach this member when the address it binds does not say. */
export const advertiseAddress = z.union(
  [memberAddress, z.string().regex(/^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*\]?)$/)],
  'not host or host:port; write for example 10.0.0.1, ipam-1:7000 or [fd00::1]:7000',
);

/** An absolute path. */
export const path = z.string().min(1).startsWith('/', 'not an absolute path');

/** A listener, or none. */
export const listenAddress = z.union(
  [hostPort, z.literal('')],
  'not host:port; write for example 0.0.0.0:9090 or [::]:9090, or "" for none',
);

/** A name that may stand in a Kubernetes label: what a node is called everywhere. */
export const nodeName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/, 'letters, digits, "-", "_" and "." only, at most 253');

/** With the prefix that labels of others than the cluster's own people have. */
export const labelName = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'not the name of a label',
  );

export const logLevel = z.enum(['debug', 'info', 'warn', 'error']);
export const logFormat = z.enum(['json', 'text']);
