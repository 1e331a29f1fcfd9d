import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, root } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { binaries, needsNodes } from './binaries.ts';
import type { ClusterNode } from './cluster-node.ts';
import { DeployCluster, deploy, executables, slowMs, waitForWebhook } from './deploy-cluster.ts';
import { busyboxImage } from './image.ts';
import { hasCondition, type Pod } from './pod.ts';

const reason = needsNodes();
const network = '10-macvlan.conflist';

describe('what kubectl apply -k deploy installs', { timeout: 2 * slowMs }, () => {
  const cluster = new DeployCluster();

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await cluster.start();
    for (const node of cluster.nodes) await node.importImage(join(root, 'build/berth-image.tar'));
    await cluster.kubectl('apply', '-k', deploy);
    for (const what of ['daemonset/ipam-daemon', 'deployment/ipam-controller']) await cluster.rolledOut(what);
    for (const node of cluster.nodes)
      node.writeCniConfig(readFileSync(join(deploy, 'examples', network), 'utf8'), network);
    await Promise.all(cluster.nodes.map(({ name }) => cluster.nodeReady(name)));
  }, 2 * slowMs);
  afterAll(() => cluster.stop());

  /** Addresses of the switch's network, where the nodes are as well. */
  function pool(name: string, spec: object = {}): object {
    const ips = [`${cluster.ground.address(100)}-${cluster.ground.address(119)}`];
    return {
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderIPPool',
      metadata: { name },
      spec: { subnet: `${cluster.ground.address(0)}/24`, gateway: cluster.ground.address(1), ips, ...spec },
    };
  }

  async function pods(): Promise<readonly Pod[]> {
    const path = '/api/v1/namespaces/default/pods?labelSelector=app%3Dshop';
    return (await cluster.controlPlane.get<{ items: Pod[] }>(path))?.items ?? [];
  }

  async function readyPods(count: number): Promise<readonly Pod[]> {
    try {
      return await waitFor(
        `${count} Pods to be ready`,
        async () => {
          const all = await pods();
          return all.length === count && all.every((pod) => hasCondition(pod, 'Ready')) ? all : undefined;
        },
        slowMs,
        200,
      );
    } catch (error) {
      throw new Error(`${error}\n${await cluster.events()}`);
    }
  }

  const poolRow = (name: string): Promise<string> => cluster.kubectl('get', 'sp', name, '--no-headers');
  const counted = (row: RegExp): Promise<true> =>
    waitFor('the count', async () => row.test(await poolRow('rack')) || undefined, 60_000, 200);
  const addressesOf = (all: readonly Pod[]): string[] => all.map(({ status }) => status.podIP ?? 'none').sort();

  it('has put the CNI executables in place', async () => {
    for (const node of cluster.nodes)
      expect(readdirSync(node.path('/opt/cni/bin'))).toEqual(expect.arrayContaining(executables));
    if (binaries().minor >= 21) await cluster.kubectl('apply', '-f', join(deploy, 'disruption-budget.yaml'));
  });

  it('is applied again by the server itself, without a conflict and without a warning', async () => {
    const again = await cluster.controlPlane.tryKubectl('apply', '--server-side', '-k', deploy);
    expect(again).toMatchObject({ exit: 0, stderr: '' });
    const before = await cluster.controlPlane.tryKubectl('apply', '-k', deploy);
    expect(before).toMatchObject({ exit: 0, stderr: '' });
  });

  it('refuses a pool that makes no sense, and says why', async () => {
    const bad = pool('bad', { gateway: '203.0.113.1' });
    await expect(waitForWebhook(() => cluster.apply(bad))).rejects.toThrow(/denied the request.*203\.0\.113\.1/s);
    await waitForWebhook(() => cluster.apply(pool('rack', { default: true })));
  });

  it('has examples that the API server and the webhook take', async () => {
    const examples = ['pools', 'deployment', 'subnet', 'elastic'].flatMap((name) => [
      '-f',
      join(deploy, `examples/${name}.yaml`),
    ]);
    const said = await cluster.kubectl('apply', '--dry-run=server', ...examples);
    expect(said.match(/ created \(server dry run\)/g)).toHaveLength(6);
  });

  it('gives the Pods of a Deployment on both nodes addresses of the pool, by which they reach each other', async () => {
    await cluster.apply(deployment(4));
    const all = await readyPods(4);
    const wide = await cluster.kubectl('get', 'pods', '-o', 'wide');
    for (const { status } of all) expect(wide).toContain(` ${status.podIP} `);
    expect(await cluster.claimNames()).toEqual(addressesOf(all));
    const [one, other] = ['node1', 'node2'].map((name) => all.find(({ spec }) => spec.nodeName === name));
    const ping = ['ping', '-c', '1', '-W', '5', other?.status.podIP ?? ''];
    // The switch and the neighbour tables may still be learning.
    await waitFor('one to reach the other', async () => {
      const { stdout } = await cluster.controlPlane.tryKubectl('exec', one?.metadata.name ?? '', '--', ...ping);
      return stdout.includes(' 0% packet loss') || undefined;
    });
    const routes = await cluster.exec(one?.metadata.name ?? '', ['ip', 'route']);
    expect(routes).toContain(`default via ${cluster.ground.address(1)} `);
  });

  it('shows in kubectl get sp how many are in use', async () => {
    await counted(/ 4 +20 +true/);
    // Endpoints are written later than the status of the pool.
    const endpoints = async (): Promise<true | undefined> =>
      /shop-/.test(await cluster.kubectl('get', 'se')) || undefined;
    await waitFor('the endpoints', endpoints, 60_000, 200);
  });

  it('restarts its daemons under running Pods, and starts new ones meanwhile', async () => {
    const before = await pods();
    await cluster.kubectl('rollout', 'restart', 'daemonset/ipam-daemon', '--namespace', 'berth-system');
    await cluster.kubectl('scale', 'deployment/shop', '--replicas=8');
    await cluster.rolledOut('daemonset/ipam-daemon');
    const after = await readyPods(8);
    for (const { metadata, status } of before) {
      const now = after.find((pod) => pod.metadata.uid === metadata.uid);
      expect(now?.status.podIP).toBe(status.podIP);
      expect(now?.status.containerStatuses?.[0]?.restartCount).toBe(0);
    }
    expect(await cluster.claimNames()).toEqual(addressesOf(after));
    expect(new Set(addressesOf(after)).size).toBe(8);
    for (const { name } of cluster.nodes) await cluster.untilAllCheck(name);
  });

  it('has each daemon answer for the cluster, by certificates that nobody had to make', async () => {
    const leased = { ...pool('leased'), spec: { subnet: '10.55.0.0/24', blockSize: 28 } };
    await cluster.apply(leased, ...cluster.nodes.map(({ name }) => leasedPod(name)));
    const held = new Map<string, string>();
    for (const { name } of cluster.nodes) held.set(name, await leasedAddress(name));
    for (const { name } of cluster.nodes) {
      await cluster.untilAllCheck(name);
      expect((await cluster.json(name, 'stats')).data.node_stats, name).toMatchObject({
        node1: { used_ips: 1 },
        node2: { used_ips: 1 },
      });
      expect((await cluster.json(name, 'pools')).data, name).toContainEqual(
        expect.objectContaining({ name: 'leased', used: 2 }),
      );
      expect((await cluster.json(name, 'blocks')).data, name).toMatchObject([{ used: 1 }, { used: 1 }]);
      const listed = (await cluster.json(name, 'addresses')).data as { addresses: { ip: string }[] }[];
      expect(listed.flatMap(({ addresses }) => addresses.map(({ ip }) => ip))).toEqual(
        expect.arrayContaining([...held.values(), ...(await cluster.claimNames())]),
      );
      for (const [node, address] of held) {
        const found = await cluster.json(name, 'lookup', address);
        expect(found, `${address} at ${name}`).toMatchObject({ exit: 0, data: { address: { state: 'held', node } } });
        const said = await cluster.cli(name, 'quarantine', address, '--reason', 'a test');
        expect(said).toMatchObject({ exit: 0, stdout: expect.stringContaining(`on node "${node}" holds it`) });
        expect(await cluster.cli(name, 'lift', address)).toMatchObject({ exit: 0 });
      }
      expect(await cluster.cli(name, 'forget', 'node9')).toMatchObject({ exit: 4 });
    }
  });

  it('calls unknown what a daemon alone knows that is away, but for what the API server shows of its Pods', async () => {
    const address = await leasedAddress('node2');
    await cluster.keepOff('node2');
    const missing = { exit: 6, data: { unanswered: [{ node_id: 'node2' }] } };
    expect(await cluster.json('node1', 'stats')).toMatchObject(missing);
    expect(await cluster.json('node1', 'check')).toMatchObject(missing);
    for (const verb of ['pools', 'blocks', 'addresses']) expect((await cluster.json('node1', verb)).exit, verb).toBe(6);
    expect((await cluster.json('node1', 'lookup', address)).data).toMatchObject({
      address: { state: 'held', node: 'node2' },
      allocations: [{ pod_name: 'leased-node2' }],
    });
    const nobody = address.replace(/\d+$/, (last) => String((Number(last) & ~15) + 13));
    expect((await cluster.cli('node1', 'lookup', nobody)).exit).toBe(6);
    expect(await cluster.cli('node1', 'quarantine', nobody, '--reason', 'a test')).toMatchObject({ exit: 6 });
    expect(await cluster.cli('node1', 'lift', nobody)).toMatchObject({ exit: 6 });
    expect(await cluster.cli('node1', 'check', '--local')).toMatchObject({ exit: 0 });
    await cluster.keepOff('nobody');
    for (const { name } of cluster.nodes) await cluster.untilAllCheck(name);
  });

  it('lets somebody in from a workstation, with a certificate of the same authority', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-'));
    const cli = (...args: string[]) => run(join(bin, 'ipam-cli'), args);
    try {
      for (const file of ['ca.crt', 'ca.key']) {
        const template = `go-template={{index .data "${file}" | base64decode}}`;
        const secret = ['get', 'secret', 'berth-daemons-ca', '--namespace', 'berth-system', '-o', template];
        writeFileSync(join(directory, file), await cluster.kubectl(...secret));
      }
      expect(await cli('certs', 'issue', 'operator', 'alice', '--dir', directory)).toMatchObject({ exit: 0 });
      const own = ['cert', 'key'].flatMap((name) => [
        `--${name}`,
        join(directory, `alice/tls.${name === 'key' ? 'key' : 'crt'}`),
      ]);
      const [node] = cluster.nodes;
      const at = ['--daemon', `${node?.address}:2114`, '--server-name', node?.name ?? ''];
      expect(await cli(...at, '--cacert', join(directory, 'ca.crt'), ...own, 'check')).toMatchObject({ exit: 0 });
      expect(await cli(...at, 'check')).toMatchObject({ exit: 5 });
    } finally {
      rmSync(directory, { recursive: true });
    }
    await cluster.kubectl('delete', 'pod', '-l', 'app=leased', '--grace-period=1', '--wait=false');
  });

  it('gets the addresses of deleted Pods back', async () => {
    await cluster.kubectl('delete', 'deployment', 'shop', '--timeout=120s');
    await cluster.claimsGone();
    await counted(/ 0 +20 +true/);
  });

  it(
    'goes without a trace but for the data directory',
    async () => {
      await cluster.kubectl('delete', 'sp', '--all', '--timeout=120s');
      await cluster.remove(deploy);
      await cluster.kubectl('apply', '-k', join(deploy, 'uninstall'));
      await cluster.rolledOut('daemonset/uninstall', 'berth-uninstall');
      await cluster.remove(join(deploy, 'uninstall'));
      for (const node of cluster.nodes) {
        for (const name of executables) expect(existsSync(executable(node, name))).toBe(false);
        expect(readdirSync(node.path('/run/ipam'))).toEqual([]);
        expect(await node.exec('ls', '/var/lib/ipam')).toContain('journal');
      }
      const kinds =
        'crds,clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations';
      expect(await cluster.kubectl('get', `${kinds},namespaces`, '-o', 'name')).not.toMatch(/berth|spider/);
    },
    4 * slowMs,
  );

  async function leasedAddress(node: string): Promise<string> {
    return waitFor(
      `an address of leased-${node}`,
      async () => {
        const pod = await cluster.controlPlane.get<Pod>(`/api/v1/namespaces/default/pods/leased-${node}`);
        return pod?.status.podIP;
      },
      slowMs,
      200,
    );
  }
});

function executable(node: ClusterNode, name: string): string {
  return join(node.path('/opt/cni/bin'), name);
}

/** A Pod on a node whose address is of the node's leased block. */
function leasedPod(node: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `leased-${node}`,
      labels: { app: 'leased' },
      annotations: { 'ipam.spidernet.io/ippool': JSON.stringify({ ipv4: ['leased'] }) },
    },
    spec: {
      nodeName: node,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsPolicy: 'Default',
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'main', image: busyboxImage, imagePullPolicy: 'Never' }],
    },
  };
}

/** As many Pods on the one node as on the other. */
function deployment(replicas: number): object {
  const labels = { app: 'shop' };
  const selector = { matchLabels: labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: {
      replicas,
      selector,
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          dnsPolicy: 'Default',
          terminationGracePeriodSeconds: 1,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: selector,
            },
          ],
          containers: [{ name: 'main', image: busyboxImage, imagePullPolicy: 'Never' }],
        },
      },
    },
  };
}
