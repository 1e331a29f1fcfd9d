import { compareAddresses, type Family, isLinkLocal, parseAddress } from '../../ip/address.ts';
import { formatPrefix, parseMaskedPrefix, parsePrefix, prefixContains } from '../../ip/prefix.ts';
import { parseRange } from '../../ip/range.ts';
import { containsAddress, formatRangeSet, parseRangeSet, type RangeSet, rangeSet } from '../../ip/range-set.ts';
import { whyUnassignable } from '../../ip/unassignable.ts';
import { brief, type Findings } from '../refusal.ts';
import type { SubnetSpec } from '../subnet.ts';

/** What pools and subnets have in common may be read more loosely than it may be written. */
export function checkPlanShape(spec: SubnetSpec, findings: Findings, families: readonly Family[] | undefined): void {
  const subnet = parsePrefix(spec.subnet);
  const { family } = subnet.address;
  const unassignable = whyUnassignable(subnet);
  if (unassignable !== undefined) {
    findings.refuse(`spec.subnet ${spec.subnet}: ${unassignable}`, 'name a unicast subnet');
  }
  checkFamily(family, findings, families, `spec.subnet ${spec.subnet}`);
  checkGatewayApart(spec, findings);
  checkRoutes(spec, findings);
  warnOfRepeats('spec.ips', spec.ips, findings);
  warnOfRepeats('spec.excludeIPs', spec.excludeIPs, findings);
}

export function checkFamily(
  family: Family,
  findings: Findings,
  families: readonly Family[] | undefined,
  what: string,
): void {
  if (families === undefined || families.includes(family)) return;
  findings.refuse(
    `${what} is IPv${family}, and IPv${family} is disabled`,
    `enable IPv${family} for the cluster first: webhook.families of ipam-controller`,
  );
}

function checkGatewayApart({ gateway, ips = [], excludeIPs = [] }: SubnetSpec, findings: Findings): void {
  if (gateway === undefined || containsAddress(parseRangeSet(excludeIPs), parseAddress(gateway))) return;
  const range = ips.find((text) => containsAddress(rangeSet([parseRange(text)]), parseAddress(gateway)));
  if (range === undefined) return;
  findings.refuse(
    `spec.gateway ${gateway} is in spec.ips ${range}`,
    'add the gateway to spec.excludeIPs, or leave it out of spec.ips',
  );
}

function checkRoutes({ subnet, routes = [] }: SubnetSpec, findings: Findings): void {
  const prefix = parsePrefix(subnet);
  const seen = new Set<string>();
  for (const { dst: given, gw } of routes) {
    const destination = parseMaskedPrefix(given);
    const dst = formatPrefix(destination);
    if (destination.length === 0) {
      findings.refuse(`spec.routes: ${dst} is the default route`, 'set spec.gateway instead');
    }
    if (seen.has(dst)) findings.refuse(`spec.routes: ${dst} is there twice`, 'keep one of them');
    seen.add(dst);
    if (gw !== undefined && !prefixContains(prefix, parseAddress(gw)) && !isLinkLocal(parseAddress(gw))) {
      findings.refuse(
        `spec.routes: gw ${gw} of ${dst} is outside spec.subnet ${formatPrefix(prefix)}`,
        'name a router that the interfaces reach directly',
      );
    }
  }
}

function warnOfRepeats(field: string, texts: readonly string[] | undefined, findings: Findings): void {
  const repeated = formatRangeSet(repeatedIn(texts ?? []));
  if (repeated.length > 0) findings.warn(`${field} names ${brief(repeated)} more than once`);
}

function repeatedIn(texts: readonly string[]): RangeSet {
  const sorted = texts.map(parseRange).sort((a, b) => compareAddresses(a.first, b.first));
  const repeated = [];
  let reached = sorted[0]?.last;
  for (const range of sorted.slice(1)) {
    if (reached !== undefined && compareAddresses(range.first, reached) <= 0) {
      repeated.push({ first: range.first, last: compareAddresses(range.last, reached) < 0 ? range.last : reached });
    }
    if (reached === undefined || compareAddresses(range.last, reached) > 0) reached = range.last;
  }
  return rangeSet(repeated);
}
