import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import { loadTopology } from './load.ts';

interface Malformed {
  readonly what: string;
  readonly file: string;
  /** All that is said, a line each. */
  readonly says: readonly string[];
}

/** One TOR with these subnets, from line 9 on. */
const torWith = (...subnets: string[]): string => `zones:
  - id: zone-a
    cidr: 10.0.0.0/16
    pods:
      - id: pod-1
        cidr: 10.0.0.0/20
        tors:
          - id: tor-1
            subnets:
${subnets.map((subnet) => `              - ${subnet}\n`).join('')}`;

/** One TOR with a /24 for default and one for storage, and more documents after line 11. */
const and = (...documents: string[]): string =>
  [torWith('{cidr: 10.0.0.0/24}', '{cidr: 10.0.1.0/24, purpose: storage}'), ...documents].join('---\n');

/** The zones are one a line. */
const zones = (...lines: string[]): string => `zones:\n${lines.map((line) => `- ${line}\n`).join('')}`;

const table: readonly Malformed[] = [
  {
    what: 'text that is no YAML',
    file: 'zones: [',
    says: [
      'dc.yaml: document 1: line 1, column 9: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    what: 'an empty file',
    file: '',
    says: ['dc.yaml:1: has no topology (list the availability zones: zones: [{id: zone-a, pods: […]}])'],
  },
  {
    what: 'a list',
    file: '- zone-a\n',
    says: ['dc.yaml:1: must be an object (got ["zone-a"]) (write zones: […], topology: {zones: […]} or nodes: […])'],
  },
  {
    what: 'one word',
    file: 'zones\n',
    says: ['dc.yaml:1: must be an object (got "zones") (write zones: […], topology: {zones: […]} or nodes: […])'],
  },
  {
    what: 'no zones',
    file: 'description: a data centre\n',
    says: ['dc.yaml:1: zones: is missing: a list (list the availability zones)'],
  },
  {
    what: 'zones that are no list',
    file: 'zones: {id: zone-a}\n',
    says: ['dc.yaml:1: zones: must be a list (got {"id":"zone-a"}) (begin each entry with "- " in YAML, or write […])'],
  },
  {
    what: 'a zone that is a word',
    file: 'zones: [zone-a]\n',
    says: ['dc.yaml:1: zones[0]: must be an object (got "zone-a") (an object with an id belongs here)'],
  },
  {
    what: 'a key that there is not',
    file: 'zones: []\nregions: []\n',
    says: [
      'dc.yaml:2: regions: unknown key "regions"; known keys: version, description, cluster_cidr, subnet_ranges, expansion, spine_switches, leaf_switches, routing_policy, zones',
    ],
  },
  {
    what: 'a key that there is not, beside topology',
    file: 'topology: {zones: []}\nregions: []\n',
    says: ['dc.yaml:2: regions: unknown key "regions" beside topology; known keys: node, nodes (put it into topology)'],
  },
  {
    what: 'zones beside topology',
    file: 'topology: {zones: []}\nzones: []\n',
    says: ['dc.yaml:2: zones: unknown key "zones" beside topology; known keys: node, nodes (put it into topology)'],
  },
  {
    what: 'a mistyped key of a zone',
    file: zones('{id: zone-a, cdir: 10.0.0.0/16}'),
    says: [
      'dc.yaml:2: zones[0].cdir: unknown key "cdir"; known keys: id, name, description, cidr, subnet_ranges, subnets, pods',
    ],
  },
  {
    what: 'a mistyped key of a subnet',
    file: torWith('{cdir: 10.0.0.0/24}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: is missing: text',
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cdir: unknown key "cdir"; known keys: cidr, purpose, description, gateway, vlan, block_size',
    ],
  },
  {
    what: 'a key twice',
    file: 'zones:\n- id: zone-a\n  id: zone-b\n',
    says: ['dc.yaml: document 1: line 3, column 3: Map keys must be unique'],
  },
  {
    what: 'a manifest of Kubernetes',
    file: 'apiVersion: v1\nkind: ConfigMap\n',
    says: ['dc.yaml:1: is a manifest of Kubernetes (give it to ipam-cli apply -f, or leave all but its spec out)'],
  },
  {
    what: 'two topologies',
    file: 'zones: []\n---\nzones: []\n',
    says: ['dc.yaml:3: is a second topology in one file (put all zones into one)'],
  },
  {
    what: 'a zone without an id',
    file: zones('{name: Beijing}'),
    says: ['dc.yaml:2: zones[0].id: is missing: text'],
  },
  {
    what: 'an id with capital letters',
    file: zones('{id: Zone-A}'),
    says: ['dc.yaml:2: zones[0].id: lower-case letters, digits, "-" and "." only, at most 63 (got "Zone-A")'],
  },
  {
    what: 'an id that is longer than a label',
    file: zones(`{id: ${'a'.repeat(64)}}`),
    says: [
      'dc.yaml:2: zones[0].id: must be at most 63 characters (got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")',
    ],
  },
  {
    what: 'a zone that is there twice',
    file: zones('{id: zone-a}', '{id: zone-a}'),
    says: [
      'dc.yaml:3: zones[1].id: zone "zone-a" is there twice (give each an id of its own: nodes and pools name it by its id alone)',
    ],
  },
  {
    what: 'a pod of two zones',
    file: zones('{id: zone-a, pods: [{id: pod-1}]}', '{id: zone-b, pods: [{id: pod-1}]}'),
    says: [
      'dc.yaml:3: zones[1].pods[0].id: pod "pod-1" is in zone "zone-a" already (give each an id of its own: nodes and pools name it by its id alone)',
    ],
  },
  {
    what: 'a TOR of two pods',
    file: zones('{id: zone-a, pods: [{id: pod-1, tors: [{id: tor-1}]}, {id: pod-2, tors: [{id: tor-1}]}]}'),
    says: [
      'dc.yaml:2: zones[0].pods[1].tors[0].id: TOR "tor-1" is in pod "pod-1" already (give each an id of its own: nodes and pools name it by its id alone)',
    ],
  },
  {
    what: 'a prefix without its length',
    file: zones('{id: zone-a, cidr: 10.0.0.0}'),
    says: ['dc.yaml:2: zones[0].cidr: "10.0.0.0" is not a prefix: no "/length" follows the address (got "10.0.0.0")'],
  },
  {
    what: 'a prefix with host bits',
    file: zones('{id: zone-a, cidr: 10.0.0.1/16}'),
    says: [
      'dc.yaml:2: zones[0].cidr: "10.0.0.1/16" is not a prefix: host bits are set; the network is 10.0.0.0/16 (got "10.0.0.1/16")',
    ],
  },
  {
    what: 'a prefix that is a number',
    file: zones('{id: zone-a, cidr: 10}'),
    says: ['dc.yaml:2: zones[0].cidr: must be text (got 10)'],
  },
  {
    what: 'a zone outside of the cluster',
    file: 'cluster_cidr: 10.0.0.0/8\nzones:\n- {id: zone-a, cidr: 172.16.0.0/16}\n',
    says: [
      'dc.yaml:3: zones[0].cidr: 172.16.0.0/16 of zone "zone-a" is outside the cluster_cidr (10.0.0.0/8) (choose a prefix of it, or add one that covers it to subnet_ranges)',
    ],
  },
  {
    what: 'a pod outside of its zone',
    file: zones('{id: zone-a, cidr: 10.0.0.0/16, pods: [{id: pod-1, cidr: 10.1.0.0/20}]}'),
    says: [
      'dc.yaml:2: zones[0].pods[0].cidr: 10.1.0.0/20 of pod "pod-1" is outside zone "zone-a" (10.0.0.0/16) (choose a prefix of it, or add one that covers it to subnet_ranges of zone "zone-a")',
    ],
  },
  {
    what: 'a pod that is larger than its zone',
    file: zones('{id: zone-a, cidr: 10.0.0.0/16, pods: [{id: pod-1, cidr: 10.0.0.0/8}]}'),
    says: [
      'dc.yaml:2: zones[0].pods[0].cidr: 10.0.0.0/8 of pod "pod-1" is outside zone "zone-a" (10.0.0.0/16) (choose a prefix of it, or add one that covers it to subnet_ranges of zone "zone-a")',
    ],
  },
  {
    what: 'a subnet outside of its pod',
    file: torWith('{cidr: 10.0.16.0/24}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: 10.0.16.0/24 of TOR "tor-1" is outside pod "pod-1" (10.0.0.0/20) (choose a prefix of it, or add one that covers it to subnet_ranges of pod "pod-1")',
    ],
  },
  {
    what: 'a subnet outside of its zone, where the pod says nothing',
    file: zones(
      '{id: zone-a, cidr: 10.0.0.0/16, pods: [{id: pod-1, tors: [{id: tor-1, subnets: [{cidr: 10.1.0.0/24}]}]}]}',
    ),
    says: [
      'dc.yaml:2: zones[0].pods[0].tors[0].subnets[0].cidr: 10.1.0.0/24 of TOR "tor-1" is outside zone "zone-a" (10.0.0.0/16) (choose a prefix of it, or add one that covers it to subnet_ranges of zone "zone-a")',
    ],
  },
  {
    what: 'an IPv6 subnet outside of its zone, whose pod has IPv4 prefixes only',
    file: torWith('{cidr: 2001:db8::/120}').replace(
      'cidr: 10.0.0.0/16',
      'subnet_ranges: [10.0.0.0/16, 2001:db8:1::/48]',
    ),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: 2001:db8::/120 of TOR "tor-1" is outside zone "zone-a" (2001:db8:1::/48) (choose a prefix of it, or add one that covers it to subnet_ranges of zone "zone-a")',
    ],
  },
  {
    what: 'zones that overlap',
    file: zones('{id: zone-a, cidr: 10.0.0.0/16}', '{id: zone-b, cidr: 10.0.0.0/20}'),
    says: [
      'dc.yaml:3: zones[1].cidr: 10.0.0.0/20 of zone "zone-b" overlaps 10.0.0.0/16 of zone "zone-a" (places beside one another have addresses of their own: choose another prefix)',
    ],
  },
  {
    what: 'zones with one prefix',
    file: zones('{id: zone-a, cidr: 10.0.0.0/16}', '{id: zone-b, cidr: 10.0.0.0/16}'),
    says: [
      'dc.yaml:3: zones[1].cidr: 10.0.0.0/16 of zone "zone-b" overlaps 10.0.0.0/16 of zone "zone-a" (places beside one another have addresses of their own: choose another prefix)',
    ],
  },
  {
    what: 'pods that overlap',
    file: zones('{id: zone-a, pods: [{id: pod-1, cidr: 10.0.0.0/20}, {id: pod-2, cidr: 10.0.8.0/21}]}'),
    says: [
      'dc.yaml:2: zones[0].pods[1].cidr: 10.0.8.0/21 of pod "pod-2" overlaps 10.0.0.0/20 of pod "pod-1" (places beside one another have addresses of their own: choose another prefix)',
    ],
  },
  {
    what: 'a prefix of a zone in another of it',
    file: zones('{id: zone-a, cidr: 10.0.0.0/16, subnet_ranges: [10.0.4.0/24]}'),
    says: [
      'dc.yaml:2: zones[0].subnet_ranges[0]: 10.0.4.0/24 of zone "zone-a" is in its 10.0.0.0/16 already (leave it out)',
    ],
  },
  {
    what: 'a subnet twice',
    file: torWith('{cidr: 10.0.0.0/24}', '{cidr: 10.0.0.0/24, purpose: storage}'),
    says: [
      'dc.yaml:11: zones[0].pods[0].tors[0].subnets[1].cidr: 10.0.0.0/24 of TOR "tor-1" is a subnet of the same place already (an address belongs to one subnet: choose another prefix)',
    ],
  },
  {
    what: 'subnets of one TOR that overlap',
    file: torWith('{cidr: 10.0.0.0/24}', '{cidr: 10.0.0.128/25}'),
    says: [
      'dc.yaml:11: zones[0].pods[0].tors[0].subnets[1].cidr: 10.0.0.128/25 of TOR "tor-1" overlaps 10.0.0.0/24 of the same place (an address belongs to one subnet: choose another prefix)',
    ],
  },
  {
    what: 'subnets of two TORs that overlap',
    file: zones(
      '{id: zone-a, pods: [{id: pod-1, tors: [{id: tor-1, subnets: [{cidr: 10.0.0.0/22}]}, {id: tor-2, subnets: [{cidr: 10.0.3.0/24}]}]}]}',
    ),
    says: [
      'dc.yaml:2: zones[0].pods[0].tors[1].subnets[0].cidr: 10.0.3.0/24 of TOR "tor-2" overlaps 10.0.0.0/22 of TOR "tor-1" (an address belongs to one subnet: choose another prefix)',
    ],
  },
  {
    what: 'a subnet of a pod that has one of its TORs in it',
    file: zones(
      '{id: zone-a, pods: [{id: pod-1, subnets: [{cidr: 10.0.0.0/20}], tors: [{id: tor-1, subnets: [{cidr: 10.0.3.0/24}]}]}]}',
    ),
    says: [
      'dc.yaml:2: zones[0].pods[0].tors[0].subnets[0].cidr: 10.0.3.0/24 of TOR "tor-1" overlaps 10.0.0.0/20 of pod "pod-1" (an address belongs to one subnet: choose another prefix)',
    ],
  },
  {
    what: 'a subnet of another pod',
    file: zones(
      '{id: zone-a, pods: [{id: pod-1, cidr: 10.0.0.0/20}, {id: pod-2, tors: [{id: tor-2, subnets: [{cidr: 10.0.3.0/24}]}]}]}',
    ),
    says: [
      'dc.yaml:2: zones[0].pods[1].tors[0].subnets[0].cidr: 10.0.3.0/24 of TOR "tor-2" is of 10.0.0.0/20, which belongs to pod "pod-1" (pod "pod-1" is not above it: choose another prefix)',
    ],
  },
  {
    what: 'a subnet over the prefix of a pod',
    file: zones('{id: zone-a, subnets: [{cidr: 10.0.0.0/16}], pods: [{id: pod-1, cidr: 10.0.0.0/20}]}'),
    says: [
      'dc.yaml:2: zones[0].pods[0].cidr: 10.0.0.0/20 of pod "pod-1" overlaps 10.0.0.0/16, a subnet of zone "zone-a" (places beside one another have addresses of their own: choose another prefix)',
    ],
  },
  {
    what: 'a subnet that no Pod can have addresses of',
    file: zones('{id: zone-a, subnets: [{cidr: 224.0.0.0/24}]}'),
    says: [
      'dc.yaml:2: zones[0].subnets[0].cidr: 224.0.0.0/24: no interface can have addresses of 224.0.0.0/4, multicast (RFC 5771) (name a unicast prefix)',
    ],
  },
  {
    what: 'a subnet with only its gateway',
    file: torWith('{cidr: 10.0.0.0/32, gateway: 10.0.0.0}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: no address is left to give out (check cidr and gateway)',
    ],
  },
  {
    what: 'a shared subnet that is too large',
    file: zones('{id: zone-a, subnets: [{cidr: 10.0.0.0/7}]}'),
    says: [
      'dc.yaml:2: zones[0].subnets[0].cidr: cidr 10.0.0.0/7 is larger than /8 (give it a block_size, or split it)',
    ],
  },
  {
    what: 'a purpose with a blank',
    file: torWith('{cidr: 10.0.0.0/24, purpose: object store}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].purpose: lower-case letters, digits and "-" only, at most 63: default, storage, … (got "object store")',
    ],
  },
  {
    what: 'a gateway outside of the subnet',
    file: torWith('{cidr: 10.0.0.0/24, gateway: 10.0.1.1}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: gateway 10.0.1.1 is outside cidr 10.0.0.0/24 (name the router that the interfaces reach directly)',
    ],
  },
  {
    what: 'a gateway of the other family',
    file: torWith('{cidr: 10.0.0.0/24, gateway: fe80::1}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: gateway fe80::1 is outside cidr 10.0.0.0/24 (name the router that the interfaces reach directly)',
    ],
  },
  {
    what: 'a gateway that is the network',
    file: torWith('{cidr: 10.0.0.0/24, gateway: 10.0.0.0}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: gateway 10.0.0.0 is the network or broadcast address of 10.0.0.0/24 (name the router that the interfaces reach directly)',
    ],
  },
  {
    what: 'a VLAN that there is not',
    file: torWith('{cidr: 10.0.0.0/24, vlan: 5000}'),
    says: ['dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].vlan: must be at most 4094 (got 5000)'],
  },
  {
    what: 'blocks that are larger than the subnet',
    file: torWith('{cidr: 10.0.0.0/24, block_size: 20}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: block_size /20 is larger than cidr 10.0.0.0/24 (choose 24..32)',
    ],
  },
  {
    what: 'blocks without an address for a Pod',
    file: torWith('{cidr: 10.0.0.0/24, block_size: 31}'),
    says: [
      'dc.yaml:10: zones[0].pods[0].tors[0].subnets[0].cidr: block_size /31 leaves no address for Pods (choose 24..30)',
    ],
  },
  {
    what: 'a node at a TOR that there is not',
    file: and('nodes:\n- id: node-1\n  tor_id: tor-9\n'),
    says: ['dc.yaml:15: nodes[0].tor_id: node "node-1": no TOR has the id "tor-9" (the topology has "tor-1")'],
  },
  {
    what: 'a node without a TOR',
    file: and('node: {id: node-1}\n'),
    says: ['dc.yaml:13: node: node "node-1": tor_id is missing (name the TOR that the node is connected to)'],
  },
  {
    what: 'a node without an id',
    file: and('node: {tor_id: tor-1}\n'),
    says: ['dc.yaml:13: node.id: is missing: text'],
  },
  {
    what: 'a node twice',
    file: and('nodes:\n- {id: node-1, tor_id: tor-1}\n- {id: node-1, tor_id: tor-1}\n'),
    says: ['dc.yaml:15: nodes[1]: node "node-1" is there twice (a node is connected to one TOR)'],
  },
  {
    what: 'a node at two TORs',
    file: zones(
      '{id: zone-a, pods: [{id: pod-1, tors: [{id: tor-1, nodes: [node-1]}, {id: tor-2, nodes: [node-1]}]}]}',
    ),
    says: [
      'dc.yaml:2: zones[0].pods[0].tors[1].nodes[0]: node "node-1" is at TOR "tor-1" already (a node is connected to one TOR)',
    ],
  },
  {
    what: 'a node that says another TOR than lists it',
    file: zones('{id: zone-a, pods: [{id: pod-1, tors: [{id: tor-1, nodes: [{id: node-1, tor_id: tor-2}]}]}]}'),
    says: [
      'dc.yaml:2: zones[0].pods[0].tors[0].nodes[0].tor_id: node "node-1" says "tor-2", and TOR "tor-1" lists it (leave tor_id out here)',
    ],
  },
  {
    what: 'a node whose name Kubernetes would not take',
    file: zones('{id: zone-a, pods: [{id: pod-1, tors: [{id: tor-1, nodes: [Node_1]}]}]}'),
    says: [
      'dc.yaml:2: zones[0].pods[0].tors[0].nodes[0].id: lower-case letters, digits, "-" and "." only, at most 253 (got "Node_1")',
    ],
  },
  {
    what: 'a node that wants a purpose that its TOR has not',
    file: and('node:\n  id: node-1\n  tor_id: tor-1\n  subnet_preferences:\n  - purpose: management\n'),
    says: [
      'dc.yaml:17: node.subnet_preferences[0].purpose: node "node-1" wants addresses for "management", and TOR "tor-1" has no subnet for that (there is one for "default", "storage")',
    ],
  },
  {
    what: 'a node that names a purpose twice',
    file: and(
      'node:\n  id: node-1\n  tor_id: tor-1\n  subnet_preferences:\n  - purpose: default\n  - purpose: default\n',
    ),
    says: ['dc.yaml:18: node.subnet_preferences[1]: node "node-1" names purpose "default" twice (keep one of them)'],
  },
  {
    what: 'a node that wants more than there is',
    file: and(
      'node:\n  id: node-1\n  tor_id: tor-1\n  subnet_preferences:\n  - purpose: storage\n    min_available: 300\n',
    ),
    says: [
      'dc.yaml:18: node.subnet_preferences[0].min_available: node "node-1" wants 300 addresses for "storage" free, and the subnets of TOR "tor-1" have 256 (ask for less, or give the TOR a larger subnet)',
    ],
  },
  {
    what: 'a node that wants less than nothing',
    file: and(
      'node:\n  id: node-1\n  tor_id: tor-1\n  subnet_preferences:\n  - purpose: storage\n    min_available: -1\n',
    ),
    says: ['dc.yaml:18: node.subnet_preferences[0].min_available: must be at least 0 (got -1)'],
  },
  {
    what: 'a node with a label that is no text',
    file: and('node: {id: node-1, tor_id: tor-1, labels: {rack: 7}}\n'),
    says: ['dc.yaml:13: node.labels.rack: must be text (got 7)'],
  },
  {
    what: 'several mistakes in one file',
    file: 'zones:\n- id: zone-a\n  cidr: 10.0.0.0/33\n  pods:\n  - id: pod-1\n    cidr: 10.0.0.0/20\n    color: blue\n    tors:\n    - id: tor-1\n      subnets:\n      - {cidr: 10.0.0.0/24, vlan: -1}\n    - {id: tor-1}\n',
    says: [
      'dc.yaml:3: zones[0].cidr: "10.0.0.0/33" is not a prefix: length "33" is not a number from 0 to 32 (got "10.0.0.0/33")',
      'dc.yaml:7: zones[0].pods[0].color: unknown key "color"; known keys: id, name, description, cidr, subnet_ranges, subnets, tors',
      'dc.yaml:11: zones[0].pods[0].tors[0].subnets[0].vlan: must be at least 0 (got -1)',
      'dc.yaml:12: zones[0].pods[0].tors[1].id: TOR "tor-1" is there twice (give each an id of its own: nodes and pools name it by its id alone)',
    ],
  },
];

describe('a topology that is wrong', () => {
  for (const { what, file, says } of table) {
    it(`is refused, with line, mistake and advice: ${what}`, () => {
      expect(refusal(file)).toEqual(says);
    });
  }
});

function refusal(file: string): readonly string[] {
  try {
    loadTopology(file, 'dc.yaml');
  } catch (error) {
    if (error instanceof IpamError) return error.message.split('\n');
    throw error;
  }
  return ['nothing is wrong'];
}
