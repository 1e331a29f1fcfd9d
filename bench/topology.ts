import { stringify } from 'yaml';
import { selectPools } from '../src/ipam/select/select.ts';
import { type Pool, parsePool } from '../src/resources/pool.ts';
import { outward, placesById } from '../src/resources/topology/topology.ts';
import { loadTopology } from '../src/topology/load.ts';
import { planChange } from '../src/topology/plan.ts';
import { poolWrites } from '../src/topology/pools.ts';
import { type BenchRow, median } from './row.ts';

/** A large data centre: 800 TORs, 32,000 nodes. */
const size = { zones: 4, pods: 10, tors: 20, nodes: 40 } as const;
const repeats = 5;

const range = (length: number) => Array.from({ length }, (_, n) => n);

/** @param moved the first TOR's storage is the second's */
function fabric(moved = false) {
  const zones = range(size.zones).map((zone) => ({
    id: `zone-${zone}`,
    cidr: `10.${zone * 64}.0.0/10`,
    pods: range(size.pods).map((pod) => ({
      id: `pod-${zone}-${pod}`,
      cidr: `10.${zone * 64 + pod * 4}.0.0/14`,
      tors: range(size.tors).map((tor) => ({
        id: `tor-${zone}-${pod}-${tor}`,
        location: `Rack ${tor}`,
        subnets: [
          { cidr: `10.${zone * 64 + pod * 4}.${tor * 4}.0/22`, purpose: 'default' },
          { cidr: `10.${zone * 64 + pod * 4 + 1}.${moved && tor < 2 ? 1 - tor : tor}.0/24`, purpose: 'storage' },
        ],
        nodes: range(size.nodes).map((node) => ({
          id: `node-${zone}-${pod}-${tor}-${node}`,
          labels: { rack: `R${tor}` },
        })),
      })),
    })),
  }));
  return { zones };
}

/** Of several runs, milliseconds of processor time of this process. */
function processorMs(run: () => unknown): number {
  return median(
    range(repeats).map(() => {
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    }),
  );
}

/** What a value keeps, MB: needs `node --expose-gc`, as `make bench` runs. */
function keptMb(make: () => unknown): number {
  const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = make();
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  return kept === undefined ? Number.NaN : grown / 1e6;
}

/** Loads, plans and looks up a network of 32,000 nodes, and chooses among its pools as an ADD does. */
export function benchTopology(): readonly BenchRow[] {
  const group = `a network of ${size.zones} zones, ${size.pods} pods each, ${size.tors} TORs each, ${size.nodes} nodes each`;
  const json = JSON.stringify(fabric());
  const yaml = stringify(fabric());
  const { topology, nodes } = loadTopology(json, 'bench');
  const after = loadTopology(JSON.stringify(fabric(true)), 'bench').topology;
  const held = { held: () => 0n, others: [] };
  const pools = poolWrites(topology, 'default', []).apply.map(parsePool);
  const row = (name: string, value: number, unit: string): BenchRow => ({ group, name, value, unit });
  return [
    row(
      'load and check, JSON',
      processorMs(() => loadTopology(json, 'bench')),
      'ms of processor time',
    ),
    row(
      'load and check, YAML',
      processorMs(() => loadTopology(yaml, 'bench')),
      'ms of processor time',
    ),
    row(
      'the topology and its nodes in memory',
      keptMb(() => loadTopology(json, 'bench')),
      'MB',
    ),
    row(
      'plan a change',
      processorMs(() => planChange(topology, after, held)),
      'ms of processor time',
    ),
    row(
      'tell the pools of all subnets',
      processorMs(() => poolWrites(topology, 'default', [])),
      'ms of processor time',
    ),
    row('find the place of a node', lookupUs(topology, nodes[17_000]?.spec.tor_id ?? ''), 'us'),
    ...choices(group, pools),
  ];
}

function lookupUs(topology: Parameters<typeof placesById>[0], tor: string): number {
  const tors = placesById(topology, 'tor');
  const count = 1_000_000;
  let found = 0;
  const ms = processorMs(() => {
    for (let n = 0; n < count; n += 1) found += [...outward(tors.get(tor))].length;
  });
  if (found === 0) throw new Error(`no TOR is named "${tor}"`);
  return (ms * 1_000) / count;
}

/** The pools of a node's place among all: what an ADD chooses before it takes an address. */
function choices(group: string, pools: readonly Pool[]): readonly BenchRow[] {
  const sorted = [...pools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const places = { zone: 'zone-2', pod: 'pod-2-5', tor: 'tor-2-5-7' };
  const consumer = { node: 'node-2-5-7-3', ifname: 'eth0', places };
  const choose = (source: Parameters<typeof selectPools>[0]['source']): number => {
    const count = 2_000;
    const ms = processorMs(() => {
      for (let n = 0; n < count; n += 1) {
        const [selection] = selectPools({ source, families: [], requested: [], consumer }, sorted);
        if (selection?.candidates.length !== 1) throw new Error('a rack has one pool for each purpose');
      }
    });
    return (ms * 1_000) / count;
  };
  const own = sorted.find(({ topologyAffinity }) => topologyAffinity?.tor?.[0] === places.tor);
  const among = choose({ kind: 'default' });
  return [
    {
      ...{
        group,
        name: `choose the pool of the own rack among the default pools of ${sorted.length}`,
        value: among,
        unit: 'us',
      },
      goal: { text: 'under 10 us', reached: among < 10 },
    },
    {
      ...{ group, name: 'choose it by its name', unit: 'us' },
      value: choose({ kind: 'named', pools: [own?.name ?? ''], final: true }),
    },
  ];
}
