import { formatRangeSet, intersect, type RangeSet } from '../../ip/range-set.ts';
import { isQuarantine } from '../quarantine.ts';
import { brief, type Findings } from '../refusal.ts';
import type { ReservedIPSpec } from '../reserved-ip.ts';
import { checkFamily } from './plan-shape.ts';
import type { Parsed, WriteFacts } from './write.ts';

/** What a reservation may not be written like, although an older one may be so. */
export function checkReservationShape(
  { resource, value: reserved }: Parsed<RangeSet>,
  findings: Findings,
  { families }: WriteFacts,
): void {
  const { ipVersion } = resource.spec as ReservedIPSpec;
  const found = [...new Set(reserved.ranges.map(({ first }) => first.family))];
  if (found.length === 0 && ipVersion === undefined) {
    findings.refuse('spec.ips names no address', 'name addresses, or delete the reservation');
  }
  if (found.length > 1) {
    findings.refuse('spec.ips has addresses of IPv4 and IPv6', 'make a SpiderReservedIP for each');
  }
  for (const family of found) checkFamily(family, findings, families, 'spec.ips');
}

/**
 * An address that a container holds cannot be withheld from it by plan. What is in conflict is in use more often
 * than not: that is how it was found.
 */
export function checkReservation(
  { resource, value: reserved }: Parsed<RangeSet>,
  findings: Findings,
  { heldAnywhere }: WriteFacts,
): void {
  if (isQuarantine(resource)) return;
  const taken = formatRangeSet(intersect(reserved, heldAnywhere()));
  if (taken.length === 0) return;
  findings.add({
    code: 'in-use',
    message: `${findings.subject} reserves addresses that are in use: ${brief(taken)}`,
    advice: 'release them first (ipam-cli addresses shows who holds them)',
    facts: { addresses: taken },
  });
}

export function checkReservationChange(from: Parsed<RangeSet>, to: Parsed<RangeSet>, findings: Findings): void {
  const [was, is] = [from, to].map(({ resource }) => (resource.spec as ReservedIPSpec).ipVersion);
  if (was === undefined || is === undefined || was === is) return;
  findings.refuse(
    `spec.ipVersion cannot change from ${was} to ${is}`,
    'create another SpiderReservedIP, and delete this one',
  );
}
