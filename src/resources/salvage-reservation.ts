import type { Family } from '../ip/address.ts';
import { formatRange, parseRange } from '../ip/range.ts';
import { readable } from '../ip/readable.ts';
import type { ReservedIPSpec } from './reserved-ip.ts';
import type { Resource } from './resource.ts';

export interface SalvagedReservation {
  readonly spec: ReservedIPSpec;
  /** IP families of which it may reserve more than can be read. */
  readonly families: readonly Family[];
}

/** What of a reservation that breaks its rules can be read. What can be read is reserved. */
export function salvageReservation({ spec }: Resource): SalvagedReservation {
  const { ips, ipVersion } = (typeof spec === 'object' && spec !== null ? spec : {}) as Record<string, unknown>;
  const texts: readonly unknown[] = Array.isArray(ips) ? ips : ips === undefined && isObject(spec) ? [] : [ips];
  const ranges = texts.map((text) => readable(text, parseRange));
  const isWhole = ranges.every((range) => range !== undefined);
  const mayBe: readonly Family[] = ipVersion === 4 || ipVersion === 6 ? [ipVersion] : [4, 6];
  return {
    spec: { ips: ranges.flatMap((range) => (range === undefined ? [] : [formatRange(range)])) },
    families: isWhole ? [] : mayBe,
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
