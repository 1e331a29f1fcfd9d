import { z } from 'zod';
import { parseRangeSet, type RangeSet } from '../ip/range-set.ts';
import { IpamError } from './errors.ts';
import type { Resource } from './resource.ts';
import { familyNumber, parseWith, rangeText, strictObject } from './schema.ts';

export const reservedIPKind = 'SpiderReservedIP';

/** Why addresses are in quarantine, and for how long. */
const quarantineSchema = strictObject({
  reason: z.string().trim().min(1).max(500),
  /** RFC 3339; absent: until somebody lifts it. */
  until: z.iso.datetime({ offset: true }).optional(),
});

/** Spiderpool's ReservedIPSpec (v2beta1): addresses that no pool gives out; and our own optional `quarantine`. */
export const reservedIPSpecSchema = strictObject({
  ipVersion: familyNumber.optional().describe('4 or 6; told by the addresses when absent.'),
  ips: z.array(rangeText).max(10_000).optional().describe('Addresses, ranges (first-last) or prefixes.'),
  quarantine: quarantineSchema
    .optional()
    .describe('Reserved because something else on the network uses them, not by plan: a Pod may hold them just now.'),
});

export type ReservedIPSpec = z.output<typeof reservedIPSpecSchema>;
export type ReservedIPResource = Resource<typeof reservedIPKind, ReservedIPSpec>;

/** @throws IpamError invalid-config */
export function parseReservedIP(resource: Resource): RangeSet {
  const subject = `${reservedIPKind} "${resource.metadata.name}"`;
  const spec = parseWith(reservedIPSpecSchema, resource.spec, `${subject}: spec`);
  const set = parseRangeSet(spec.ips ?? []);
  for (const { first } of set.ranges) {
    if (spec.ipVersion !== undefined && first.family !== spec.ipVersion) {
      throw new IpamError(
        'invalid-config',
        `${subject}: spec.ips has an IPv${first.family} address, spec.ipVersion is ${spec.ipVersion}`,
        { advice: 'leave spec.ipVersion out: the addresses tell it' },
      );
    }
  }
  return set;
}
