import { z } from 'zod';
import { type Address, type Family, familyBits } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import { intersect, type RangeSet, rangeSet, subtract, union } from '../ip/range-set.ts';
import {
  type AddressPlan,
  addressPlanShape,
  maskedRoutes,
  rangesOf,
  readAddressPlan,
  subnetEdges,
} from './address-plan.ts';
import { type LabelSelector, type Labels, labelSelectorSchema } from './label-selector.ts';
import { applicationNameLabel, ownerSubnetLabel } from './published.ts';
import { type RangesOwner, rangesOwner, rangesTitle } from './ranges-owner.ts';
import { Findings } from './refusal.ts';
import type { Resource } from './resource.ts';
import { parseWith, rangeText, strictObject } from './schema.ts';
import { statusCountSchema } from './status-count.ts';

export const poolKind = 'SpiderIPPool';
export const spiderpoolVersion = 'spiderpool.spidernet.io/v2beta1';

/** More addresses than any namespace holds, and a number that is counted exactly. */
export const largestQuota = 1_000_000_000;

/** What is done about what is found on the segment. Not `off`: to YAML 1.1, which kubectl reads, that is a boolean. */
export const detections = ['none', 'warn', 'refuse'] as const;
export type Detection = (typeof detections)[number];
const detection = z.enum(detections).optional();

const places = z.array(z.string().min(1)).max(10_000).optional();

/** Spiderpool's IPPoolSpec (v2beta1), and our own optional `vlan`, `blockSize`, `fixedIPs`, `cooldown`, `namespaceQuota`, `conflictDetection`, `gatewayDetection`, `purpose` and `topologyAffinity`. */
export const poolSpecSchema = strictObject({
  ...addressPlanShape,
  default: z.boolean().optional().meta({ default: false, description: 'May an interface that names no pool use it?' }),
  disable: z.boolean().optional().meta({ default: false, description: 'Gives nothing out, takes everything back.' }),
  podAffinity: labelSelectorSchema.optional().describe('Only Pods whose labels it selects.'),
  namespaceAffinity: labelSelectorSchema
    .optional()
    .describe('Only Pods of namespaces whose labels it selects; not looked at when namespaceName names some.'),
  namespaceName: z.array(z.string().min(1)).max(10_000).optional().describe('Only Pods of these namespaces.'),
  nodeAffinity: labelSelectorSchema
    .optional()
    .describe('Only Pods on nodes whose labels it selects; not looked at when nodeName names some.'),
  nodeName: z.array(z.string().min(1)).max(10_000).optional().describe('Only Pods on these nodes.'),
  multusName: z
    .array(z.string().min(1))
    .max(1_000)
    .optional()
    .describe('Only interfaces of these Multus networks, namespace/name.'),
  blockSize: z
    .int()
    .min(0)
    .max(128)
    .optional()
    .describe('Prefix length of the blocks that nodes lease; absent: shared, one claim per address.'),
  fixedIPs: z
    .array(rangeText)
    .max(10_000)
    .optional()
    .describe(
      'Addresses, ranges or prefixes of the subnet that only those get who ask for exactly them; they need not be in ips. Only of a pool without blockSize.',
    ),
  cooldown: z
    .number()
    .min(0)
    .max(86_400)
    .optional()
    .describe("Seconds that a released address cooldowns; absent: the daemon's setting."),
  namespaceQuota: z
    .int()
    .min(0)
    .max(largestQuota)
    .optional()
    .describe(
      'Addresses of the pool that the Pods of one namespace may hold, those that are kept for them included; a namespace may say otherwise. Of a pool with blockSize only where allocation.keepInBlocks is on.',
    ),
  conflictDetection: detection.describe(
    'What is done about an address that somebody else on the segment answers for (ARP, NDP): none, warn, refuse; absent: as the daemon is set.',
  ),
  gatewayDetection: detection.describe(
    'What is done about a gateway that does not answer: none, warn, refuse; absent: as the daemon is set.',
  ),
  purpose: z.string().min(1).max(63).optional().describe('What the addresses are for: default, storage, management, …'),
  topologyAffinity: strictObject({
    zone: places.describe('Availability zones.'),
    pod: places.describe('Groups of racks.'),
    tor: places.describe('Top-of-rack switches.'),
  })
    .optional()
    .describe('Only nodes in these places of the network; of several kinds of places, one of each must match.'),
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
  /** Of these, what only those get who ask for exactly them. */
  readonly fixed: RangeSet;
  /** What its author took out of it: `spec.excludeIPs`. */
  readonly excluded: RangeSet;
  readonly gateway: Address | undefined;
  readonly routes: readonly { readonly dst: string; readonly gw?: string }[];
  readonly isDefault: boolean;
  readonly disabled: boolean;
  /** Why it is disabled, when its spec does not say so. */
  readonly closedBecause?: string;
  readonly blockSize: number | undefined;
  readonly cooldownMs: number | undefined;
  /** How many addresses the Pods of one namespace may hold of it; undefined: as many as there are. */
  readonly namespaceQuota: number | undefined;
  /** Undefined: as the daemon is set. */
  readonly conflictDetection: Detection | undefined;
  readonly gatewayDetection: Detection | undefined;
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
  readonly purpose: string | undefined;
  readonly topologyAffinity: PoolSpec['topologyAffinity'];
  readonly labels: Labels;
  /** Of whose network configuration it is made; undefined: people made it. */
  readonly ranges: RangesOwner | undefined;
}

const count = statusCountSchema.optional();

/** Derived, as Spiderpool publishes it. */
export const poolStatusSchema = strictObject({
  allocatedIPs: z.string().optional().describe('JSON text: who has each address.'),
  totalIPCount: count.describe('Addresses that the pool may give.'),
  allocatedIPCount: count.describe('Addresses that are out.'),
});

/** IPv6 blocks and shared ranges have no such limit: their allocator is sparse. */
const largestIpv4Range = 1n << 24n;

/** Is it disabled by what it says itself, and not only closed until something else is put right? */
export function isSwitchedOff({ disabled, closedBecause }: Pool): boolean {
  return disabled && closedBecause === undefined;
}

/** @throws IpamError invalid-config, naming the pool, the field, the value and the rule; all of them when several are broken */
export function parsePool(resource: Resource): Pool {
  const ranges = rangesOwner(resource);
  const findings = new Findings(ranges === undefined ? `${poolKind} "${resource.metadata.name}"` : rangesTitle(ranges));
  const spec = parseWith(poolSpecSchema, resource.spec, `${findings.subject}: spec`);
  const labels = resource.metadata.labels ?? {};
  const unlisted = isUnlistedNone(labels, spec) ? 'none' : 'all';
  const plan = readAddressPlan(spec, findings, unlisted, ranges === undefined ? 'near' : 'any');
  checkBlockSize(spec, plan.subnet, findings);
  const asked = rangesOf(spec.fixedIPs, 'spec.fixedIPs', plan.subnet, findings);
  const usable = usableOf(spec, { ...plan, listed: union(plan.listed, asked) });
  // What lists nothing gives nothing, and says so. The pool of an application shrinks to nothing with it.
  const isMistake = plan.listed.ranges.length > 0 && usable.ranges.length === 0 && !(applicationNameLabel in labels);
  if (isMistake && findings.refusals.length === 0) {
    findings.refuse('no address is left to give out', 'check spec.ips against spec.excludeIPs and spec.gateway');
  }
  findings.requireNone();
  return {
    name: resource.metadata.name,
    family: plan.family,
    subnet: plan.subnet,
    usable,
    fixed: intersect(usable, asked),
    excluded: plan.excluded,
    gateway: plan.gateway,
    routes: maskedRoutes(spec.routes ?? []),
    isDefault: spec.default ?? false,
    disabled: spec.disable ?? false,
    blockSize: spec.blockSize,
    cooldownMs: spec.cooldown === undefined ? undefined : spec.cooldown * 1000,
    namespaceQuota: spec.namespaceQuota,
    conflictDetection: spec.conflictDetection,
    gatewayDetection: spec.gatewayDetection,
    podAffinity: spec.podAffinity,
    namespaceAffinity: spec.namespaceAffinity,
    namespaceNames: spec.namespaceName ?? [],
    nodeAffinity: spec.nodeAffinity,
    nodeNames: spec.nodeName ?? [],
    multusNames: spec.multusName ?? [],
    vlan: spec.vlan,
    purpose: spec.purpose,
    topologyAffinity: spec.topologyAffinity,
    labels,
    ranges,
  };
}

/**
 * Do absent `ips` mean no address? So in Spiderpool, which cuts pools from a SpiderSubnet by adding ranges to them, and
 * whose Go drops an empty list when it writes one. A blockSize is ours alone.
 */
export function isUnlistedNone(labels: Labels, { blockSize }: Pick<PoolSpec, 'blockSize'>): boolean {
  return applicationNameLabel in labels || (ownerSubnetLabel in labels && blockSize === undefined);
}

function usableOf(spec: PoolSpec, { subnet, listed, excluded, gateway }: AddressPlan): RangeSet {
  // With per-block gateways every block withholds its own edges instead (RFC 3021 keeps both of a /31).
  const edges = spec.blockSize === undefined || gateway !== undefined ? subnetEdges(subnet) : rangeSet([]);
  const reserved = gateway === undefined ? edges : rangeSet([...edges.ranges, { first: gateway, last: gateway }]);
  return subtract(subtract(listed, excluded), reserved);
}

function checkBlockSize(spec: PoolSpec, subnet: Prefix, findings: Findings): void {
  const { family } = subnet.address;
  const bits = familyBits(family);
  if (spec.blockSize !== undefined && spec.fixedIPs !== undefined) {
    findings.refuse(
      'spec.fixedIPs and spec.blockSize are both set: addresses of blocks are given by the node that leases them',
      'leave one of them out',
    );
  }
  if (spec.blockSize === undefined) {
    if (family === 4 && 1n << BigInt(bits - subnet.length) > largestIpv4Range) {
      findings.refuse(`spec.subnet ${spec.subnet} is larger than /8`, 'give it a blockSize, or split it');
    }
    return;
  }
  if (spec.blockSize < subnet.length) {
    findings.refuse(
      `spec.blockSize /${spec.blockSize} is larger than spec.subnet ${spec.subnet}`,
      `choose ${subnet.length}..${bits}`,
    );
  }
  // A block with a gateway of its own needs network, gateway, one Pod and (IPv4) broadcast.
  const longest = spec.gateway === undefined ? bits - 2 : bits;
  if (spec.blockSize > longest) {
    findings.refuse(
      `spec.blockSize /${spec.blockSize} leaves no address for Pods`,
      `choose ${subnet.length}..${longest}`,
    );
  }
  if (family === 4 && bits - spec.blockSize > 24) {
    findings.refuse(`spec.blockSize /${spec.blockSize} is larger than /8`, 'choose 8 or more');
  }
  if (spec.blockSize - subnet.length > 40) {
    findings.refuse(`spec.blockSize /${spec.blockSize} cuts ${spec.subnet} into more than 2^40 blocks`);
  }
}
