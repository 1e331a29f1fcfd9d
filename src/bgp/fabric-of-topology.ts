import { type Address, parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import type { IpamNodeSpec, TopologySpec } from '../resources/topology/schema.ts';
import { type Place, placesOf, type Topology } from '../resources/topology/topology.ts';
import { firstNodeAsn } from './as-number.ts';
import type { Fabric, FabricNode, FabricTor, Switch } from './fabric.ts';
import { defaultSessionSettings, type Neighbor, type SessionSettings } from './speaker.ts';

/** A data centre's network as it was written, and what was read of it. */
export interface WrittenFabric {
  readonly spec: TopologySpec;
  readonly topology: Topology;
  /** In the order in which they are listed: by it those get an AS that have none. */
  readonly nodes: readonly { readonly id: string; readonly spec: IpamNodeSpec }[];
  /** Of some of the nodes nobody knows which of all they are: each must say its AS. Absent: these are all. */
  readonly isPartial?: boolean;
}

type Written<Key extends keyof TopologySpec> = NonNullable<TopologySpec[Key]>;

/** How a data centre's network speaks BGP, by its topology. */
export function fabricOf({ spec, topology, nodes, isPartial = false }: WrittenFabric): Fabric {
  const { routing_policy: policy = {}, leaf_switches: leaves = [], spine_switches: spines = [] } = spec;
  const { node_to_leaf: down, leaf_to_spine: up } = policy.route_advertisement ?? {};
  return {
    within: policy.accept?.map(parsePrefix) ?? rangesOf(topology),
    tors: torsOf(spec, topology),
    leaves: leaves.map(leafOf),
    spines: spines.map(spineOf),
    nodes: nodes.map(({ id, spec: node }, number) => ({
      ...nodeOf(id, node),
      ...(isPartial ? {} : { number }),
    })),
    firstNodeAsn: policy.node_as_base ?? firstNodeAsn,
    isHostsOnly: down?.format === '/32',
    isAggregatedAtLeaf: up?.default === 'aggregate_at_leaf',
    isBfdOn: policy.bfd?.enabled ?? true,
    settings: settingsOf(policy),
  };
}

/** The outermost prefixes that somebody wrote. */
function rangesOf({ ranges, zones }: Topology): Fabric['within'] {
  const outermost = (places: readonly Place[]): Fabric['within'] =>
    places.flatMap((place) => {
      if (place.ranges.length > 0) return place.ranges.map(({ prefix }) => prefix);
      return [...place.subnets.map(({ prefix }) => prefix), ...outermost(place.children)];
    });
  return ranges.length > 0 ? ranges.map(({ prefix }) => prefix) : outermost(zones);
}

function torsOf({ zones }: TopologySpec, topology: Topology): readonly FabricTor[] {
  const uplinks = new Map(
    zones
      .flatMap(({ pods = [] }) => pods.flatMap(({ tors = [] }) => tors))
      .map(({ id, bgp }) => [id, bgp?.leaf_uplinks ?? []] as const),
  );
  return [...placesOf(topology)]
    .filter(({ level }) => level === 'tor')
    .map(({ id, subnets }) => ({
      id,
      uplinks: (uplinks.get(id) ?? []).map(({ leaf_id: name, leaf_ip: address, leaf_as: asn }) =>
        neighborOf(name, address, asn),
      ),
      subnets: subnets.map(({ prefix }) => prefix),
    }));
}

function neighborOf(name: string, address: string, asn: number): Neighbor {
  return { name, address: parseAddress(address), asn };
}

function leafOf(leaf: Written<'leaf_switches'>[number]): Switch {
  return {
    ...switchOf(leaf),
    up: (leaf.spine_uplinks ?? []).map(({ spine_id: id, spine_ip: ip, spine_as: asn }) => neighborOf(id, ip, asn)),
    tors: leaf.connected_tors ?? [],
  };
}

function spineOf(spine: Written<'spine_switches'>[number]): Switch {
  return {
    ...switchOf(spine),
    down: (spine.leaf_peers ?? []).map(({ leaf_id: id, leaf_ip: ip, leaf_as: asn }) => neighborOf(id, ip, asn)),
  };
}

interface WrittenSwitch {
  readonly id: string;
  readonly as_number: number;
  readonly router_id: string;
}

function switchOf({ id, as_number: asn, router_id: routerId }: WrittenSwitch): Switch {
  return { id, asn, routerId: parseAddress(routerId), up: [], down: [], tors: [] };
}

function nodeOf(name: string, { tor_id: tor, management_ip: own, bgp = {} }: IpamNodeSpec): FabricNode {
  const addresses: readonly Address[] = own === undefined ? [] : [parseAddress(own)];
  return {
    name,
    tor,
    addresses,
    ...(bgp.as_number === undefined ? {} : { asn: bgp.as_number }),
    ...(bgp.router_id === undefined ? {} : { routerId: parseAddress(bgp.router_id) }),
    ...(bgp.peers === undefined ? {} : { peers: bgp.peers.map(peerOf) }),
  };
}

type WrittenPeer = NonNullable<NonNullable<IpamNodeSpec['bgp']>['peers']>[number];

function peerOf({
  peer_ip: address,
  peer_as: asn,
  peer_name: name = address,
  bfd_enabled: bfd,
}: WrittenPeer): Neighbor {
  return { ...neighborOf(name, address, asn), ...(bfd === undefined ? {} : { bfd }) };
}

function settingsOf(policy: Written<'routing_policy'>): SessionSettings {
  const usual = defaultSessionSettings;
  const { ecmp, bfd, graceful_restart: restart } = policy;
  return {
    maxPaths: ecmp?.enabled === false ? 1 : (ecmp?.max_paths ?? usual.maxPaths),
    maxPrefixes: policy.max_prefixes ?? usual.maxPrefixes,
    holdSeconds: secondsOf(policy.hold_time) ?? usual.holdSeconds,
    gracefulRestartSeconds:
      restart?.enabled === false ? undefined : (secondsOf(restart?.restart_time) ?? usual.gracefulRestartSeconds),
    bfd: {
      intervalMs: millisecondsOf(bfd?.interval) ?? usual.bfd.intervalMs,
      multiplier: bfd?.multiplier ?? usual.bfd.multiplier,
    },
  };
}

/** @param text as the schema lets it through: `300ms`, `90s` */
function millisecondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number.parseInt(text, 10);
  return text.endsWith('ms') ? count : count * 1_000;
}

/** Whole ones, at least one. */
function secondsOf(text: string | undefined): number | undefined {
  const ms = millisecondsOf(text);
  return ms === undefined ? undefined : Math.max(1, Math.round(ms / 1_000));
}
