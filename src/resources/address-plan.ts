import { z } from 'zod';
import { type Address, type Family, familyBits, isLinkLocal, parseAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix, parseMaskedPrefix, parsePrefix, prefixContains } from '../ip/prefix.ts';
import { formatRange, prefixRange } from '../ip/range.ts';
import { containsAddress, parseRangeSet, type RangeSet, rangeSet } from '../ip/range-set.ts';
import type { Findings } from './refusal.ts';
import { addressText, familyNumber, loosePrefixText, prefixText, rangeText, strictObject } from './schema.ts';

export const routeSchema = strictObject({
  dst: loosePrefixText.describe('Destination, a prefix.'),
  gw: addressText.optional().describe('Next hop; absent: directly on the interface.'),
});

/** What a pool and a subnet say alike: which addresses there are, and how one leaves. */
export const addressPlanShape = {
  ipVersion: familyNumber.optional().describe('4 or 6; told by the subnet when absent.'),
  subnet: prefixText.describe('The subnet, a prefix.'),
  ips: z
    .array(rangeText)
    .max(10_000)
    .optional()
    .describe(
      'Addresses, ranges (first-last) or prefixes. Empty: none. Absent: the whole subnet; in a SpiderSubnet, and without blockSize, none.',
    ),
  excludeIPs: z.array(rangeText).max(10_000).optional().describe('Addresses, ranges or prefixes to leave out.'),
  gateway: addressText.optional().describe('The gateway, an address of the subnet, or a link-local one.'),
  routes: z.array(routeSchema).max(256).optional().describe('Further routes of the interfaces.'),
  vlan: z.int().min(0).max(4094).optional().describe('VLAN of the subnet; 0: untagged.'),
};

const addressPlanSchema = strictObject(addressPlanShape);
type AddressPlanSpec = z.output<typeof addressPlanSchema>;

/** An `AddressPlanSpec` read. */
export interface AddressPlan {
  readonly family: Family;
  readonly subnet: Prefix;
  /** `spec.ips`, or what its absence means. */
  readonly listed: RangeSet;
  readonly excluded: RangeSet;
  readonly gateway: Address | undefined;
}

/**
 * Reads what pools and subnets have in common; what is wrong goes to `findings`.
 * @param unlisted what absent `ips` mean; an empty list names no address, whatever absence means
 * @param routers which gateways there may be: those that an interface of the subnet reaches, or whatever is named
 */
export function readAddressPlan(
  spec: AddressPlanSpec,
  findings: Findings,
  unlisted: 'all' | 'none' = 'all',
  routers: 'near' | 'any' = 'near',
): AddressPlan {
  const subnet = parsePrefix(spec.subnet);
  const { family } = subnet.address;
  if (spec.ipVersion !== undefined && spec.ipVersion !== family) {
    findings.refuse(
      `spec.ipVersion is ${spec.ipVersion}, but spec.subnet ${spec.subnet} is IPv${family}`,
      'leave spec.ipVersion out: the subnet tells it',
    );
  }
  const listed = rangesOf(spec.ips, 'spec.ips', subnet, findings);
  const excluded = rangesOf(spec.excludeIPs, 'spec.excludeIPs', subnet, findings);
  const gateway = spec.gateway === undefined ? undefined : gatewayOf(spec.gateway, subnet, routers, findings);
  const other = `routes of IPv${family === 4 ? 6 : 4} belong to a pool of that family`;
  for (const { dst, gw } of spec.routes ?? []) {
    if (parseMaskedPrefix(dst).address.family !== family)
      findings.refuse(`spec.routes: ${dst} is not IPv${family}`, other);
    if (gw !== undefined && parseAddress(gw).family !== family) {
      findings.refuse(`spec.routes: gw ${gw} is not IPv${family}`, other);
    }
  }
  const isWhole = spec.ips === undefined && unlisted === 'all';
  return { family, subnet, listed: isWhole ? rangeSet([prefixRange(subnet)]) : listed, excluded, gateway };
}

type Routes = readonly { readonly dst: string; readonly gw?: string | undefined }[];

/** Destinations with host bits, and the networks that they mean. */
export function maskedDestinations(routes: Routes): readonly { readonly given: string; readonly masked: string }[] {
  return routes
    .map(({ dst }) => ({ given: dst, masked: formatPrefix(parseMaskedPrefix(dst)) }))
    .filter(({ given, masked }) => given !== masked);
}

/** The routes as an interface gets them. */
export function maskedRoutes(routes: Routes): readonly { readonly dst: string; readonly gw?: string }[] {
  return routes.map(({ dst, gw }) => ({
    dst: formatPrefix(parseMaskedPrefix(dst)),
    ...(gw === undefined ? {} : { gw }),
  }));
}

/** The addresses of a subnet that no interface may have: network and broadcast (IPv4), subnet-router anycast (IPv6, RFC 4291 2.6.1). */
export function subnetEdges(subnet: Prefix): RangeSet {
  const bits = familyBits(subnet.address.family);
  if (bits - subnet.length < 2) return rangeSet([]);
  const { first, last } = prefixRange(subnet);
  const network = { first, last: first };
  return rangeSet(subnet.address.family === 4 ? [network, { first: last, last }] : [network]);
}

/** What is outside of the subnet goes to `findings`. */
export function rangesOf(
  texts: readonly string[] | undefined,
  field: string,
  subnet: Prefix,
  findings: Findings,
): RangeSet {
  const set = parseRangeSet(texts ?? []);
  for (const range of set.ranges) {
    if (prefixContains(subnet, range.first) && prefixContains(subnet, range.last)) continue;
    findings.refuse(
      `${field}: ${formatRange(range)} is outside spec.subnet ${formatPrefix(subnet)}`,
      'all addresses must be of spec.subnet',
    );
  }
  return set;
}

function gatewayOf(text: string, subnet: Prefix, routers: 'near' | 'any', findings: Findings): Address {
  const gateway = parseAddress(text);
  const isOfFamily = gateway.family === subnet.address.family;
  if (isOfFamily && (routers === 'any' || isLinkLocal(gateway))) return gateway;
  if (!prefixContains(subnet, gateway)) {
    findings.refuse(
      `spec.gateway ${text} is outside spec.subnet ${formatPrefix(subnet)}`,
      'name the router that the interfaces reach directly',
    );
  } else if (containsAddress(subnetEdges(subnet), gateway)) {
    findings.refuse(
      `spec.gateway ${text} is the network or broadcast address of ${formatPrefix(subnet)}`,
      'name the router that the interfaces reach directly',
    );
  }
  return gateway;
}
