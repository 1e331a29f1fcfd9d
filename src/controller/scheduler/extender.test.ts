import { describe, expect, it } from 'vitest';
import { ipamNodeKind } from '../../resources/ipam-node.ts';
import { topologyKind, topologyName } from '../../resources/network-topology.ts';
import type { Resource } from '../../resources/resource.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterState } from '../state.ts';
import { block, claim, newStore, pool, settle, TestClock } from '../testing/world.ts';
import { Extender } from './extender.ts';
import { NodeView } from './node-view.ts';
import { PodView } from './pod-view.ts';
import { parseArguments } from './protocol.ts';

const core = (kind: string, name: string, more: object = {}, namespace?: string): Resource =>
  ({
    apiVersion: 'v1',
    kind,
    spec: {},
    ...more,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(more as { metadata?: object }).metadata },
  }) as Resource;
const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
const ofOurs = (kind: string, name: string, spec: object): Resource =>
  ({ apiVersion: 'berth.network/v1alpha1', kind, metadata: { name }, spec }) as Resource;

/** Two racks with three addresses each, and nodes a1, a2 in the first, b1 in the second. */
class World {
  readonly clock = new TestClock();
  readonly store: MemoryStore = newStore(this.clock);
  readonly warnings: string[] = [];
  readonly filtered: string[] = [];
  readonly #log = { ...silentLog, warn: (_facts: object, text: string) => void this.warnings.push(text) };
  readonly #state = new ClusterState({ store: this.store, log: silentLog, clock: this.clock });
  readonly #nodes = new NodeView({
    store: this.store,
    cluster: this.store,
    torLabel: 'rack',
    log: silentLog,
    clock: this.clock,
  });
  readonly #pods = new PodView();
  readonly extender = new Extender({
    state: this.#state,
    nodes: this.#nodes,
    pods: this.#pods,
    namedPools: [],
    log: this.#log,
    observer: {
      answered: (verb, outcome) => void this.filtered.push(`${verb} ${outcome}`),
      filtered: (passed, failed) => void this.filtered.push(`${passed} passed, ${failed} failed`),
    },
  });

  async start(): Promise<this> {
    await this.add(core('Namespace', 'shop'));
    for (const [name, tor] of Object.entries({ a1: 'a', a2: 'a', b1: 'b' })) {
      await this.add(core('Node', name, ready), ofOurs(ipamNodeKind, name, { tor_id: tor }));
    }
    for (const [tor, net] of Object.entries({ a: 1, b: 2 })) {
      const affinity = { default: true, topologyAffinity: { tor: [tor] } };
      await this.add(
        pool(`rack-${tor}`, { subnet: `10.${net}.0.0/28`, ips: [`10.${net}.0.1-10.${net}.0.3`], ...affinity }),
      );
    }
    return this.read();
  }

  async read(): Promise<this> {
    const { signal } = new AbortController();
    await this.#state.start(signal);
    await this.#nodes.start(signal);
    await this.#pods.start(this.store, { log: silentLog, clock: this.clock, signal });
    return this;
  }

  async add(...resources: readonly Resource[]): Promise<void> {
    for (const resource of resources) {
      const stored = await this.store.create(resource);
      // Which a create leaves out.
      if (resource.status !== undefined) await this.store.updateStatus({ ...stored, status: resource.status });
    }
    await settle();
  }

  filter(pod: PodText = {}, names: readonly string[] = ['a1', 'a2', 'b1']) {
    return this.extender.filter(asked(pod, { NodeNames: names }));
  }

  scores(pod: PodText = {}): Readonly<Record<string, number>> {
    const priorities = this.extender.prioritize(asked(pod, { NodeNames: ['a1', 'a2', 'b1'] }));
    return Object.fromEntries(priorities.map(({ Host, Score }) => [Host, Score]));
  }
}

/** Its metadata, and its spec. */
type PodText = { readonly spec?: object } & Readonly<Record<string, unknown>>;

function asked({ spec = {}, ...metadata }: PodText, nodes: object) {
  const named = { namespace: 'shop', name: 'web-0', uid: 'u0' };
  return parseArguments({ Pod: { metadata: { ...named, ...metadata }, spec }, ...nodes });
}

const fill = (world: World, rack: 'a' | 'b'): Promise<void> =>
  world.add(
    ...[1, 2, 3].map((host) =>
      claim(`10.${rack === 'a' ? 1 : 2}.0.${host}`, {
        pool: `rack-${rack}`,
        podName: `other-${rack}-${host}`,
        podNamespace: 'shop',
      }),
    ),
  );
const full = 'no IPv4 address left: "rack-b" has 3 of 3 in use: every address is taken';
const sent = (name: string, nodeName: string, more: object = {}): Resource =>
  core('Pod', name, { spec: { nodeName }, metadata: { uid: `uid-of-${name}` }, ...more }, 'shop');

describe('the scheduler extender', () => {
  it('passes the nodes of racks that have an address left, and says of others why not', async () => {
    const world = await new World().start();
    await fill(world, 'b');
    const { NodeNames, Nodes, FailedNodes, FailedAndUnresolvableNodes } = world.filter();
    expect([NodeNames, Nodes]).toEqual([['a1', 'a2'], null]);
    expect(FailedNodes).toEqual({ b1: full });
    expect(FailedAndUnresolvableNodes).toEqual(FailedNodes);
    expect(world.filtered).toEqual(['2 passed, 1 failed', 'filter judged']);
  });

  it('gives whole nodes back as they came, where the scheduler sends them', async () => {
    const world = await new World().start();
    await fill(world, 'b');
    const items = ['a1', 'b1'].map((name) => ({
      metadata: { name, labels: { x: 'y' } },
      status: { capacity: { cpu: '4' } },
    }));
    const { Nodes, NodeNames } = world.extender.filter(asked({}, { nodes: { items } }));
    expect([Nodes?.items, NodeNames]).toEqual([[items[0]], null]);
  });

  it('scores nodes by what is left', async () => {
    const world = await new World().start();
    await world.add(claim('10.2.0.1', { pool: 'rack-b', podName: 'other' }));
    expect(world.scores()).toEqual({ a1: 10, a2: 10, b1: 6 });
  });

  it('follows what is released, and pools that grow', async () => {
    const world = await new World().start();
    await fill(world, 'b');
    expect(world.filter().NodeNames).toEqual(['a1', 'a2']);
    await world.store.delete({ kind: 'IPClaim', name: '10.2.0.2' }, undefined);
    await settle();
    expect(world.filter().NodeNames).toEqual(['a1', 'a2', 'b1']);
    expect(world.scores()).toEqual({ a1: 10, a2: 10, b1: 3 });
  });

  it('counts nothing that is reserved, or the gateway of a pool beside it', async () => {
    const world = await new World().start();
    await world.add(claim('10.2.0.1', { pool: 'rack-b', podName: 'other' }));
    expect(world.scores().b1).toBe(6);
    await world.add(pool('guests', { subnet: '10.2.0.0/28', gateway: '10.2.0.3', ips: ['10.2.0.9'] }));
    expect(world.scores().b1).toBe(3);
    const reserved = {
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderReservedIP',
      metadata: { name: 'odd' },
    };
    await world.add({ ...reserved, spec: { ipVersion: 4, ips: ['10.2.0.2'] } });
    expect(world.filter().FailedNodes.b1).toContain('"rack-b" has 1 of 1 in use');
  });

  it('does not count claims of addresses that are not the pool’s any more', async () => {
    const world = await new World().start();
    await world.add(...[9, 10, 11].map((host) => claim(`10.2.0.${host}`, { pool: 'rack-b', podName: `old-${host}` })));
    expect(world.filter().NodeNames).toEqual(['a1', 'a2', 'b1']);
  });

  it('counts Pods on the way, which have no claim yet', async () => {
    const world = await new World().start();
    await world.add(...[1, 2, 3].map((n) => sent(`new-${n}`, 'b1')));
    expect(world.filter().FailedNodes.b1).toContain('3 are for Pods on the way');
    await world.add(claim('10.2.0.1', { pool: 'rack-b', podName: 'new-1', podNamespace: 'shop' }));
    expect(world.filter().FailedNodes.b1).toContain('2 are for Pods on the way');
  });

  it('does not count Pods on the way that take no address: those of the node’s network, and those that ended', async () => {
    const world = await new World().start();
    const host = { spec: { nodeName: 'b1', hostNetwork: true } };
    await world.add(
      sent('host', 'b1', host),
      ...[1, 2, 3].map((n) => sent(`over-${n}`, 'b1', { status: { phase: 'Succeeded' } })),
    );
    expect(world.scores()).toEqual({ a1: 10, a2: 10, b1: 10 });
  });

  it.each<[string, PodText]>([
    ['is in its node’s network', { spec: { hostNetwork: true } }],
    [
      'has another network in place of the cluster’s',
      { annotations: { 'v1.multus-cni.io/default-network': 'kube-system/other' } },
    ],
    ['has annotations that nobody can read', { annotations: { 'ipam.spidernet.io/ippool': '{' } }],
  ])('leaves a Pod alone that %s', async (_what, pod) => {
    const world = await new World().start();
    await fill(world, 'b');
    expect(world.filter(pod)).toMatchObject({ NodeNames: ['a1', 'a2', 'b1'], FailedNodes: {} });
    expect(world.filtered.at(-1)).toBe('filter untouched');
  });

  it('goes by the pools that a Pod names', async () => {
    const world = await new World().start();
    const annotations = { 'ipam.spidernet.io/ippool': '{"ipv4": ["rack-a"]}' };
    const { NodeNames, FailedNodes } = world.filter({ annotations });
    expect(NodeNames).toEqual(['a1', 'a2']);
    expect(FailedNodes.b1).toContain('"rack-a" is for nodes in TOR "a", and the node is in TOR "b"');
  });

  it('sends a Pod of a StatefulSet to where its address is kept', async () => {
    const world = await new World().start();
    await world.add(
      claim('10.2.0.2', {
        ...{ pool: 'rack-b', podNamespace: 'shop', podName: 'web-0', podUid: 'former' },
        ...{ ownerKind: 'StatefulSet', ownerName: 'web', parkedAt: '2026-01-01T00:00:00Z' },
      }),
    );
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 's', controller: true }];
    const { NodeNames, FailedNodes } = world.filter({ ownerReferences });
    expect(NodeNames).toEqual(['b1']);
    expect(FailedNodes.a1).toContain('its address 10.2.0.2 is kept for it');
    expect(world.filter({ name: 'web-1', ownerReferences }).NodeNames).toEqual(['a1', 'a2', 'b1']);
  });

  it('knows what nodes have left of the blocks that they lease, by the addresses of their Pods', async () => {
    const world = await new World().start();
    // Eight addresses: network, gateway and broadcast are given to nobody.
    await world.add(pool('routed', { subnet: '10.9.0.0/28', blockSize: 29 }));
    await world.add(
      block('10.9.0.0/29', { pool: 'routed', node: 'a1' }),
      block('10.9.0.8/29', { pool: 'routed', node: 'b1' }),
    );
    const running = (n: number) => sent(`run-${n}`, 'a1', { status: { podIPs: [{ ip: `10.9.0.${n}` }] } });
    await world.add(...[2, 3, 4, 5].map(running));
    const pod = { annotations: { 'ipam.spidernet.io/ippool': '{"ipv4": ["routed"]}' } };
    expect(world.scores(pod)).toEqual({ a1: 2, a2: 0, b1: 10 });
    await world.add(running(6));
    const { NodeNames, FailedNodes } = world.filter(pod);
    expect(NodeNames).toEqual(['b1']);
    expect(FailedNodes.a1).toContain('every block is leased, and those of the node are full');
    expect(FailedNodes.a2).toContain('every block is leased');
  });

  it('knows the zone around a rack by the topology', async () => {
    const world = await new World().start();
    const tor = (id: string, net: number) => ({ id, cidr: `10.${net}.0.0/16` });
    const zones = [
      { id: 'z1', pods: [{ id: 'p1', tors: [tor('a', 1)] }] },
      { id: 'z2', pods: [{ id: 'p2', tors: [tor('b', 2)] }] },
    ];
    await world.add(ofOurs(topologyKind, topologyName, { zones }));
    await world.add(pool('zonal', { subnet: '10.8.0.0/24', ips: ['10.8.0.9'], topologyAffinity: { zone: ['z2'] } }));
    const pod = { annotations: { 'ipam.spidernet.io/ippool': '{"ipv4": ["zonal"]}' } };
    expect(world.filter(pod).NodeNames).toEqual(['b1']);
  });

  it('finds the rack of a node by its label, before what it is registered with', async () => {
    const world = await new World().start();
    await fill(world, 'b');
    const labelled = core('Node', 'moved', { ...ready, metadata: { labels: { rack: 'b' } } });
    await world.add(labelled, ofOurs(ipamNodeKind, 'moved', { tor_id: 'a' }));
    expect(world.filter({}, ['a1', 'moved']).NodeNames).toEqual(['a1']);
  });

  it('goes by what addresses are for, where a Pod says that', async () => {
    const world = await new World().start();
    const storage = { subnet: '10.7.0.0/28', ips: ['10.7.0.9'], purpose: 'storage', topologyAffinity: { tor: ['b'] } };
    await world.add(pool('storage-b', storage));
    const { NodeNames, FailedNodes } = world.filter({ annotations: { 'berth.network/purpose': 'storage' } });
    expect(NodeNames).toEqual(['b1']);
    expect(FailedNodes.a1).toContain('"storage-b" is for nodes in TOR "b", and the node is in TOR "a"');
  });

  it('lets every node pass that it does not know, and all while nothing is read, and says so once', async () => {
    const world = new World();
    await world.add(pool('rack-c', { subnet: '10.3.0.0/28', ips: ['10.3.0.1'], default: true, nodeName: ['c1'] }));
    expect(world.filter()).toMatchObject({ NodeNames: ['a1', 'a2', 'b1'], FailedNodes: {} });
    expect(world.scores()).toEqual({ a1: 0, a2: 0, b1: 0 });
    expect(world.warnings).toEqual(['a scheduler asks before the cluster is read; every node passes until then']);
    expect(world.filtered).toEqual(['3 passed, 0 failed', 'filter unready', 'prioritize unready']);
    await world.add(core('Namespace', 'shop'));
    await world.read();
    expect(world.filter({}, ['new']).NodeNames).toEqual(['new']);
  });
});
