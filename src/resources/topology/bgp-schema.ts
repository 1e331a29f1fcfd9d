import { z } from 'zod';
import { addressText, prefixText, strictObject } from '../schema.ts';

/** What people write for people. */
const words = z.string().max(500).optional();
/** RFC 6793; which of them are nobody's is checked when a speaker is made. */
const asNumber = z.int().min(1).max(4_294_967_294);
const mostSessions = 5_000;
const switchId = z.string().min(1).max(63);
const duration = z.string().regex(/^\d{1,6}(ms|s)$/, 'a number with ms or s behind it: 300ms');

const leafUplink = strictObject({
  leaf_id: switchId,
  leaf_name: words,
  leaf_ip: addressText.describe("The leaf's address on the TOR's segment."),
  leaf_as: asNumber,
  description: words,
  uplink_speed: words,
  lacp: z.boolean().optional(),
});

/** Of a TOR, a switch of layer 2: whom its nodes speak to. */
export const torBgpSchema = strictObject({ leaf_uplinks: z.array(leafUplink).max(64).optional() });

const nodePeer = strictObject({
  peer_ip: addressText,
  peer_as: asNumber,
  peer_name: words,
  bfd_enabled: z.boolean().optional(),
});

export const nodeBgpSchema = strictObject({
  as_number: asNumber.optional().describe('Absent: node_as_base and the place of the node among all.'),
  router_id: addressText.optional().describe('IPv4; absent: management_ip.'),
  peers: z.array(nodePeer).max(64).optional().describe("Absent: the TOR's leaf_uplinks."),
});

/** For people. */
const capacitySchema = strictObject({
  max_pods: z.int().min(0).optional(),
  cpu: words,
  memory: words,
  network: words,
  bandwidth: words,
  ports: words,
  downlink_bandwidth: words,
  uplink_bandwidth: words,
  downlink_ports: words,
  uplink_ports: words,
});

const switchShape = {
  id: switchId,
  name: words,
  description: words,
  management_ip: addressText.optional(),
  loopback_ip: addressText.optional(),
  as_number: asNumber,
  router_id: addressText.describe('IPv4.'),
  role: words,
  capacity: capacitySchema.optional(),
};

const spineSchema = strictObject({
  ...switchShape,
  leaf_peers: z
    .array(strictObject({ leaf_id: switchId, leaf_ip: addressText, leaf_as: asNumber, description: words }))
    .max(mostSessions)
    .optional(),
});

const leafSchema = strictObject({
  ...switchShape,
  connected_tors: z.array(switchId).max(mostSessions).optional(),
  spine_uplinks: z
    .array(
      strictObject({
        spine_id: switchId,
        spine_ip: addressText,
        spine_as: asNumber,
        uplink_speed: words,
        description: words,
      }),
    )
    .max(64)
    .optional(),
});

const nodeToLeaf = strictObject({
  protocol: z.literal('eBGP').optional(),
  advertise: z.literal('container_routes_only').optional(),
  format: z
    .enum(['/32', 'blocks'])
    .optional()
    .describe('/32: each address; blocks: those, and addresses outside of them. Absent: blocks.'),
  filter: words,
});

const leafToSpine = strictObject({
  protocol: z.literal('eBGP').optional(),
  advertise: words,
  options: z.array(z.string().max(63)).max(16).optional(),
  default: z.enum(['aggregate_at_leaf', 'advertise_all_32']).optional(),
});

/** How all speak; what is absent has a value that suits a data centre. */
const routingPolicySchema = strictObject({
  node_as_base: asNumber.optional().describe('AS of the first node that has none of its own; absent: 4200000001.'),
  accept: z.array(prefixText).max(64).optional().describe("What routes may be of; absent: the topology's own ranges."),
  max_prefixes: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Routes of a family that one peer may send; absent: 10000.'),
  hold_time: duration.optional().describe('Absent: 90s.'),
  route_advertisement: strictObject({
    node_to_leaf: nodeToLeaf.optional(),
    leaf_to_spine: leafToSpine.optional(),
  }).optional(),
  ecmp: strictObject({
    enabled: z.boolean().optional(),
    max_paths: z.int().min(1).max(128).optional(),
    description: words,
  }).optional(),
  bfd: strictObject({
    enabled: z.boolean().optional(),
    interval: duration.optional(),
    multiplier: z.int().min(1).max(255).optional(),
    description: words,
  }).optional(),
  graceful_restart: strictObject({ enabled: z.boolean().optional(), restart_time: duration.optional() }).optional(),
});

/** Beside the zones: the switches above them, and how all of it speaks BGP. */
export const fabricShape = {
  spine_switches: z.array(spineSchema).max(256).optional().describe('Spines, which speak BGP to leaves.'),
  leaf_switches: z.array(leafSchema).max(5_000).optional().describe('Leaves, which speak BGP to nodes.'),
  routing_policy: routingPolicySchema.optional().describe('What is announced to whom.'),
};

/** Of a node, beside what every node says. */
export const nodeFabricShape = {
  hostname: words,
  management_ip: addressText.optional().describe('Its address on the segment of its TOR.'),
  loopback_ip: addressText.optional(),
  mac_address: words,
  capacity: switchShape.capacity,
  bgp: nodeBgpSchema.optional().describe('As whom it speaks BGP, and to whom.'),
};
