import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPrefix, type Prefix, prefixesOverlap, prefixOf } from '../ip/prefix.ts';
import { isIpamError } from '../resources/errors.ts';
import { structuralSchema } from '../resources/structural-schema.ts';
import { ipamNodeSpecSchema, topologySpecSchema } from '../resources/topology/schema.ts';
import { placesOf, placeTitle } from '../resources/topology/topology.ts';
import { type LoadedTopology, loadTopology } from './load.ts';

const loadedSchema = [topologySpecSchema, ipamNodeSpecSchema].map((schema) => structuralSchema(schema));

const fromFile = `topology:
  zones:
    - id: zone-a
      name: "Beijing Zone A"
      cidr: "10.244.0.0/16"

      pods:
        - id: pod-1
          name: "Pod 1 - Rack 1-10"
          cidr: "10.244.0.0/20"

          tors:
            - id: tor-1
              name: "TOR-R01-01"
              location: "Rack 01"
              subnets:
                - cidr: "10.244.0.0/22"
                  purpose: "default"
                - cidr: "10.244.4.0/24"
                  purpose: "storage"

            - id: tor-2
              name: "TOR-R02-01"
              location: "Rack 02"
              subnets:
                - cidr: "10.244.8.0/22"
                  purpose: "default"
`;

const nodeFile = `node:
  id: "node-01"
  name: "k8s-node-01"
  tor_id: "tor-1"
  labels:
    rack: "R01"
    zone: "zone-a"

  subnet_preferences:
    - purpose: "default"
      min_available: 100
    - purpose: "storage"
      min_available: 50
`;

const json = `{
  "zones": [{
    "id": "zone-a",
    "name": "Beijing Zone A",
    "pods": [{
      "id": "pod-1",
      "name": "Pod 1",
      "tors": [{
        "id": "tor-1",
        "name": "TOR-R01",
        "location": "Rack 01",
        "subnets": [
          {"cidr": "10.244.0.0/24", "purpose": "default"},
          {"cidr": "10.244.100.0/24", "purpose": "storage"}
        ]
      }]
    }]
  }]
}`;

/** Every place with what it gives, a line each. */
function shown({ topology }: LoadedTopology): readonly string[] {
  return [...placesOf(topology)].map((place) => {
    const subnets = place.subnets.map(({ prefix, purpose }) => `${purpose} ${formatPrefix(prefix)}`);
    const ranges = place.ranges.map(({ prefix }) => formatPrefix(prefix));
    return [placeTitle(place), place.name, place.location, ...ranges, ...subnets]
      .filter((text) => text !== '')
      .join(', ');
  });
}

describe('a topology in a file', () => {
  it('is read from YAML, with a prefix for each level', () => {
    expect(shown(loadTopology(fromFile, 'dc.yaml'))).toEqual([
      'zone "zone-a", Beijing Zone A, 10.244.0.0/16',
      'pod "pod-1", Pod 1 - Rack 1-10, 10.244.0.0/20',
      'TOR "tor-1", TOR-R01-01, Rack 01, default 10.244.0.0/22, storage 10.244.4.0/24',
      'TOR "tor-2", TOR-R02-01, Rack 02, default 10.244.8.0/22',
    ]);
  });

  it('is read from JSON, where no level need say which prefix is its', () => {
    expect(shown(loadTopology(json, 'dc.json'))).toEqual([
      'zone "zone-a", Beijing Zone A',
      'pod "pod-1", Pod 1',
      'TOR "tor-1", TOR-R01, Rack 01, default 10.244.0.0/24, storage 10.244.100.0/24',
    ]);
  });

  it('may be followed by its nodes, or list them at their TORs', () => {
    const { nodes, spec } = loadTopology(`${fromFile}---\n${nodeFile}`, 'dc.yaml');
    expect(nodes.map(({ id, spec }) => ({ id, spec }))).toEqual([
      {
        id: 'node-01',
        spec: {
          tor_id: 'tor-1',
          name: 'k8s-node-01',
          labels: { rack: 'R01', zone: 'zone-a' },
          subnet_preferences: [
            { purpose: 'default', min_available: 100 },
            { purpose: 'storage', min_available: 50 },
          ],
        },
      },
    ]);
    const listed = json.replace(
      '"location"',
      '"nodes": ["node-1", {"id": "node-2", "labels": {"rack": "R01"}}], "location"',
    );
    const loaded = loadTopology(listed, 'dc.json');
    expect(loaded.nodes.map(({ id, spec }) => ({ id, spec }))).toEqual([
      { id: 'node-1', spec: { tor_id: 'tor-1' } },
      { id: 'node-2', spec: { tor_id: 'tor-1', labels: { rack: 'R01' } } },
    ]);
    expect(JSON.stringify([spec, loaded.spec])).not.toContain('nodes');
  });

  it('is as docs/topology.md shows it', () => {
    const page = readFileSync('docs/topology.md', 'utf8');
    const [, file = ''] = /```yaml\n(topology:.*?)```/s.exec(page) ?? [];
    const loaded = loadTopology(file, 'docs/topology.md');
    expect(loaded.nodes.map(({ id }) => id)).toEqual(['node-3', 'node-1', 'node-2']);
    const keys = [...page.matchAll(/^\|[^|]*\|([^|]*)\|/gm)].flatMap(([, cell = '']) => cell.match(/`\w+`/g) ?? []);
    expect(keys.length).toBeGreaterThan(12);
    for (const key of keys) expect(JSON.stringify(loadedSchema), key).toContain(key.replaceAll('`', '"'));
  });

  it('may give a pod, a zone and both IP families addresses', () => {
    const file = `zones:
- id: zone-a
  cidr: 10.0.0.0/16
  subnet_ranges: [2001:db8::/48]
  subnets: [{cidr: 10.0.255.0/24, purpose: management, gateway: 169.254.1.1, vlan: 30}]
  pods:
  - id: pod-1
    subnets: [{cidr: 2001:DB8:0:1::/64, block_size: 104}]
`;
    expect(shown(loadTopology(file, 'dc.yaml'))).toEqual([
      'zone "zone-a", zone-a, 10.0.0.0/16, 2001:db8::/48, management 10.0.255.0/24',
      'pod "pod-1", pod-1, default 2001:db8:0:1::/64',
    ]);
  });

  it('may be of 32,000 nodes, and JSON in which a mistake has its line all the same', () => {
    const nodes = Array.from({ length: 32_000 }, (_, n) => ({ id: `node-${n}`, tor_id: 'tor-1' }));
    const zones = [{ id: 'zone-a', pods: [{ id: 'pod-1', tors: [{ id: 'tor-1' }] }] }];
    expect(loadTopology(JSON.stringify({ zones, nodes }), 'dc.json').nodes).toHaveLength(32_000);
    expect(refusal(json.replace('10.244.0.0/24', '10.244.0.0/2x'))).toEqual([
      'dc.yaml:13: zones[0].pods[0].tors[0].subnets[0].cidr: "10.244.0.0/2x" is not a prefix: length "2x" is not a number from 0 to 32 (got "10.244.0.0/2x")',
    ]);
    expect(refusal(json.replace('"location"', '"name": "again", "location"'))).toEqual([
      'dc.yaml: document 1: line 11, column 9: Map keys must be unique',
    ]);
  });

  it('says of a mistake that is made a thousand times how often, and shows the first hundred', () => {
    const zones = Array.from({ length: 1_000 }, () => '- {id: A}\n').join('');
    const lines = refusal(`zones:\n${zones}`);
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('dc.yaml: 900 more problems');
  });

  it('is refused where one object cannot hold it', () => {
    const tors = Array.from({ length: 4_000 }, (_, n) => ({ id: `tor-${n}`, description: 'a'.repeat(400) }));
    const zones = [{ id: 'zone-a', pods: [{ id: 'pod-1', tors }] }];
    expect(refusal(JSON.stringify({ zones }))).toEqual([
      'dc.yaml:1: the topology has 1738950 characters, more than 1000000 (leave names and descriptions out: ids and prefixes of 4,000 TORs fit)',
    ]);
  });

  const prefix = fc
    .tuple(fc.nat(63), fc.integer({ min: 24, max: 29 }))
    .map(([at, length]): Prefix => prefixOf({ family: 4, value: 0x0a000000n + BigInt(at * 8) }, length));

  it('is taken exactly where no two subnets overlap', () => {
    fc.assert(
      fc.property(fc.array(prefix, { minLength: 1, maxLength: 8 }), (prefixes) => {
        const tors = prefixes.map((one, n) => `{id: tor-${n}, subnets: [{cidr: ${formatPrefix(one)}}]}`);
        const overlap = prefixes.some((one, n) => prefixes.some((two, m) => m < n && prefixesOverlap(one, two)));
        const lines = refusal(`zones: [{id: z, pods: [{id: p, tors: [${tors.join(', ')}]}]}]`);
        expect(lines.length > 0).toBe(overlap);
      }),
    );
  });
});

function refusal(file: string): readonly string[] {
  try {
    loadTopology(file, 'dc.yaml');
  } catch (error) {
    if (isIpamError(error, 'invalid-config')) return error.message.split('\n');
    throw error;
  }
  return [];
}
