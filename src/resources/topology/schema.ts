import { z } from 'zod';
import { addressText, objectNameText, prefixText, strictObject } from '../schema.ts';
import { fabricShape, nodeFabricShape, torBgpSchema } from './bgp-schema.ts';

/** Beyond what any fabric has, and enough to keep what is walked within bounds. */
export const mostChildren = 5_000;
export const mostSubnets = 1_000;
const mostRanges = 64;
/** Of prefixes that came by themselves: one object holds them beside what people wrote. */
export const mostGrown = 2_000;

/** Also the value of a label, so at most 63 characters. */
const idPattern = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** Of a zone, a pod or a TOR. */
export const placeId = z.string().max(63).regex(idPattern, 'lower-case letters, digits, "-" and "." only, at most 63');
export const purposeText = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and "-" only, at most 63: default, storage, …');

/** What people write for people. */
const words = z.string().max(500).optional();

/** Addresses that everything below takes its own from. */
const rangesShape = {
  cidr: prefixText.optional().describe('Addresses that everything below takes its own from.'),
  subnet_ranges: z.array(prefixText).max(mostRanges).optional().describe('More of them, or of the other IP family.'),
};

export const subnetShape = {
  cidr: prefixText.describe('Addresses that Pods get here.'),
  purpose: purposeText.optional().describe('What they are for; absent: default.'),
  description: words,
  gateway: addressText.optional().describe('An address of the subnet, or a link-local one.'),
  vlan: z.int().min(0).max(4094).optional().describe('VLAN of the subnet; 0: untagged.'),
  block_size: z
    .int()
    .min(0)
    .max(128)
    .optional()
    .describe('Prefix length of the blocks that nodes lease; absent: shared, one claim per address.'),
};
export const placeSubnetSchema = strictObject(subnetShape);

/** What every place may say, without what is in it. */
const placeShape = {
  id: placeId.describe('By which nodes, pools and people name it: of its kind there is one in the whole topology.'),
  name: words,
  description: words,
  ...rangesShape,
};

export const torShape = {
  ...placeShape,
  location: words.describe('Where it stands, for people.'),
  management_ip: addressText.optional().describe('Where the switch itself is reached, for people.'),
  bgp: torBgpSchema.optional().describe('The leaves that its nodes speak BGP to.'),
};
export const podShape = placeShape;
export const zoneShape = placeShape;

export const growingSubnets = ['routed', 'all', 'none'] as const;
/** A rack's worth of use below which nothing is short of addresses, and above which a burst may find none. */
const leastAbove = 50;
const mostAbove = 99;
export const usualAbovePercent = 80;

export const rootShape = {
  version: words,
  description: words,
  cluster_cidr: prefixText.optional().describe('Addresses that all zones take theirs from.'),
  subnet_ranges: rangesShape.subnet_ranges,
  expansion: strictObject({
    subnets: z
      .enum(growingSubnets)
      .optional()
      .describe(
        'Which subnets get a further prefix: routed (absent: those), of which no router has to be told: with a block_size, or without gateway and VLAN; all; none.',
      ),
    above_percent: z
      .int()
      .min(leastAbove)
      .max(mostAbove)
      .optional()
      .describe(`How full the subnets of a place for one purpose are then; absent: ${usualAbovePercent}.`),
  }).optional(),
  ...fabricShape,
};

const subnets = z.array(placeSubnetSchema).max(mostSubnets).optional();
const torSchema = strictObject({
  ...torShape,
  subnets: subnets.describe('For its nodes.'),
});
const podSchema = strictObject({
  ...podShape,
  subnets: subnets.describe('For the nodes of all its TORs.'),
  tors: z.array(torSchema).max(mostChildren).optional().describe('Top-of-rack switches.'),
});
const zoneSchema = strictObject({
  ...zoneShape,
  subnets: subnets.describe('For the nodes of all its pods.'),
  pods: z.array(podSchema).max(mostChildren).optional().describe('Groups of racks.'),
});

/** The whole network: zones, of pods, of TORs, and which addresses are whose. The keys are those of the files that people have. */
export const topologySpecSchema = strictObject({
  ...rootShape,
  zones: z.array(zoneSchema).max(mostChildren).describe('Availability zones.'),
});

export type TopologySpec = z.output<typeof topologySpecSchema>;

/** A prefix that a place has been given beyond what people wrote. */
export const grownSubnetSchema = strictObject({
  level: z.enum(['zone', 'pod', 'tor']),
  id: placeId,
  ...subnetShape,
  leaving: z.boolean().optional().describe('Its pool is going, since nothing of it is used any more.'),
});
export type GrownSubnetSpec = z.output<typeof grownSubnetSchema>;

/** What the network was given by itself. */
export const topologyStatusSchema = strictObject({
  grown: z.array(grownSubnetSchema).max(mostGrown).optional().describe('Prefixes beyond what spec says.'),
});
export type TopologyStatus = z.output<typeof topologyStatusSchema>;

export const preferenceSchema = strictObject({
  purpose: purposeText,
  min_available: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .optional()
    .describe('Addresses that should be free for the node to be given more Pods.'),
});

/** What a node says of itself. */
export const nodeShape = {
  name: words,
  labels: z.record(z.string().min(1).max(317), z.string().max(63)).optional(),
  subnet_preferences: z
    .array(preferenceSchema)
    .max(64)
    .optional()
    .describe('Which purposes the node wants, in its order.'),
  ...nodeFabricShape,
};
/** The name that its daemon goes by, and Kubernetes. */
export const nodeId = objectNameText;
export const ipamNodeSpecSchema = strictObject({
  tor_id: placeId.describe('The TOR that the node is connected to.'),
  ...nodeShape,
});
export type IpamNodeSpec = z.output<typeof ipamNodeSpecSchema>;
