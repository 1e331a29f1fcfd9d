import { describe, expect, it } from 'vitest';
import { placeTitle } from '../resources/topology/topology.ts';
import { loadTopology } from './load.ts';
import { type PlaceFill, utilisation } from './utilisation.ts';

const { topology } = loadTopology(
  `zones:
- id: zone-a
  subnets: [{cidr: 10.0.255.0/24, purpose: management}]
  pods:
  - id: pod-1
    tors:
    - {id: tor-1, subnets: [{cidr: 10.0.0.0/24}, {cidr: 2001:db8::/64}]}
    - {id: tor-2, subnets: [{cidr: 10.0.1.0/24}]}
`,
  'dc.yaml',
);

const fills: Readonly<Record<string, readonly [total: bigint, used: bigint, unknown: bigint]>> = {
  'topology-10.0.255.0-24': [254n, 4n, 0n],
  'topology-10.0.0.0-24': [254n, 200n, 16n],
  'topology-2001-db8-0-0-0-0-0-0-64': [2n ** 64n, 1n, 0n],
};
const tree = utilisation(topology, {
  fill: (pool) => {
    const [total, used, unknown] = fills[pool] ?? [];
    return total === undefined || used === undefined || unknown === undefined ? undefined : { total, used, unknown };
  },
  nodes: (tor) => (tor === 'tor-1' ? 40 : 2),
});

const lines = (places: readonly PlaceFill[]): readonly string[] =>
  places.flatMap(({ place, fills, nodes, children }) => [
    `${placeTitle(place)}: ${fills.map((one) => `IPv${one.family} ${one.used}+${one.unknown}/${one.total}`).join(', ')}, ${nodes} nodes`,
    ...lines(children),
  ]);

describe('how full a network is', () => {
  it('is told of each place with all that is in it, of each IP family by itself', () => {
    expect(lines(tree)).toEqual([
      'zone "zone-a": IPv4 204+16/508, IPv6 1+0/18446744073709551616, 42 nodes',
      'pod "pod-1": IPv4 200+16/254, IPv6 1+0/18446744073709551616, 42 nodes',
      'TOR "tor-1": IPv4 200+16/254, IPv6 1+0/18446744073709551616, 40 nodes',
      // Its pool is not there yet.
      'TOR "tor-2": IPv4 0+0/0, 2 nodes',
    ]);
  });
});
