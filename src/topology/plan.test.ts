import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../ip/prefix.ts';
import { loadTopology } from './load.ts';
import { type PlanFacts, planChange } from './plan.ts';
import { routeCounts } from './routes.ts';

const topology = (file: string) => loadTopology(file, 'dc.yaml').topology;
const nobody: PlanFacts = { held: () => undefined, others: [] };
const holding = (...held: readonly (readonly [prefix: string, count: number])[]): PlanFacts => ({
  held: (pool) => {
    const found = held.find(([prefix]) => pool === `topology-${prefix.replace('/', '-')}`);
    return found === undefined ? 0n : BigInt(found[1]);
  },
  others: [],
});

/** Two racks of one pod, and one of another. */
const file = (one: string, two: string, three = '') => `zones:
- id: zone-a
  cidr: 10.0.0.0/16
  pods:
  - id: pod-1
    cidr: 10.0.0.0/20
    tors:
    - {id: tor-1, subnets: [${one}]}
    - {id: tor-2, subnets: [${two}]}
  - id: pod-2
    tors:
    - {id: tor-3, subnets: [${three}]}
`;
const before = topology(file('{cidr: 10.0.0.0/24}', '{cidr: 10.0.1.0/24, purpose: storage}'));

/** A line for each change. */
function changes(after: string, facts = nobody): readonly string[] {
  return planChange(before, topology(after), facts).changes.map((one) =>
    [one.change, one.prefix, one.place, one.before, one.after].filter((text) => text !== '').join('; '),
  );
}
const refusals = (after: string, facts: PlanFacts): readonly string[] =>
  planChange(before, topology(after), facts).refusals.map(({ message }) => message);

describe('the plan of a topology', () => {
  it('shows each prefix that appears, where there is no topology yet', () => {
    const { changes, refusals, routesBefore } = planChange(undefined, before, nobody);
    expect(changes.map(({ change, prefix, place }) => `${change} ${prefix} ${place}`)).toEqual([
      'appears 10.0.0.0/16 zone "zone-a"',
      'appears 10.0.0.0/20 pod "pod-1"',
      'appears 10.0.0.0/24 TOR "tor-1"',
      'appears 10.0.1.0/24 TOR "tor-2"',
    ]);
    expect([refusals, routesBefore]).toEqual([[], []]);
  });

  it('shows nothing of what stays', () => {
    expect(planChange(before, before, holding(['10.0.0.0/24', 7])).changes).toEqual([]);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'a subnet that appears',
      file('{cidr: 10.0.0.0/24}, {cidr: 10.0.2.0/24}', '{cidr: 10.0.1.0/24, purpose: storage}'),
      ['appears; 10.0.2.0/24; TOR "tor-1"; default'],
    ],
    [
      'a subnet that vanishes',
      file('', '{cidr: 10.0.1.0/24, purpose: storage}'),
      ['vanishes; 10.0.0.0/24; TOR "tor-1"; default'],
    ],
    [
      'a subnet that moves',
      file('{cidr: 10.0.1.0/24, purpose: storage}, {cidr: 10.0.0.0/24}', ''),
      ['moves; 10.0.1.0/24; TOR "tor-1"; TOR "tor-2"; TOR "tor-1"'],
    ],
    [
      'a subnet that says something else',
      file('{cidr: 10.0.0.0/24, gateway: 10.0.0.1, vlan: 7}', '{cidr: 10.0.1.0/24, purpose: storage}'),
      ['changes; 10.0.0.0/24; TOR "tor-1"; default; default, gateway 10.0.0.1, vlan 7'],
    ],
    [
      'a prefix of a pod that changes',
      file('{cidr: 10.0.0.0/24}', '{cidr: 10.0.1.0/24, purpose: storage}').replace('/20', '/19'),
      ['appears; 10.0.0.0/19; pod "pod-1"', 'vanishes; 10.0.0.0/20; pod "pod-1"'],
    ],
  ])('shows %s', (_what, after, says) => {
    expect(changes(after)).toEqual(says);
  });

  it('refuses what would take addresses that are out from their rack', () => {
    const used = holding(['10.0.0.0/24', 3], ['10.0.1.0/24', 200]);
    expect(refusals(file('', '{cidr: 10.0.0.0/24}'), used)).toEqual([
      '10.0.0.0/24 would move from TOR "tor-1" to TOR "tor-2", and 3 of its addresses are in use or leased',
      '10.0.1.0/24 would vanish from TOR "tor-2", and 200 of its addresses are in use or leased',
    ]);
    expect(refusals(file('', '{cidr: 10.0.0.0/24}'), holding())).toEqual([]);
  });

  it('lets a subnet that is in use move to a place around its own', () => {
    const wider = file('', '{cidr: 10.0.1.0/24, purpose: storage}').replace(
      'cidr: 10.0.0.0/20',
      'cidr: 10.0.0.0/20\n    subnets: [{cidr: 10.0.0.0/24}]',
    );
    expect(refusals(wider, holding(['10.0.0.0/24', 3]))).toEqual([]);
    expect(changes(wider)).toEqual(['moves; 10.0.0.0/24; pod "pod-1"; TOR "tor-1"; pod "pod-1"']);
  });

  it('refuses other blocks of a subnet whose pool is there', () => {
    const blocks = file('{cidr: 10.0.0.0/24, block_size: 28}', '{cidr: 10.0.1.0/24, purpose: storage}');
    expect(refusals(blocks, holding())).toEqual([
      '10.0.0.0/24 of TOR "tor-1": block_size cannot change from none to 28',
    ]);
    expect(refusals(blocks, nobody)).toEqual([]);
  });

  it('refuses a subnet that a pool of somebody’s own has already', () => {
    const others = [{ name: 'office', subnet: parsePrefix('10.0.2.128/25') }];
    const after = file('{cidr: 10.0.0.0/24}, {cidr: 10.0.2.0/24}', '{cidr: 10.0.1.0/24, purpose: storage}');
    expect(refusals(after, { ...nobody, others })).toEqual([
      '10.0.2.0/24 of TOR "tor-1" overlaps 10.0.2.128/25 of pool "office", which no topology made',
    ]);
  });
});

describe('the routing tables of a topology', () => {
  const zones = (tors: number, cidr: boolean) =>
    topology(
      JSON.stringify({
        zones: [0, 1, 2].map((zone) => ({
          id: `zone-${zone}`,
          ...(cidr ? { cidr: `10.${zone}.0.0/16` } : {}),
          pods: [0, 1, 2, 3].map((pod) => ({
            id: `pod-${zone}-${pod}`,
            ...(cidr ? { cidr: `10.${zone}.${pod * 64}.0/18` } : {}),
            tors: Array.from({ length: tors }, (_, tor) => ({
              id: `tor-${zone}-${pod}-${tor}`,
              // Every other /24, so that nothing adjoins.
              subnets: [{ cidr: `10.${zone}.${pod * 64 + tor * 2}.0/24` }],
            })),
          })),
        })),
      }),
    );

  it('have one route for a place where its prefix holds what is in it', () => {
    // A zone's router: its 4 pods, 2 other zones. A pod's: its 5 TORs, 3 pods, 2 zones. A TOR's: its subnet, 4 TORs, 3 pods, 2 zones.
    expect(routeCounts(zones(5, true))).toEqual([
      { level: 'zone', aggregated: 6, bySubnet: 60 },
      { level: 'pod', aggregated: 10, bySubnet: 60 },
      { level: 'tor', aggregated: 10, bySubnet: 60 },
    ]);
  });

  it('have one for each subnet where nobody says which prefix is a place’s', () => {
    expect(routeCounts(zones(5, false)).map(({ aggregated }) => aggregated)).toEqual([60, 60, 60]);
  });

  it('have fewer where subnets adjoin', () => {
    const adjoining = topology(file('{cidr: 10.0.0.0/24}', '{cidr: 10.0.1.0/24}').replace(/ +cidr: .*\n/g, ''));
    // Of the other pod nothing is to be reached; the two /24 are one /23 to whoever is outside.
    expect(routeCounts(adjoining)).toEqual([
      { level: 'zone', aggregated: 1, bySubnet: 2 },
      { level: 'pod', aggregated: 2, bySubnet: 2 },
      { level: 'tor', aggregated: 2, bySubnet: 2 },
    ]);
  });
});
