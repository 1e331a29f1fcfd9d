import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin } from '../kit/paths.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsNodes } from './binaries.ts';
import { type Pod, podManifest } from './pod.ts';
import { asks, pool, Underlay } from './underlay.ts';
import { workload } from './workload.ts';

const reason = needsNodes();

/** The two ways to name us in a network configuration, each on a node of its own. */
const ipamOf: Readonly<Record<string, object>> = {
  node1: { type: 'ipam-plugin', daemonSocket: '/run/ipam/ipam.sock' },
  node2: { type: 'spiderpool', ipam_unix_socket_path: '/run/ipam/ipam.sock' },
};

/** How long a node is cut off, seconds; `make cut-off` takes two minutes. */
const cutSeconds = Number(process.env.BERTH_CUT_SECONDS ?? 20);

/** Six minutes otherwise, for Pods that are gone. */
const impatient = { allocation: { sandboxDeadline: '5s', goneAfter: '10s' } };

describe('workloads on two nodes', () => {
  // No controller runs that would free what a StatefulSet leaves: fixed-addresses.test.ts is about that.
  const underlay = new Underlay({ ipam: ({ name }) => ipamOf[name] ?? {}, daemon: { enableStatefulSet: false } });
  const { cluster } = underlay;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await underlay.start();
    const { ground } = cluster;
    const [subnet, subnet6] = underlay.subnets;
    await cluster.apply(
      pool('office', { subnet, ips: [underlay.range(64, 127)], default: true }),
      pool('office6', { subnet: subnet6, ips: [`${ground.address6(0x100)}-${ground.address6(0x1ff)}`] }),
      pool('narrow', { subnet, ips: [underlay.range(200, 207)] }),
    );
  }, 300_000);
  afterAll(() => underlay.stop());

  /** Pings from one Pod to another, over both IP families as far as the other has them. */
  async function pings(from: Pod, to: readonly string[]): Promise<void> {
    for (const address of to) {
      const ping = ['ping', '-c', '1', '-W', '5', address];
      // The switch and the neighbour tables may still be learning.
      await waitFor(`${from.metadata.name} to reach ${address}`, async () => {
        const { exit } = await cluster.controlPlane.tryKubectl('exec', from.metadata.name, '--', ...ping);
        return exit === 0 || undefined;
      });
    }
  }

  it('get addresses as Deployment, StatefulSet, DaemonSet and Job, and give them back', async () => {
    await cluster.apply(
      workload('Deployment', { name: 'web', replicas: 4 }),
      workload('StatefulSet', { name: 'db', replicas: 2 }),
      workload('DaemonSet', { name: 'agent' }),
      workload('Job', { name: 'sums', replicas: 2, command: ['true'] }),
    );
    const pods = (
      await Promise.all([
        underlay.podsReady('app=web', 4),
        underlay.podsReady('app=db', 2),
        underlay.podsReady('app=agent', 2),
      ])
    ).flat();
    await cluster.kubectl('wait', '--for=condition=Complete', '--timeout=120s', 'job/sums');

    const wide = await cluster.kubectl('get', 'pods', '-o', 'wide');
    for (const pod of pods) {
      const [address] = await underlay.claimedBy(pod);
      expect(wide).toMatch(
        new RegExp(`${pod.metadata.name} .*Running.* ${address?.replaceAll('.', '\\.')} +${pod.spec.nodeName} `),
      );
    }
    expect(new Set(pods.map(({ status }) => status.podIP)).size).toBe(pods.length);
    const [here, there] = ['node1', 'node2'].map((node) => pods.find(({ spec }) => spec.nodeName === node));
    if (here === undefined || there === undefined) throw new Error('all Pods are on one node');
    await pings(here, [there.status.podIP ?? '']);
    await pings(there, [here.status.podIP ?? '']);

    // The Job's Pods are still there, ended, and hold nothing.
    await underlay.settled(pods.length);
    expect((await underlay.pods('job-name=sums')).map(({ status }) => status.phase)).toEqual([
      'Succeeded',
      'Succeeded',
    ]);

    await cluster.kubectl('delete', '--wait=false', 'deployment/web', 'statefulset/db', 'daemonset/agent', 'job/sums');
    await underlay.settled(0);
  });

  const families: readonly {
    readonly name: string;
    readonly family: string;
    readonly pools: object;
    readonly count: number;
  }[] = [
    { name: 'IPv4', family: 'four', pools: { ipv4: ['office'] }, count: 1 },
    { name: 'IPv6', family: 'six', pools: { ipv6: ['office6'] }, count: 1 },
    { name: 'both IP families', family: 'both', pools: { ipv4: ['office'], ipv6: ['office6'] }, count: 2 },
  ];
  it.each(families)('reach each other across nodes over $name', async ({ family, pools, count }) => {
    const [one, two] = [`${family}-1`, `${family}-2`];
    await cluster.apply(
      podManifest({ name: one, node: 'node1', annotations: asks(pools) }),
      podManifest({ name: two, node: 'node2', annotations: asks(pools) }),
    );
    const [here, there] = await Promise.all([cluster.podReady(one), cluster.podReady(two)]);
    const [near, far] = await Promise.all([underlay.claimedBy(here), underlay.claimedBy(there)]);
    expect([near.length, far.length]).toEqual([count, count]);
    expect(near).toContain(here.status.podIP);
    await pings(here, far);
    await pings(there, near);
    await underlay.settled(2 * count);
    await cluster.kubectl('delete', '--wait=false', 'pods', here.metadata.name, there.metadata.name);
    await underlay.settled(0);
  });

  it('come up in a wave during which the API server is killed', async () => {
    const replicas = 12;
    await cluster.apply(workload('Deployment', { name: 'wave', replicas }));
    await waitFor(
      'the wave to be under way',
      async () => (await underlay.claims()).length >= 3 || undefined,
      60_000,
      20,
    );
    await cluster.controlPlane.apiServer.crash();
    await cluster.controlPlane.apiServer.start();
    await underlay.podsReady('app=wave', replicas, 'default', 180_000);
    await underlay.settled(replicas);
    for (const daemon of underlay.daemons)
      expect(await daemon.cli('check', '--local')).toContain('all invariants hold');
    await cluster.kubectl('delete', '--wait=false', 'deployment/wave');
    await underlay.settled(0);
  }, 400_000);

  it(`keep what they hold while their node is cut off for ${cutSeconds} s, and nobody else gets it`, async () => {
    const named = (name: string, node: string): object =>
      podManifest({ name, node, labels: { app: 'narrow' }, annotations: asks({ ipv4: ['narrow'] }) });
    const far = ['far-0', 'far-1', 'far-2', 'far-3'];
    const near = ['near-0', 'near-1', 'near-2', 'near-3'];
    await cluster.apply(...far.map((name) => named(name, 'node2')));
    const before = await underlay.podsReady('app=narrow', far.length);
    const held = before.map(({ status }) => status.podIP);

    await cluster.node('node2').cutOff();
    const until = Date.now() + cutSeconds * 1000;
    await cluster.kubectl('delete', 'pod', 'far-0', 'far-1', '--force', '--grace-period=0');
    await cluster.apply(...near.map((name) => named(name, 'node1')));
    const given = await Promise.all(near.map(async (name) => (await cluster.podReady(name)).status.podIP));
    expect(held.filter((address) => given.includes(address))).toEqual([]);
    // All eight are out: two of them by Pods that only their own node knows any more.
    await cluster.apply(named('late', 'node1'));
    await underlay.refusal('app=narrow', 'in use');
    await waitFor(
      'the time with no cable to be over',
      async () => {
        expect(await underlay.duplicates()).toEqual([]);
        return Date.now() >= until || undefined;
      },
      cutSeconds * 1000 + 60_000,
      1_000,
    );
    await cluster.node('node2').heal();

    const late = await cluster.podReady('late', 'default', 300_000);
    const freed = ['far-0', 'far-1'].map((name) => before.find(({ metadata }) => metadata.name === name)?.status.podIP);
    expect(freed).toContain(late.status.podIP);
    // Eight addresses, far-0's and far-1's free, one of them taken again.
    await underlay.settled(7, 300_000);
    const after = await underlay.podsReady('app=narrow', 7);
    for (const name of ['far-2', 'far-3']) {
      const [was, is] = [before, after].map((pods) => pods.find(({ metadata }) => metadata.name === name));
      expect(is?.status.podIP).toBe(was?.status.podIP);
      if (is !== undefined) await pings(late, [is.status.podIP ?? '']);
    }
    for (const daemon of underlay.daemons)
      expect(await daemon.cli('check', '--local')).toContain('all invariants hold');
    await cluster.kubectl('delete', '--wait=false', 'pods', '-l', 'app=narrow');
    await underlay.settled(0);
    process.stdout.write(`a node was cut off for ${cutSeconds} s: nothing lost, nothing given twice\n`);
  }, 900_000);

  it('give back what a lost DEL left, once their Pod is gone', async () => {
    const daemon = underlay.daemon('node1');
    await cluster.apply(podManifest({ name: 'forgotten', node: 'node1' }));
    const address = (await cluster.podReady('forgotten')).status.podIP;
    await daemon.process.crash();
    // For kubelet and containerd the sandbox ends in good order, and whatever they tell, nobody hears it.
    daemon.node.installPlugin('/bin/true', 'ipam-plugin');
    await cluster.kubectl('delete', 'pod', 'forgotten', '--force', '--grace-period=0');
    await waitFor(
      'the Pod to end',
      async () => (await underlay.kernelAddresses(daemon.node)).length === 0 || undefined,
      60_000,
      200,
    );
    daemon.configure(impatient);
    await daemon.process.start();
    expect((await underlay.claims()).map(({ spec }) => spec.address)).toEqual([address]);
    expect((await daemon.addresses()).flatMap(({ addresses }) => addresses.map(({ ip }) => ip))).toEqual([address]);
    await underlay.settled(0);
    // It says so when the claim is gone.
    const said = /released .* of Pod "default\/forgotten": pod-gone/;
    await waitFor('the daemon to say so', () => said.test(daemon.process.log) || undefined);
    daemon.node.installPlugin(join(bin, 'ipam-plugin'), 'ipam-plugin');
  });

  it('keep what they hold when their Pod is gone and their containers are not, because kubelet is down', async () => {
    const daemon = underlay.daemon('node1');
    await daemon.process.crash();
    daemon.configure(impatient);
    await daemon.process.start();
    await cluster.apply(podManifest({ name: 'headless', node: 'node1' }));
    const address = (await cluster.podReady('headless')).status.podIP;
    await daemon.node.kubelet.crash();
    await cluster.kubectl('delete', 'pod', 'headless', '--force', '--grace-period=0');
    const said = 'a Pod is gone, but not its network namespace';
    await waitFor('the daemon to look', () => daemon.process.log.includes(said) || undefined, 60_000, 200);
    expect((await underlay.claims()).map(({ spec }) => spec.address)).toEqual([address]);
    expect(await daemon.cli('check', '--local')).toContain(
      `waiting: ${address}: Pod default/headless is gone, but its network namespace`,
    );
    await underlay.settled(1);
    await daemon.node.kubelet.start();
    await underlay.settled(0);
  });
});
