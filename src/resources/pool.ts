import { z } from 'zod';
import { type Address, type Family, familyBits, parseAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix, parsePrefix, prefixContains, prefixRange } from '../ip/prefix.ts';
import { formatRange } from '../ip/range.ts';
import { containsAddress, countAddresses, parseRangeSet, type RangeSet, rangeSet, subtract } from '../ip/range-set.ts';
import { IpamError } from './errors.ts';
import { type LabelSelector, labelSelectorSchema } from './label-selector.ts';
import type { Resource } from './resource.ts';
import { addressText, familyNumber, parseWith, prefixText, rangeText, strictObject } from './schema.ts';

export const poolKind = 'SpiderIPPool';
export const spiderpoolVersion = 'spiderpool.spidernet.io/v2beta1';

const route = strictObject({ dst: prefixText, gw: addressText.optional() });

/** Spiderpool's IPPoolSpec (v2beta1), and our own optional `blockSize` and `cooldown`. */
export const poolSpecSchema = strictObject({
  /** Told by the subnet when absent. */
  ipVersion: familyNumber.optional(),
  subnet: prefixText,
  /** Absent or empty: the whole subnet. */
  ips: z.array(rangeText).max(10_000).optional(),
  excludeIPs: z.array(rangeText).max(10_000).optional(),
  gateway: addressText.optional(),
  routes: z.array(route).max(256).optional(),
  /** May an interface that names no pool use it? */
  default: z.boolean().optional(),
  /** Gives nothing out, takes everything back. */
  disable: z.boolean().optional(),
  /** Only Pods whose labels it selects. */
  podAffinity: labelSelectorSchema.optional(),
  /** Only Pods of namespaces whose labels it selects; not looked at when `namespaceName` names some. */
  namespaceAffinity: labelSelectorSchema.optional(),
  namespaceName: z.array(z.string().min(1)).max(10_000).optional(),
  /** Only Pods on nodes whose labels it selects; not looked at when `nodeName` names some. */
  nodeAffinity: labelSelectorSchema.optional(),
  nodeName: z.array(z.string().min(1)).max(10_000).optional(),
  /** Only interfaces of these Multus networks, `namespace/name`. */
  multusName: z.array(z.string().min(1)).max(1_000).optional(),
  /** VLAN of the subnet, 0..4094; 0: untagged. */
  vlan: z.int().min(0).max(4094).optional(),
  /** Prefix length of the blocks that nodes lease; absent: shared, one claim per address. */
  blockSize: z.int().min(0).max(128).optional(),
  /** Seconds that a released address rests, 0..86400; absent: the daemon's setting. */
  cooldown: z.number().min(0).max(86_400).optional(),
});

export type PoolSpec = z.output<typeof poolSpecSchema>;
export type PoolResource = Resource<typeof poolKind, PoolSpec>;

/** A pool as the centre uses it: everything parsed, nothing left to refuse. */
export interface Pool {
  readonly name: string;
  readonly family: Family;
  readonly subnet: Prefix;
  /** What the pool may give, before reserved addresses and what each block withholds. */
  readonly usable: RangeSet;
  readonly gateway: Address | undefined;
  readonly routes: readonly { readonly dst: string; readonly gw?: string }[];
  readonly isDefault: boolean;
  readonly disabled: boolean;
  readonly blockSize: number | undefined;
  readonly cooldownMs: number | undefined;
  readonly podAffinity: LabelSelector | undefined;
  readonly namespaceAffinity: LabelSelector | undefined;
  /** Empty: of any namespace. */
  readonly namespaceNames: readonly string[];
  readonly nodeAffinity: LabelSelector | undefined;
  /** Empty: on any node. */
  readonly nodeNames: readonly string[];
  /** Empty: of any network. */
  readonly multusNames: readonly string[];
  /** 0..4094 */
  readonly vlan: number | undefined;
}

/** IPv6 blocks and shared ranges have no such limit: their allocator is sparse. */
const largestIpv4Range = 1n << 24n;

/** @throws IpamError invalid-config, naming the pool, the field, the value and the rule */
export function parsePool(resource: Resource): Pool {
  const subject = `${poolKind} "${resource.metadata.name}"`;
  const spec = parseWith(poolSpecSchema, resource.spec, `${subject}: spec`);
  const refuse = (message: string, advice = ''): never => {
    throw new IpamError('invalid-config', `${subject}: ${message}`, { advice });
  };
  const subnet = parsePrefix(spec.subnet);
  const family = subnet.address.family;
  if (spec.ipVersion !== undefined && spec.ipVersion !== family) {
    refuse(`spec.ipVersion is ${spec.ipVersion}, but spec.subnet ${spec.subnet} is IPv${family}`);
  }
  const ranges = rangesOf(spec.ips, 'spec.ips', subnet, refuse);
  const excluded = rangesOf(spec.excludeIPs, 'spec.excludeIPs', subnet, refuse);
  const gateway = spec.gateway === undefined ? undefined : gatewayOf(spec.gateway, subnet, refuse);
  for (const { dst, gw } of spec.routes ?? []) {
    if (parsePrefix(dst).address.family !== family) refuse(`spec.routes: ${dst} is not IPv${family}`);
    if (gw !== undefined && parseAddress(gw).family !== family) refuse(`spec.routes: gw ${gw} is not IPv${family}`);
  }
  checkBlockSize(spec, subnet, refuse);
  const whole = ranges.ranges.length === 0 ? rangeSet([prefixRange(subnet)]) : ranges;
  // With per-block gateways every block withholds its own edges instead (RFC 3021 keeps both of a /31).
  const edges = spec.blockSize === undefined || gateway !== undefined ? subnetEdges(subnet) : rangeSet([]);
  const reserved = gateway === undefined ? edges : rangeSet([...edges.ranges, { first: gateway, last: gateway }]);
  const usable = subtract(subtract(whole, excluded), reserved);
  if (countAddresses(usable) === 0n) {
    refuse('no address is left to give out', 'check spec.ips against spec.excludeIPs and spec.gateway');
  }
  return {
    name: resource.metadata.name,
    family,
    subnet,
    usable,
    gateway,
    routes: (spec.routes ?? []).map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw })),
    isDefault: spec.default ?? false,
    disabled: spec.disable ?? false,
    blockSize: spec.blockSize,
    cooldownMs: spec.cooldown === undefined ? undefined : spec.cooldown * 1000,
    podAffinity: spec.podAffinity,
    namespaceAffinity: spec.namespaceAffinity,
    namespaceNames: spec.namespaceName ?? [],
    nodeAffinity: spec.nodeAffinity,
    nodeNames: spec.nodeName ?? [],
    multusNames: spec.multusName ?? [],
    vlan: spec.vlan,
  };
}

/** The addresses of a subnet that no interface may have: network and broadcast (IPv4), subnet-router anycast (IPv6, RFC 4291 2.6.1). */
export function subnetEdges(subnet: Prefix): RangeSet {
  const bits = familyBits(subnet.address.family);
  if (bits - subnet.length < 2) return rangeSet([]);
  const { first, last } = prefixRange(subnet);
  const network = { first, last: first };
  return rangeSet(subnet.address.family === 4 ? [network, { first: last, last }] : [network]);
}

type Refuse = (message: string, advice?: string) => never;

function rangesOf(texts: readonly string[] | undefined, field: string, subnet: Prefix, refuse: Refuse): RangeSet {
  const set = parseRangeSet(texts ?? []);
  for (const range of set.ranges) {
    if (!prefixContains(subnet, range.first) || !prefixContains(subnet, range.last)) {
      refuse(
        `${field}: ${formatRange(range)} is outside spec.subnet ${formatPrefix(subnet)}`,
        'a pool gives addresses of its own subnet only',
      );
    }
  }
  return set;
}

function gatewayOf(text: string, subnet: Prefix, refuse: Refuse): Address {
  const gateway = parseAddress(text);
  if (!prefixContains(subnet, gateway)) refuse(`spec.gateway ${text} is outside spec.subnet ${formatPrefix(subnet)}`);
  if (containsAddress(subnetEdges(subnet), gateway)) {
    refuse(`spec.gateway ${text} is the network or broadcast address of ${formatPrefix(subnet)}`);
  }
  return gateway;
}

function checkBlockSize(spec: PoolSpec, subnet: Prefix, refuse: Refuse): void {
  const { family } = subnet.address;
  const bits = familyBits(family);
  if (spec.blockSize === undefined) {
    if (family === 4 && 1n << BigInt(bits - subnet.length) > largestIpv4Range) {
      refuse(`spec.subnet ${spec.subnet} is larger than /8`, 'give it a blockSize, or split it');
    }
    return;
  }
  if (spec.blockSize < subnet.length) {
    refuse(
      `spec.blockSize /${spec.blockSize} is larger than spec.subnet ${spec.subnet}`,
      `choose ${subnet.length}..${bits}`,
    );
  }
  // A block with a gateway of its own needs network, gateway, one Pod and (IPv4) broadcast.
  const longest = spec.gateway === undefined ? bits - 2 : bits;
  if (spec.blockSize > longest) {
    refuse(`spec.blockSize /${spec.blockSize} leaves no address for Pods`, `choose ${subnet.length}..${longest}`);
  }
  if (family === 4 && bits - spec.blockSize > 24) {
    refuse(`spec.blockSize /${spec.blockSize} is larger than /8`, 'choose 8 or more');
  }
  if (spec.blockSize - subnet.length > 40) {
    refuse(`spec.blockSize /${spec.blockSize} cuts ${spec.subnet} into more than 2^40 blocks`);
  }
}
