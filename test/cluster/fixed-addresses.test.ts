import { cpus, loadavg } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countAddresses, parseRangeSet } from '../../src/ip/range-set.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsNodes } from './binaries.ts';
import { ControllerProcess } from './controller-process.ts';
import { elasticReport, elasticRounds } from './elastic-rounds.ts';
import { keepCampaign, keepReport } from './keep-campaign.ts';
import type { Pod } from './pod.ts';
import { asks, pool, Underlay } from './underlay.ts';
import { workload } from './workload.ts';

const reason = needsNodes();
const graceSeconds = 6;
/** `make keep` takes ten minutes, more rounds, and more Pods: each costs its sandbox. */
const keepSeconds = Number(process.env.BERTH_KEEP_SECONDS ?? 40);
const keepPods = Number(process.env.BERTH_KEEP_PODS ?? 6);
const elasticPods = Number(process.env.BERTH_ELASTIC_PODS ?? 12);
const keepSeed = Number(process.env.BERTH_KEEP_SEED ?? Date.now() % 1_000_000);
const rounds = Number(process.env.BERTH_ELASTIC_ROUNDS ?? 1);

/** When and where a figure was measured. */
const at = (): string =>
  `${new Date().toISOString()}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`;

/** Addresses that stay, on real nodes: kubelet, containerd and macvlan, and the controller that frees them and makes pools. */
describe('Pods whose addresses stay', () => {
  const underlay = new Underlay({
    ipam: () => ({ type: 'ipam-plugin', daemonSocket: '/run/ipam/ipam.sock' }),
    daemon: { allocation: { keepInBlocks: true } },
  });
  const { cluster } = underlay;
  let controller: ControllerProcess | undefined;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await underlay.start();
    const { ground } = cluster;
    const [subnet, subnet6] = underlay.subnets;
    await cluster.apply(
      pool('office', { subnet, ips: [underlay.range(64, 95)], default: true }),
      pool('lab', { subnet, ips: [underlay.range(96, 127)] }),
      pool('office6', { subnet: subnet6, ips: [`${ground.address6(0x100)}-${ground.address6(0x11f)}`] }),
    );
    const kubeconfig = await cluster.controlPlane.kubeconfigFor('berth-system/ipam-controller');
    const node = cluster.node('node1');
    node.writeFile('/var/lib/berth/controller.yaml', `resync: { scaleDownGrace: ${graceSeconds}s }\n`);
    const config = node.path('/var/lib/berth/controller.yaml');
    controller = new ControllerProcess({ kubeconfig, args: ['--config', config] });
    await controller.start();
  }, 300_000);
  afterAll(async () => {
    await controller?.remove();
    await underlay.stop();
  });

  const both = asks({ ipv4: ['office'], ipv6: ['office6'] });

  /** Addresses by the Pod's name, with the node that it runs on. */
  async function placed(
    name: string,
    count: number,
  ): Promise<ReadonlyMap<string, { node: string; addresses: readonly string[] }>> {
    const pods = await underlay.podsReady(`app=${name}`, count);
    const entries = pods.map(async (pod: Pod) => {
      const addresses = [...(await underlay.claimedBy(pod))].sort();
      return [pod.metadata.name, { node: pod.spec.nodeName ?? '', addresses }] as const;
    });
    return new Map(await Promise.all(entries));
  }

  const addressesOf = (pods: Awaited<ReturnType<typeof placed>>): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries([...pods].sort().map(([name, { addresses }]) => [name, addresses]));

  /** The Pod is there again, under another uid. */
  async function madeAnew(name: string, selector: string, count: number, before: readonly Pod[]): Promise<void> {
    const uid = before.find(({ metadata }) => metadata.name === name)?.metadata.uid;
    await waitFor(`${name} to be made anew`, async () => {
      const now = (await underlay.podsReady(selector, count)).find(({ metadata }) => metadata.name === name);
      return (now !== undefined && now.metadata.uid !== uid) || undefined;
    });
  }

  const parked = async (): Promise<readonly string[]> =>
    (await underlay.claims()).flatMap(({ spec }) => (spec.parkedAt === undefined ? [] : [spec.address]));

  it('have their addresses again after a restart, on the other node too, while other Pods come and go (A00018)', async () => {
    await cluster.apply(
      workload('StatefulSet', { name: 'db', replicas: 2, annotations: both }),
      workload('Deployment', { name: 'churn', replicas: 4 }),
    );
    const before = await placed('db', 2);
    await underlay.podsReady('app=churn', 4);
    const wasOn = before.get('db-0')?.node ?? '';
    // The scheduler may not put it back where it was; everybody else goes on.
    await cluster.kubectl('cordon', wasOn);
    const pods = await underlay.podsReady('app=db', 2);
    await cluster.kubectl('delete', 'pod', 'db-0', '--wait=false');
    await cluster.kubectl('rollout', 'restart', 'deployment/churn');
    await madeAnew('db-0', 'app=db', 2, pods);
    const after = await placed('db', 2);
    expect(after.get('db-0')?.node).not.toBe(wasOn);
    expect(addressesOf(after)).toEqual(addressesOf(before));
    await cluster.kubectl('uncordon', wasOn);
    const again = await underlay.podsReady('app=db', 2);
    await cluster.kubectl('delete', 'pod', 'db-0', 'db-1', '--wait=false');
    for (const name of ['db-0', 'db-1']) await madeAnew(name, 'app=db', 2, again);
    expect(addressesOf(await placed('db', 2))).toEqual(addressesOf(before));
    await cluster.kubectl('rollout', 'status', 'deployment/churn', '--timeout=120s');
    await underlay.settled(2 * 2 + 4);
    for (const daemon of underlay.daemons)
      expect(await daemon.cli('check', '--local')).toContain('all invariants hold');
    await cluster.kubectl('delete', 'statefulset/db', 'deployment/churn', '--wait=false');
    // Kept for nobody any more, they are freed.
    await underlay.settled(0);
  }, 400_000);

  it('keep their addresses when they are scaled down and up within the grace, and are given free ones after it', async () => {
    await cluster.apply(workload('StatefulSet', { name: 'web', replicas: 3, annotations: asks({ ipv4: ['office'] }) }));
    const before = await placed('web', 3);
    await cluster.kubectl('scale', 'statefulset/web', '--replicas=1');
    const kept = await waitFor('two addresses to be parked', async () => {
      const now = await parked();
      return now.length === 2 ? now : undefined;
    });
    const [one = ''] = kept;
    expect(await underlay.daemon('node1').cli('lookup', one).catch(String)).toContain(
      'is kept for eth0 of Pod default/web-',
    );
    await cluster.kubectl('scale', 'statefulset/web', '--replicas=3');
    expect(addressesOf(await placed('web', 3))).toEqual(addressesOf(before));
    await cluster.kubectl('scale', 'statefulset/web', '--replicas=1');
    await underlay.settled(1);
    await cluster.kubectl('delete', 'statefulset/web', '--wait=false');
    await underlay.settled(0);
  }, 400_000);

  it('move when their pools change, at their next start', async () => {
    const manifest = (name: string): object =>
      workload('StatefulSet', { name: 'move', replicas: 1, annotations: asks({ ipv4: [name] }) });
    await cluster.apply(manifest('office'));
    const before = await placed('move', 1);
    const pods = await underlay.podsReady('app=move', 1);
    await cluster.apply(manifest('lab'));
    await madeAnew('move-0', 'app=move', 1, pods);
    const after = addressesOf(await placed('move', 1));
    expect(after['move-0']).not.toEqual(before.get('move-0')?.addresses);
    expect((await underlay.claims()).map(({ spec }) => spec.pool)).toEqual(['lab']);
    await cluster.kubectl('delete', 'statefulset/move', '--wait=false');
    await underlay.settled(0);
  }, 400_000);

  it('of a pool with blocks have theirs again outside of the blocks of their node, and whoever leases the block leaves them out', async () => {
    const { ground } = cluster;
    const [subnet] = underlay.subnets;
    // One block, and a segment that all nodes are in.
    const cells = { subnet, ips: [underlay.range(160, 167)], blockSize: 29, gateway: ground.address(1) };
    const block = `${ground.address(160)}/29`;
    await cluster.apply(pool('cells', cells));
    const annotations = asks({ ipv4: ['cells'] });
    await cluster.apply(workload('StatefulSet', { name: 'cell', replicas: 1, annotations }));
    const before = await placed('cell', 1);
    const { node: lessee = '', addresses: [kept = ''] = [] } = before.get('cell-0') ?? {};
    const other = lessee === 'node1' ? 'node2' : 'node1';
    expect(await blocks()).toEqual([`${block} ${lessee}`]);
    const pods = await underlay.podsReady('app=cell', 1);
    await cluster.kubectl('cordon', lessee);
    await cluster.kubectl('delete', 'pod', 'cell-0', '--wait=false');
    await madeAnew('cell-0', 'app=cell', 1, pods);
    await cluster.kubectl('uncordon', lessee);
    expect(Object.fromEntries(await placed('cell', 1))).toEqual({ 'cell-0': { node: other, addresses: [kept] } });
    expect(await underlay.daemon(other).cli('addresses', '--local', '-o', 'wide')).toMatch(
      new RegExp(`${kept}/24 .* ${block} `),
    );

    // All that the lessee has, which is not what it has claimed before.
    const crowd = (name: string, node: string, replicas: number) =>
      workload('Deployment', { name, node, replicas, annotations });
    await cluster.apply(crowd('crowd', lessee, 7));
    const others = (await underlay.podsReady('app=crowd', 7)).map(({ status }) => status.podIP);
    expect([new Set([...others, kept]).size, others.includes(kept)]).toEqual([8, false]);
    await cluster.kubectl('delete', 'deployment/crowd', '--wait=false');
    await waitFor('the crowd to be gone', async () => (await underlay.held()).length === 1 || undefined);

    // Whoever leases the block next leaves it out as well.
    await underlay.daemon(lessee).cli('release', lessee, block);
    await cluster.apply(crowd('next', other, 3));
    const next = (await underlay.podsReady('app=next', 3)).map(({ status }) => status.podIP);
    expect([await blocks(), next.includes(kept)]).toEqual([[`${block} ${other}`], false]);
    await cluster.kubectl('delete', 'deployment/next', '--wait=false');
    await waitFor('those to be gone', async () => (await underlay.held()).length === 1 || undefined);

    // By its address: where its block is leased, and nowhere else before it is claimed.
    const [first, second] = [160, 161, 162].map((n) => ground.address(n)).filter((address) => address !== kept);
    const asked = (address = ''): Readonly<Record<string, string>> => ({ ...annotations, 'kube-ipam.ip': address });
    await cluster.apply(
      workload('Deployment', { name: 'named', node: other, annotations: asked(first) }),
      workload('Deployment', { name: 'strayed', node: lessee, annotations: asked(second) }),
    );
    expect((await placed('named', 1)).values().next().value?.addresses).toEqual([first]);
    expect(await underlay.refusal('app=strayed', 'is held by')).toContain(
      `node "${other}", which leases block ${block}`,
    );
    await cluster.kubectl('delete', 'deployment/strayed', '--wait=false');

    // Three of the pool: these two, and one more, which goes with its container, and is claimed all the same.
    await cluster.kubectl('annotate', 'namespace', 'default', 'berth.network/address-quota=cells=3');
    await cluster.apply(crowd('counted', other, 2));
    const full = 'namespace "default" holds 3 addresses of pool "cells", and may hold 3';
    expect(await underlay.refusal('app=counted', full)).toContain(full);
    expect((await underlay.claims()).length).toBe(3);
    await cluster.kubectl('annotate', 'namespace', 'default', 'berth.network/address-quota-');
    await underlay.podsReady('app=counted', 2);
    for (const daemon of underlay.daemons)
      expect(await daemon.cli('check', '--local')).toContain('all invariants hold');
    await cluster.kubectl('delete', 'statefulset/cell', 'deployment/named', 'deployment/counted', '--wait=false');
    await underlay.settled(0);
  }, 400_000);

  it('of an application have a pool of its own, cut from a SpiderSubnet, that follows the replicas and goes with it', async () => {
    const [subnet] = underlay.subnets;
    const everything = { subnet, ips: [underlay.range(64, 159)] };
    await cluster.apply({ ...pool('underlay', everything), kind: 'SpiderSubnet' });
    const annotations = {
      'ipam.spidernet.io/subnet': '{"ipv4":["underlay"]}',
      'ipam.spidernet.io/ippool-ip-number': '+2',
    };
    await cluster.apply(workload('Deployment', { name: 'elastic', replicas: 2, annotations }));
    await underlay.podsReady('app=elastic', 2);
    const { uid = '' } = (await own('elastic')).metadata;
    const name = `auto4-elastic-eth0-${uid.slice(uid.lastIndexOf('-') + 1).slice(0, 5)}`;
    expect(await poolIn(name)).toEqual([underlay.range(128, 131)]);
    await cluster.kubectl('scale', 'deployment/elastic', '--replicas=6');
    await cluster.kubectl('rollout', 'restart', 'deployment/elastic');
    await cluster.kubectl('rollout', 'status', 'deployment/elastic', '--timeout=180s');
    await underlay.settled(6);
    expect(await poolIn(name)).toEqual([underlay.range(128, 135)]);
    expect(new Set((await underlay.claims()).map(({ spec }) => spec.pool))).toEqual(new Set([name]));
    await cluster.kubectl('scale', 'deployment/elastic', '--replicas=1');
    await waitFor('the pool to shrink', async () => (await countIn(name)) === 3 || undefined);
    const status = await cluster.kubectl(
      'get',
      'spidersubnet',
      'underlay',
      '-o',
      'jsonpath={.status.controlledIPPools}',
    );
    expect(JSON.parse(status)).toMatchObject({ [name]: { application: 'apps_v1_Deployment_default_elastic' } });
    await cluster.kubectl('delete', 'deployment/elastic', '--wait=false');
    // `kubectl wait` fails for what is gone before it looks.
    const path = `/apis/spiderpool.spidernet.io/v2beta1/spiderippools/${name}`;
    await waitFor('the pool to go', async () => (await cluster.controlPlane.get(path)) === undefined || undefined);
  }, 400_000);

  it(
    `of an application follow it from 2 to ${elasticPods} and to 4 while it is rolled out (${rounds} times): no Pod is refused`,
    async () => {
      const report = await elasticRounds(underlay, rounds, elasticPods);
      process.stdout.write(
        `${at()}: 2, ${elasticPods} and 4 replicas under a rolling update, ${rounds} times\n${elasticReport(report)}\n`,
      );
      expect(report.refused).toEqual([]);
      expect(report.poolMs.every((ms) => Number.isFinite(ms))).toBe(true);
    },
    600_000 * rounds,
  );

  it('wait while no controller makes their pool, and are told so and for how long', async () => {
    await controller?.stop();
    const annotations = { 'ipam.spidernet.io/subnet': '{"ipv4":["underlay"]}' };
    await cluster.apply(workload('Deployment', { name: 'early', replicas: 1, annotations }));
    const told =
      /has waited \d+ s for the IPv4 pool of Deployment default\/early for eth0, cut from SpiderSubnet .*underlay.*, and ipam-controller has not made it yet: none leads/;
    await waitFor('the Event of the Pod', async () => told.test(await cluster.kubectl('get', 'events')) || undefined);
    await controller?.start();
    await underlay.podsReady('app=early', 1);
    await cluster.kubectl('delete', 'deployment/early', '--wait=false');
    await underlay.settled(0);
  }, 400_000);

  // The last: nothing has to be as it was before.
  it(
    `of ${keepPods} ordinals stay for ${keepSeconds} s while these are restarted, moved, scaled and lose their nodes, and others churn`,
    async () => {
      const say = (line: string): void => void process.stdout.write(`${line}\n`);
      const [replicas, seconds, seed] = [keepPods, keepSeconds, keepSeed];
      const what = { underlay, replicas, seconds, seed, annotations: both };
      const report = await keepCampaign({ ...what, each: 2, range: [64, 95], say });
      say(`${at()}: ${replicas} Pods of a StatefulSet for ${seconds} s, seed ${seed}\n${keepReport(report)}`);
      expect(report.problems).toEqual([]);
      for (const daemon of underlay.daemons)
        expect(await daemon.cli('check', '--local')).toContain('all invariants hold');
    },
    (keepSeconds + 900) * 1_000,
  );

  const blocks = async (): Promise<readonly string[]> => {
    interface Leased {
      readonly items: readonly { readonly spec: { readonly cidr: string; readonly node: string } }[];
    }
    const leased = await cluster.controlPlane.get<Leased>('/apis/berth.network/v1alpha1/ipblocks');
    return (leased?.items ?? []).map(({ spec }) => `${spec.cidr} ${spec.node}`);
  };

  const own = async (name: string): Promise<{ readonly metadata: { readonly uid?: string } }> =>
    JSON.parse(await cluster.kubectl('get', 'deployment', name, '-o', 'json'));

  async function poolIn(name: string): Promise<readonly string[]> {
    const found = JSON.parse(await cluster.kubectl('get', 'spiderippool', name, '-o', 'json'));
    return (found as { readonly spec: { readonly ips: readonly string[] } }).spec.ips;
  }

  async function countIn(name: string): Promise<number> {
    return Number(countAddresses(parseRangeSet(await poolIn(name))));
  }
});
