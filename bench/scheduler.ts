import { Extender } from '../src/controller/scheduler/extender.ts';
import { NodeView } from '../src/controller/scheduler/node-view.ts';
import { PodView } from '../src/controller/scheduler/pod-view.ts';
import { parseArguments } from '../src/controller/scheduler/protocol.ts';
import { ClusterState } from '../src/controller/state.ts';
import { systemClock } from '../src/platform/clock.ts';
import { newBlock } from '../src/resources/block.ts';
import { newClaim } from '../src/resources/claim.ts';
import { ipamNodeKind } from '../src/resources/ipam-node.ts';
import { poolKind, spiderpoolVersion } from '../src/resources/pool.ts';
import type { Resource } from '../src/resources/resource.ts';
import { MemoryStore } from '../src/store/memory/memory-store.ts';
import { silentLog } from '../src/telemetry/log.ts';
import { type BenchRow, median } from './row.ts';

/** 5,000 nodes in 125 racks with thirty Pods each, of a network of 800 racks. */
const size = { racks: 800, usedRacks: 125, nodes: 40, pods: 30 } as const;
const repeats = 30;
const goalMs = 50;

const range = (length: number) => Array.from({ length }, (_, n) => n);
const object = (apiVersion: string, kind: string, name: string, more: object = {}): Resource =>
  ({
    apiVersion,
    kind,
    spec: {},
    ...more,
    metadata: { name, ...(more as { metadata?: object }).metadata },
  }) as Resource;

const nodeNames = range(size.usedRacks).flatMap((rack) => range(size.nodes).map((n) => `worker-${rack}-${n}`));
const net = (rack: number): string => `10.${16 + Math.floor(rack / 16)}.${(rack % 16) * 16}`;

/** Every eighth rack is full. @param blockSize undefined: shared pools, a claim for each address */
function* cluster(blockSize: number | undefined): Generator<Resource> {
  yield object('v1', 'Namespace', 'shop');
  for (const rack of range(size.racks)) {
    const ips = rack % 8 === 0 ? [`${net(rack)}.1-${net(rack)}.254`] : undefined;
    const spec = {
      subnet: `${net(rack)}.0/20`,
      ips,
      default: true,
      topologyAffinity: { tor: [`tor-${rack}`] },
      blockSize,
    };
    yield object(spiderpoolVersion, poolKind, `rack-${rack}`, { spec: JSON.parse(JSON.stringify(spec)) });
  }
  for (const rack of range(size.usedRacks)) {
    for (const n of range(size.nodes)) yield* node(rack, n, blockSize);
  }
}

function* node(rack: number, n: number, blockSize: number | undefined): Generator<Resource> {
  const name = `worker-${rack}-${n}`;
  yield object('v1', 'Node', name, { metadata: { labels: { 'kubernetes.io/hostname': name } } });
  yield object('berth.network/v1alpha1', ipamNodeKind, name, { spec: { tor_id: `tor-${rack}` } });
  const [a, b] = net(rack).split('.').slice(1).map(Number) as [number, number];
  const [third, fourth] = [b + Math.floor(n / 4), (n % 4) * 64];
  if (blockSize !== undefined) {
    yield newBlock({ cidr: `10.${a}.${third}.${fourth}/26`, pool: `rack-${rack}`, node: name, daemon: name });
  }
  for (const pod of range(size.pods)) {
    const address =
      blockSize === undefined
        ? `10.${a}.${b + Math.floor((n * size.pods + pod + 1) / 256)}.${(n * size.pods + pod + 1) % 256}`
        : `10.${a}.${third}.${fourth + 2 + pod}`;
    const podName = `web-${rack}-${n}-${pod}`;
    const status = { phase: 'Running', podIPs: [{ ip: address }] };
    yield object('v1', 'Pod', podName, { metadata: { namespace: 'shop' }, spec: { nodeName: name }, status });
    if (blockSize !== undefined) continue;
    const by = { pool: `rack-${rack}`, node: name, daemon: name, network: 'net', containerId: podName, ifname: 'eth0' };
    yield newClaim({ address, ...by, podNamespace: 'shop', podName, podUid: podName });
  }
}

/** As a scheduler asks with `nodeCacheCapable`: the body is read and the answer written, as they go over the wire. */
const question = JSON.stringify({
  Pod: {
    metadata: { namespace: 'shop', name: 'new', uid: 'new' },
    spec: { containers: [{ name: 'main', image: 'x' }] },
  },
  Nodes: null,
  NodeNames: nodeNames,
});

async function extenderOver(blockSize: number | undefined) {
  const store = new MemoryStore({ now: Date.now, newUid: () => String(Math.random()) });
  for (const resource of cluster(blockSize)) {
    const stored = await store.create(resource);
    if (resource.status !== undefined) await store.updateStatus({ ...stored, status: resource.status });
  }
  const parts = { store, cluster: store, torLabel: undefined, log: silentLog, clock: systemClock };
  const { signal } = new AbortController();
  const [state, nodes, pods] = [new ClusterState(parts), new NodeView(parts), new PodView()];
  await state.start(signal);
  await nodes.start(signal);
  await pods.start(store, { ...parts, signal });
  return { store, extender: new Extender({ state, nodes, pods, namedPools: [], log: silentLog }) };
}

async function answers(group: string, blockSize: number | undefined): Promise<readonly BenchRow[]> {
  const { store, extender } = await extenderOver(blockSize);
  const ask = (verb: 'filter' | 'prioritize'): number => {
    const start = performance.now();
    const answer = JSON.stringify(extender[verb](parseArguments(JSON.parse(question))));
    if (answer.length < nodeNames.length) throw new Error('an answer names every node');
    return performance.now() - start;
  };
  const first = ask('filter');
  const times = { filter: [] as number[], prioritize: [] as number[] };
  for (const n of range(repeats)) {
    // What happens meanwhile in such a cluster: an address comes and goes, so that something is to be counted anew.
    const address = net(n + 1).replace(/\d+$/, (third) => `${Number(third) + 15}.9`);
    const by = { pool: `rack-${n + 1}`, node: 'x', daemon: 'x', network: 'net', containerId: `c${n}`, ifname: 'eth0' };
    await store.create(newClaim({ address, ...by }));
    // And another pool is changed.
    const pool = await store.get({ kind: poolKind, name: `rack-${size.racks - 1 - n}` });
    if (pool !== undefined) await store.update({ ...pool, spec: { ...(pool.spec as object), default: false } });
    await new Promise((resolve) => setImmediate(resolve));
    times.filter.push(ask('filter'));
    times.prioritize.push(ask('prioritize'));
  }
  const row = (name: string, value: number): BenchRow => ({ group, name, value, unit: 'ms' });
  const all = [...times.filter, ...times.prioritize].sort((a, b) => a - b);
  const most = all[Math.floor(all.length * 0.95)] ?? Number.NaN;
  const of = blockSize === undefined ? 'shared pools' : 'pools of blocks';
  return [
    row(`${of}: the first answer`, first),
    row(`${of}: filter, median`, median(times.filter)),
    row(`${of}: prioritize, median`, median(times.prioritize)),
    {
      ...row(`${of}: 95 of 100 within`, most),
      goal: { text: `under ${goalMs} ms`, reached: most < goalMs },
    },
    row(`${of}: the slowest of ${all.length}`, all.at(-1) ?? Number.NaN),
  ];
}

/** What a scheduler waits for, of nodes whose names it sends. */
export async function benchScheduler(): Promise<readonly BenchRow[]> {
  const group = `the scheduler extender: ${nodeNames.length} nodes in ${size.usedRacks} racks, ${nodeNames.length * size.pods} Pods, ${size.racks} pools`;
  return [...(await answers(group, undefined)), ...(await answers(group, 26))];
}
