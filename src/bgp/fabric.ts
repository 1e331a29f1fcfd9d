import type { Address } from '../ip/address.ts';
import { type Prefix, prefixContains } from '../ip/prefix.ts';
import { IpamError } from '../resources/errors.ts';
import { firstNodeAsn, isAsn, nodeAsn } from './as-number.ts';
import type { Neighbor, Peer, SessionSettings, Side, Speaker } from './speaker.ts';

/** A leaf or a spine. */
export interface Switch {
  readonly id: string;
  readonly asn: number;
  readonly routerId: Address;
  /** Towards the spines; a spine has none. */
  readonly up: readonly Neighbor[];
  /** Towards leaves, of a spine. What a leaf has below follows from its TORs. */
  readonly down: readonly Neighbor[];
  /** Of a leaf: whose nodes it speaks to. */
  readonly tors: readonly string[];
}

/** What a TOR gives its nodes: a switch of layer 2, it speaks no BGP. */
export interface FabricTor {
  readonly id: string;
  readonly uplinks: readonly Neighbor[];
  /** Of which its nodes' addresses are. */
  readonly subnets: readonly Prefix[];
}

export interface FabricNode {
  readonly name: string;
  readonly tor: string;
  /** Which it is of all nodes, from 0; undefined: its AS must be said. */
  readonly number?: number;
  readonly asn?: number;
  /** IPv4; undefined: its address on the TOR's segment. */
  readonly routerId?: Address;
  /** Its ends of the sessions, one of a family. */
  readonly addresses: readonly Address[];
  /** In the place of its TOR's uplinks. */
  readonly peers?: readonly Neighbor[];
}

/** How a data centre's network speaks BGP. */
export interface Fabric {
  /** What Pods' addresses are of. */
  readonly within: readonly Prefix[];
  readonly tors: readonly FabricTor[];
  readonly leaves: readonly Switch[];
  readonly spines: readonly Switch[];
  readonly nodes: readonly FabricNode[];
  readonly firstNodeAsn: number;
  /** Nodes announce single addresses alone, blocks never. */
  readonly isHostsOnly: boolean;
  /** Leaves announce the subnets of their TORs to the spines in the place of what is within. */
  readonly isAggregatedAtLeaf: boolean;
  readonly isBfdOn: boolean;
  readonly settings: SessionSettings;
}

/** What a node has to announce. */
export interface NodeAddresses {
  readonly blocks: readonly Prefix[];
  /** Each address that is held, or held outside of the blocks: what of them is announced alone is decided here. */
  readonly held: readonly Address[];
}

/**
 * A node as a speaker. Of blocks, what is within needs no route of its own; with `isHostsOnly` each address has one.
 * @throws IpamError not-found: no such node or TOR; invalid-config: it has no AS, no router id or nobody to speak to
 */
export function nodeSpeaker(fabric: Fabric, name: string, { blocks, held }: NodeAddresses): Speaker {
  const node = named(fabric.nodes, ({ name: one }) => one === name, 'node', name);
  const tor = named(fabric.tors, ({ id }) => id === node.tor, 'TOR', node.tor);
  const peers = (node.peers ?? tor.uplinks).map((neighbor) => peerOf(fabric, neighbor, 'up', node.addresses));
  if (peers.length === 0) {
    throw new IpamError('invalid-config', `node "${name}" has nobody to speak BGP to: TOR "${tor.id}" has no uplinks`, {
      advice: 'write the leaves into bgp.leaf_uplinks of the TOR, or peers into bgp of the node',
    });
  }
  return {
    name,
    asn: asnOf(fabric, node),
    routerId: routerIdOf(node),
    peers,
    prefixes: fabric.isHostsOnly ? [] : blocks,
    hosts: held.filter((address) => isHost(fabric, blocks, address)),
    aggregates: [],
    within: fabric.within,
    isTransit: false,
    settings: fabric.settings,
  };
}

/** Has an address a route of its own? Addresses of other networks are none of this one's. */
function isHost({ within, isHostsOnly }: Fabric, blocks: readonly Prefix[], address: Address): boolean {
  const isIn = (prefix: Prefix): boolean => prefixContains(prefix, address);
  return within.some(isIn) && (isHostsOnly || !blocks.some(isIn));
}

/** A leaf as a speaker. @throws IpamError not-found; invalid-config: a node below it has no AS */
export function leafSpeaker(fabric: Fabric, id: string): Speaker {
  const leaf = named(fabric.leaves, (one) => one.id === id, 'leaf', id);
  const tors = fabric.tors.filter((tor) => leaf.tors.includes(tor.id));
  const nodes = fabric.nodes.filter(({ tor }) => leaf.tors.includes(tor));
  const below = nodes.flatMap((node) =>
    node.addresses.map((address) => ({ name: node.name, address, asn: asnOf(fabric, node) })),
  );
  const peers = [
    ...leaf.up.map((neighbor) => peerOf(fabric, neighbor, 'up', [])),
    ...below.map((neighbor) => peerOf(fabric, neighbor, 'down', [])),
  ];
  return switchSpeaker(fabric, leaf, peers, fabric.isAggregatedAtLeaf ? tors.flatMap(({ subnets }) => subnets) : []);
}

/** A spine as a speaker. @throws IpamError not-found */
export function spineSpeaker(fabric: Fabric, id: string): Speaker {
  const spine = named(fabric.spines, (one) => one.id === id, 'spine', id);
  return switchSpeaker(
    fabric,
    spine,
    spine.down.map((neighbor) => peerOf(fabric, neighbor, 'down', [])),
    [],
  );
}

function switchSpeaker(
  { within, settings }: Fabric,
  { id, asn, routerId }: Switch,
  peers: readonly Peer[],
  aggregates: readonly Prefix[],
): Speaker {
  return { name: id, asn, routerId, peers, prefixes: [], hosts: [], aggregates, within, isTransit: true, settings };
}

function peerOf({ isBfdOn }: Fabric, neighbor: Neighbor, side: Side, own: readonly Address[]): Peer {
  const { name, address, asn, bfd } = neighbor;
  const source = own.find(({ family }) => family === address.family);
  return { name, address, asn, side, bfd: bfd ?? isBfdOn, ...(source === undefined ? {} : { source }) };
}

function asnOf({ firstNodeAsn: first }: Fabric, { name, asn, number }: FabricNode): number {
  if (asn !== undefined && isAsn(asn)) return asn;
  if (asn !== undefined) {
    throw new IpamError('invalid-config', `node "${name}": ${asn} is no AS that a speaker may have`, {
      advice: `choose one from ${firstNodeAsn} to 4294967294`,
    });
  }
  if (number !== undefined) return nodeAsn(number, first);
  throw new IpamError('invalid-config', `node "${name}" has no AS`, {
    advice: 'write it as bgp.as_number of the node; only a file that lists all nodes tells it by their order',
  });
}

function routerIdOf({ name, routerId, addresses }: FabricNode): Address {
  const chosen = routerId ?? addresses.find(({ family }) => family === 4);
  if (chosen !== undefined) return chosen;
  throw new IpamError('invalid-config', `node "${name}" has no router id: it has no IPv4 address`, {
    advice: 'write any IPv4 address that no other speaker has as bgp.router_id of the node (RFC 6286)',
  });
}

function named<T>(all: readonly T[], is: (one: T) => boolean, kind: string, name: string): T {
  const found = all.find(is);
  if (found !== undefined) return found;
  throw new IpamError('not-found', `the topology has no ${kind} "${name}"`, {
    advice: `it has ${all.length}: ipam-cli topology show lists them`,
  });
}
