import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../ip/address.ts';
import { formatPrefix, parsePrefix } from '../ip/prefix.ts';
import { firstNodeAsn } from './as-number.ts';
import { type Fabric, type FabricNode, leafSpeaker, nodeSpeaker, spineSpeaker } from './fabric.ts';
import { defaultSessionSettings, type Speaker } from './speaker.ts';

const leaf = { name: 'leaf-1', address: parseAddress('192.168.1.1'), asn: 65_001 };
const node: FabricNode = { name: 'node-1', tor: 'tor-1', number: 6, addresses: [parseAddress('192.168.1.10')] };
const fabric: Fabric = {
  within: [parsePrefix('10.244.0.0/16')],
  tors: [{ id: 'tor-1', uplinks: [leaf], subnets: [parsePrefix('10.244.4.0/22')] }],
  leaves: [
    {
      id: 'leaf-1',
      asn: 65_001,
      routerId: parseAddress('10.0.2.1'),
      up: [{ name: 'spine-1', address: parseAddress('10.0.1.1'), asn: 65_000 }],
      down: [],
      tors: ['tor-1'],
    },
  ],
  spines: [
    {
      id: 'spine-1',
      asn: 65_000,
      routerId: parseAddress('10.0.1.1'),
      up: [],
      down: [{ name: 'leaf-1', address: parseAddress('10.0.2.1'), asn: 65_001 }],
      tors: [],
    },
  ],
  nodes: [node],
  firstNodeAsn,
  isHostsOnly: false,
  isAggregatedAtLeaf: false,
  isBfdOn: true,
  settings: defaultSessionSettings,
};
const has = { blocks: [parsePrefix('10.244.4.0/24')], held: ['10.244.4.9', '10.244.99.1'].map(parseAddress) };
const brief = ({ asn, peers, prefixes, hosts, aggregates, isTransit }: Speaker) => ({
  asn,
  peers: peers.map(({ name, side, asn: of }) => `${name} ${side} ${of}`),
  announces: [...prefixes.map(formatPrefix), ...hosts.map(formatAddress)],
  aggregates: aggregates.map(formatPrefix),
  isTransit,
});
const withNode = (more: Partial<FabricNode>): Fabric => ({ ...fabric, nodes: [{ ...node, ...more }] });

describe('a node as a speaker', () => {
  it('announces its blocks, and of the addresses on it those that are in none of them', () => {
    expect(brief(nodeSpeaker(fabric, 'node-1', has))).toEqual({
      asn: 4_200_000_007,
      peers: ['leaf-1 up 65001'],
      announces: ['10.244.4.0/24', '10.244.99.1'],
      aggregates: [],
      isTransit: false,
    });
  });

  it('announces each address, and no block, where single addresses are wanted', () => {
    const speaker = nodeSpeaker({ ...fabric, isHostsOnly: true }, 'node-1', has);
    expect(brief(speaker).announces).toEqual(['10.244.4.9', '10.244.99.1']);
  });

  it('has the AS, the router id and the peers that it says itself', () => {
    const own = { asn: 64_999, routerId: parseAddress('1.1.1.10'), peers: [{ ...leaf, name: 'other', bfd: false }] };
    const speaker = nodeSpeaker(withNode(own), 'node-1', has);
    expect([speaker.asn, formatAddress(speaker.routerId), speaker.peers.map(({ name, bfd }) => [name, bfd])]).toEqual([
      64_999,
      '1.1.1.10',
      [['other', false]],
    ]);
  });

  it.each([
    ['it is not in the topology', fabric, 'node-9', /^the topology has no node "node-9"$/],
    ['its TOR is not', withNode({ tor: 'tor-9' }), 'node-1', /^the topology has no TOR "tor-9"$/],
    [
      'nobody is above it',
      { ...fabric, tors: [{ id: 'tor-1', uplinks: [], subnets: [] }] },
      'node-1',
      /nobody to speak BGP to: TOR "tor-1" has no uplinks$/,
    ],
    [
      'it has only IPv6',
      withNode({ addresses: [parseAddress('fd00::1')] }),
      'node-1',
      /no router id: it has no IPv4 address$/,
    ],
    ["its AS is nobody's", withNode({ asn: 23_456 }), 'node-1', /23456 is no AS that a speaker may have$/],
    [
      'it has no number',
      { ...fabric, nodes: [{ name: 'node-1', tor: 'tor-1', addresses: node.addresses }] },
      'node-1',
      /has no AS$/,
    ],
    [
      'numbers are used up',
      { ...fabric, firstNodeAsn: 4_294_967_290 },
      'node-1',
      /node number 6 has no AS from 4294967290/,
    ],
  ] as const)('is refused when %s', (_why, of, name, message) => {
    expect(() => nodeSpeaker(of, name, has)).toThrow(message);
  });
});

describe('a leaf as a speaker', () => {
  it('speaks to its spines and to the nodes of its TORs, and passes on what they say', () => {
    expect(brief(leafSpeaker(fabric, 'leaf-1'))).toEqual({
      asn: 65_001,
      peers: ['spine-1 up 65000', 'node-1 down 4200000007'],
      announces: [],
      aggregates: [],
      isTransit: true,
    });
  });

  it("announces its TORs' subnets where it aggregates", () => {
    expect(brief(leafSpeaker({ ...fabric, isAggregatedAtLeaf: true }, 'leaf-1')).aggregates).toEqual(['10.244.4.0/22']);
  });
});

describe('a spine as a speaker', () => {
  it('speaks to its leaves', () => {
    expect(brief(spineSpeaker(fabric, 'spine-1')).peers).toEqual(['leaf-1 down 65001']);
  });
});
