import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubernetesClient } from '../src/store/kubernetes/client.ts';
import { kubeconfigAccess } from '../src/store/kubernetes/kubeconfig.ts';
import { ControlPlane } from '../test/cluster/control-plane.ts';
import { ControllerProcess } from '../test/cluster/controller-process.ts';
import { daemonFor, install } from '../test/cluster/installed.ts';
import { type DaemonProcess, httpText } from '../test/kit/daemon-process.ts';
import { bin } from '../test/kit/paths.ts';
import { waitFor } from '../test/kit/wait.ts';
import { ApiRequests } from './api-requests.ts';
import { CniDriver, type Execution } from './cni-driver.ts';
import { ProcessorTime } from './processor-time.ts';
import { type BenchRow, median } from './row.ts';

const namespace = 'bench';
const addresses = 1_000;
const workers = 16;
/** Two of them, of which the network and the gateway are no Pod's: exactly `addresses` are left. */
const pool = { subnet: '10.60.0.0/16', gateway: '10.60.0.1', ips: ['10.60.1.0-10.60.4.231'], default: true };
const inFlight = 32;
/** Until V8 has compiled what is called, which takes some ten thousand calls. */
const warmWaves = 25;
/** For one interface with one family and with both, one call after the other. */
const lonelyCalls = 150;
const lonelyRounds = 4;
const pool6 = { subnet: 'fd00:10:60::/64', gateway: 'fd00:10:60::1' };
/** Of so many waves the one of the middle pace counts: one is over in seconds, and the machine's pace varies. */
const countedWaves = { bare: 5, derived: 3 };

/**
 * 1,000 Pods on a real API server ask for the 1,000 addresses of one shared pool, from one node daemon and from two, by
 * CNI ADD, 16 in flight on each node; after DEL of all, they ask again. A wave with a failed ADD or an address given twice
 * counts in any case.
 */
export async function benchKubernetes(): Promise<readonly BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-bench-'));
  const controlPlane = new ControlPlane();
  const daemons: DaemonProcess[] = [];
  try {
    const driver = await CniDriver.compile(directory);
    await controlPlane.start();
    await install(controlPlane);
    await controlPlane.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await controlPlane.apply(
      ...['one', 'two'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
      {
        apiVersion: 'spiderpool.spidernet.io/v2beta1',
        kind: 'SpiderIPPool',
        metadata: { name: 'pods' },
        spec: pool,
      },
    );
    for (const node of ['one', 'two'])
      daemons.push(await daemonFor(controlPlane, node, 'allocation:\n  cooldown: 0s\n'));
    await Promise.all(daemons.map((daemon) => daemon.start()));
    const [first, second] = daemons as [DaemonProcess, DaemonProcess];
    const world = { controlPlane, driver };
    const single = { name: 'single', places: [{ daemon: first, node: 'one' }] };
    const double = { name: 'double', places: [...single.places, { daemon: second, node: 'two' }] };
    for (const pods of [single, double]) await makePods(controlPlane, pods);
    for (let round = 0; round < warmWaves; round += 1) await wave(world, double);
    const rows = [
      ...rowsOf('one node', await middleWave(world, single, countedWaves.bare)),
      ...rowsOf('two nodes', await middleWave(world, double, countedWaves.bare)),
    ];
    const kubeconfig = await controlPlane.kubeconfigFor('berth-system/ipam-controller');
    const controller = new ControllerProcess({ kubeconfig });
    try {
      await controller.start();
      await waitFor('the controller to lead', async () => ((await controller.leads()) ? true : undefined));
      const derived = await middleWave({ ...world, controller }, double, countedWaves.derived);
      rows.push(...rowsOf('two nodes, and ipam-controller writes status and endpoints', derived));
    } finally {
      await controller.remove();
    }
    await controlPlane.apply({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderIPPool',
      metadata: { name: 'pods6' },
      spec: pool6,
    });
    rows.push(...(await benchFamilies(world, single)));
    // Last, for what is kept stays taken.
    return [...rows, ...(await benchRestart(world, double))];
  } finally {
    for (const daemon of daemons) await daemon.remove();
    await controlPlane.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** How much longer an ADD of both families takes than one of IPv4, one call at a time, in turns. */
async function benchFamilies({ driver }: World, { name, places }: Pods): Promise<readonly BenchRow[]> {
  const [place] = places;
  if (place === undefined) throw new Error('there is no node');
  const times = { one: [] as number[], both: [] as number[] };
  for (let round = 0; round <= lonelyRounds; round += 1) {
    for (const [which, families] of [['one', [4]] as const, ['both', [4, 6]] as const]) {
      const from = { default_ipv4_ippool: ['pods'], ...(which === 'both' ? { default_ipv6_ippool: ['pods6'] } : {}) };
      const ipam = { type: 'ipam-plugin', daemonSocket: place.daemon.socket, families, ...from };
      const network = { cniVersion: '1.0.0', name: 'bench', type: 'macvlan', ipam };
      const load = { plugin: join(bin, 'ipam-plugin'), network, workers: 1, calls: lonelyCalls, namespace };
      const adds = await driver.run({ ...load, prefix: `${name}-${place.node}`, verb: 'ADD' });
      const failed = adds.find(({ exit }) => exit !== 0);
      if (failed !== undefined) throw new Error(`an ADD of ${which} failed:\n${logTails([place])}`);
      // The first round is to warm up.
      if (round > 0) times[which].push(...adds.map(({ taken }) => taken));
      await driver.run({ ...load, prefix: `${name}-${place.node}`, verb: 'DEL' });
    }
  }
  const group = 'Kubernetes engine: one ADD at a time on one node, shared pools';
  const [one, both] = [median(times.one), median(times.both)];
  const goal = { text: 'within a quarter', reached: both / one < 1.25 };
  return [
    { group, name: 'median, IPv4', value: one, unit: 'ms' },
    { group, name: 'median, both families', value: both, unit: 'ms' },
    { group, name: 'both families against one', value: both / one, unit: 'x', goal },
  ];
}

/**
 * 1,000 Pods of StatefulSets are made anew on the nodes that they were on: DEL of all parks their addresses, ADD of all takes them
 * over. Beside it, right before, a wave of Pods that keep nothing.
 */
async function benchRestart(world: World, plain: Pods): Promise<readonly BenchRow[]> {
  const kept: Pods = { name: 'kept', places: plain.places, areKept: true };
  await makePods(world.controlPlane, kept);
  const before = await middleWave(world, plain, countedWaves.bare);
  // The first wave claims what the others take over.
  await wave(world, kept);
  const restarted = await middleWave(world, kept, countedWaves.bare);
  const group = `Kubernetes engine: ${addresses} Pods of StatefulSets made anew, two nodes, ${workers} in flight on each`;
  const rateOf = ({ adds, seconds }: Wave): number => adds.filter(({ exit }) => exit === 0).length / seconds;
  const [rate, peer] = [rateOf(restarted), rateOf(before)];
  const writes = (requests: ApiRequests): number => requests.writes('ipclaims') / addresses;
  const failed = restarted.adds.filter(({ exit }) => exit !== 0).length;
  const [atAdd, atDel] = [writes(restarted.requests), writes(restarted.givenBack)];
  return [
    {
      group,
      name: 'addresses a second, by CNI ADD',
      value: rate,
      unit: '/s',
      peer: { name: 'the same nodes, Pods that keep nothing', value: peer },
      ratio: rate / peer,
      goal: { text: 'within a fifth', reached: rate >= peer * 0.8 },
    },
    { group, name: 'ADDs that failed', value: failed, unit: '', goal: { text: 'none', reached: failed === 0 } },
    { group, name: 'median', value: median(restarted.adds.map(({ taken }) => taken)), unit: 'ms' },
    {
      group,
      name: 'claims written at ADD, an address',
      value: atAdd,
      unit: '',
      goal: { text: 'one', reached: atAdd <= 1 },
    },
    {
      group,
      name: 'claims written at DEL, an address',
      value: atDel,
      unit: '',
      goal: { text: 'one', reached: atDel <= 1 },
    },
    ...restarted.requests
      .entries()
      .map(([what, count]) => ({ group, name: `requests: ${what}`, value: count, unit: '' })),
  ];
}

interface World {
  readonly controlPlane: ControlPlane;
  readonly driver: CniDriver;
  readonly controller?: ControllerProcess;
}

interface Place {
  readonly daemon: DaemonProcess;
  readonly node: string;
}

/** `addresses` Pods, the same number on each of these nodes. */
interface Pods {
  readonly name: string;
  readonly places: readonly Place[];
  /** Does a StatefulSet on each node make them, so that their addresses stay? */
  readonly areKept?: boolean;
}

interface Wave {
  readonly adds: readonly Execution[];
  /** Claims in the API server after the last ADD. */
  readonly claims: number;
  /** From the first ADD to the end of the last, seconds. */
  readonly seconds: number;
  readonly requests: ApiRequests;
  /** Of the DELs afterwards. */
  readonly givenBack: ApiRequests;
  /** Processor time of each program from the first ADD to the end of the last, milliseconds. */
  readonly processorTime: ReadonlyMap<string, number>;
  /** What ipam-controller derived from it. */
  readonly derived?: {
    /** From the end of the last ADD to the last endpoint, seconds. */
    readonly seconds: number;
    readonly processorTime: ReadonlyMap<string, number>;
  };
}

async function middleWave(world: World, pods: Pods, count: number): Promise<Wave> {
  const waves: Wave[] = [];
  for (let round = 0; round < count; round += 1) waves.push(await wave(world, pods));
  // A wave in which something failed is not passed over.
  const isClean = ({ adds, claims }: Wave): boolean => claims === addresses && adds.every(({ exit }) => exit === 0);
  const unclean = waves.find((one) => !isClean(one));
  const middle = unclean ?? waves.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(count / 2)];
  if (middle === undefined) throw new Error('there was no wave');
  return middle;
}

/** Every node's runtime calls ADD for each of its Pods, and DEL when all have their address. */
async function wave({ controlPlane, driver, controller }: World, { name, places }: Pods): Promise<Wave> {
  const calls = addresses / places.length;
  const scrape = async (): Promise<ApiRequests> => {
    const texts = places.map(({ daemon }) => httpText(daemon.socket, '/metrics'));
    return new ApiRequests(await Promise.all([...texts, ...(controller === undefined ? [] : [controller.metrics()])]));
  };
  const onAll = (verb: 'ADD' | 'DEL'): Promise<(readonly Execution[])[]> =>
    Promise.all(
      places.map(({ daemon, node }) => {
        const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket };
        const network = { cniVersion: '1.0.0', name: 'bench', type: 'macvlan', ipam };
        const prefix = `${name}-${node}`;
        return driver.run({ plugin: join(bin, 'ipam-plugin'), network, workers, calls, prefix, verb, namespace });
      }),
    );
  const time = (): ProcessorTime =>
    new ProcessorTime({
      daemons: places.map(({ daemon }) => daemon.pid),
      'API server': [controlPlane.apiServer.pid],
      etcd: [controlPlane.etcd.pid],
      'runtimes and CNI executables': [process.pid],
      ...(controller === undefined ? {} : { 'ipam-controller': [controller.pid] }),
    });
  const before = await scrape();
  const timeBefore = time();
  const started = performance.now();
  const adds = (await onAll('ADD')).flat();
  const seconds = (performance.now() - started) / 1000;
  const processorTime = time().since(timeBefore);
  const timeAfter = time();
  const ended = performance.now();
  if (controller !== undefined) await waitForEndpoints(controlPlane, addresses);
  const derived = { seconds: (performance.now() - ended) / 1000, processorTime: time().since(timeAfter) };
  const afterAdds = await scrape();
  const requests = afterAdds.since(before);
  if (adds.some(({ exit }) => exit !== 0)) process.stderr.write(`ADDs failed:\n${logTails(places)}\n`);
  const list = await controlPlane.get<{ items: readonly unknown[] }>('/apis/berth.network/v1alpha1/ipclaims');
  await onAll('DEL');
  const givenBack = (await scrape()).since(afterAdds);
  if (controller !== undefined) await waitForEndpoints(controlPlane, 0);
  const seen = { adds, claims: list?.items.length ?? 0, seconds, requests, givenBack, processorTime };
  return controller === undefined ? seen : { ...seen, derived };
}

async function waitForEndpoints(controlPlane: ControlPlane, wanted: number): Promise<void> {
  // One of them and how many more there are: a list of all would cost as much as writing some.
  const path = `/apis/spiderpool.spidernet.io/v2beta1/namespaces/${namespace}/spiderendpoints?limit=1`;
  const seen = async (): Promise<true | undefined> => {
    const list = await controlPlane.get<{
      items: readonly unknown[];
      metadata: { readonly remainingItemCount?: number };
    }>(path);
    return (list?.items.length ?? 0) + (list?.metadata.remainingItemCount ?? 0) === wanted ? true : undefined;
  };
  await waitFor(`${wanted} endpoints`, seen, 120_000, 100);
}

/** What the daemons said last. */
function logTails(places: readonly Place[]): string {
  return places.map(({ daemon, node }) => `${node}: ${daemon.log.trim().split('\n').slice(-3).join('\n')}`).join('\n');
}

/** Pods that are bound to the nodes, as a scheduler leaves them; no kubelet is there to start them. */
async function makePods(controlPlane: ControlPlane, { name, places, areKept = false }: Pods): Promise<void> {
  const client = new KubernetesClient({ access: kubeconfigAccess(controlPlane.kubeconfig()), userAgent: 'bench' });
  try {
    const wanted = places.flatMap(({ node }) =>
      Array.from({ length: addresses / places.length }, (_, index) => ({ node, pod: `${name}-${node}-${index}` })),
    );
    const maker = async (): Promise<void> => {
      for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
        await client.create(`/api/v1/namespaces/${namespace}/pods`, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: next.pod, ...(areKept ? { ownerReferences: [ownerOf(`${name}-${next.node}`)] } : {}) },
          spec: { nodeName: next.node, containers: [{ name: 'main', image: 'none' }] },
        });
      }
    };
    await Promise.all(Array.from({ length: inFlight }, maker));
  } finally {
    await client.close();
  }
}

/** No such object needs to be there: nobody looks while no controller runs. */
function ownerOf(name: string): object {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: `uid-of-${name}`, controller: true };
}

function rowsOf(
  places: string,
  { adds, claims, seconds, requests, processorTime, derived }: Wave,
): readonly BenchRow[] {
  const group = `Kubernetes engine: ${addresses} Pods for ${addresses} addresses of one shared pool, ${places}, ${workers} in flight on each`;
  const failed = adds.filter(({ exit }) => exit !== 0).length;
  const inOrder = adds.toSorted((a, b) => a.start - b.start).map(({ taken }) => taken);
  const quarter = Math.floor(inOrder.length / 4);
  const [first = 0, second = 0, third = 0, last = 0] = [0, 1, 2, 3].map((index) =>
    median(inOrder.slice(index * quarter, (index + 1) * quarter)),
  );
  const rate = (adds.length - failed) / seconds;
  const perAddress = (requests.writes('ipclaims') + requests.writes('spiderendpoints')) / adds.length;
  const row = (name: string, value: number, unit: string, goal?: BenchRow['goal']): BenchRow => ({
    group,
    name,
    value,
    unit,
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    row('addresses a second, by CNI ADD', rate, '/s', { text: 'over 500', reached: rate > 500 }),
    row('ADDs that failed', failed, '', { text: 'none', reached: failed === 0 }),
    row('addresses given twice', adds.length - failed - claims, '', {
      text: 'none',
      reached: adds.length - failed === claims,
    }),
    row('median', median(inOrder), 'ms'),
    row('median of the first quarter', first, 'ms'),
    row('median of the second quarter', second, 'ms'),
    row('median of the third quarter', third, 'ms'),
    // A little more is noise; a search that grows with what is taken would be several times as long.
    row('median of the last quarter', last, 'ms', { text: 'not longer than the first', reached: last < first * 1.25 }),
    row('claims and endpoints written, an address', perAddress, '', { text: 'at most 2', reached: perAddress <= 2 }),
    row('other writes, in all', requests.writes() - perAddress * adds.length, ''),
    ...[...processorTime].map(([program, taken]) =>
      row(`processor time of ${program}, an address`, taken / adds.length, 'ms'),
    ),
    ...(derived === undefined
      ? []
      : [
          row('until the last endpoint, after the last ADD', derived.seconds, 's', {
            text: 'within 5 s',
            reached: derived.seconds <= 5,
          }),
          ...[...derived.processorTime].map(([program, taken]) =>
            row(`processor time of ${program} for endpoints, an address`, taken / adds.length, 'ms'),
          ),
        ]),
    ...requests.entries().map(([what, count]) => row(`requests: ${what}`, count, '')),
  ];
}
