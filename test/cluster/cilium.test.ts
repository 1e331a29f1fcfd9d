import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubernetesClient } from '../../src/store/kubernetes/client.ts';
import { kubeconfigAccess } from '../../src/store/kubernetes/kubeconfig.ts';
import { freePort } from '../kit/free-port.ts';
import { bin } from '../kit/paths.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { BackgroundProcess } from './background-process.ts';
import { needsControlPlane } from './binaries.ts';
import { CiliumAgent } from './cilium-agent.ts';
import { ciliumKinds } from './cilium-kinds.ts';
import { ControlPlane } from './control-plane.ts';
import { served } from './installed.ts';

const reason = needsControlPlane();
const deploy = join(import.meta.dirname, '../../deploy/cilium');
const quick = [
  ...['--leader-election-lease-duration', '4s', '--leader-election-renew-deadline', '3s'],
  ...['--leader-election-retry-period', '500ms', '--cepTerminationTimeout', '0s'],
];
const scenario = [
  '--labelSector={"matchLabels":{"app":"my-database"}}',
  ...['--ipRateNum=4', '--maxAllocatedIP=50', '--excludeDbbranchPrefixs=test-'],
  ...['--cluster-pool-ipv4-cidr=10.240.0.0/16', '--cluster-pool-ipv4-mask-size=24'],
];

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly ipam?: {
      readonly podCIDRs?: readonly string[];
      readonly pool?: Readonly<Record<string, { readonly owner?: string; readonly resource?: string }>>;
    };
  };
  readonly status?: { readonly ipam?: { readonly 'release-ips'?: object } };
}

interface PodObject {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly schedulingGates?: readonly object[] };
}

describe('cilium-ipam-controller', () => {
  const controlPlane = new ControlPlane();
  const agents = new Map<string, CiliumAgent>();
  const running: BackgroundProcess[] = [];
  const ports = new Map<BackgroundProcess, number>();
  let client: KubernetesClient;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await controlPlane.apply(...ciliumKinds);
    await served(controlPlane, [
      { apiVersion: 'cilium.io/v2', plural: 'ciliumnodes' },
      { apiVersion: 'cilium.io/v2', plural: 'ciliumendpoints' },
    ]);
    await controlPlane.kubectl('apply', '-f', join(deploy, 'rbac.yaml'));
    client = new KubernetesClient({ access: kubeconfigAccess(controlPlane.kubeconfig()), userAgent: 'test' });
  });
  afterAll(async () => {
    for (const agent of agents.values()) agent.stop();
    for (const controller of running) await controller.crash();
    client?.close();
    await controlPlane.stop();
  });

  /** With its own account, never admin: what its role lacks, it cannot do here either. */
  const start = async (...args: string[]): Promise<BackgroundProcess> => {
    const kubeconfig = await controlPlane.kubeconfigFor('kube-system/cilium-ipam-controller');
    const port = await freePort();
    const program = join(bin, 'cilium-ipam-controller');
    const controller = new BackgroundProcess(controlPlane.ground, {
      name: `cilium-${running.length}`,
      command: [program, '--metrics-addr', `127.0.0.1:${port}`, ...quick, ...scenario, ...args],
      env: { KUBECONFIG: kubeconfig, POD_NAMESPACE: 'kube-system' },
      isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok === true,
    });
    running.push(controller);
    ports.set(controller, port);
    await controller.start();
    return controller;
  };
  const metrics = async (of: BackgroundProcess): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${ports.get(of)}/metrics`).catch(() => undefined);
    return answer?.ok === true ? answer.text() : '';
  };
  const leader = (of: readonly BackgroundProcess[]): Promise<BackgroundProcess> =>
    waitFor(
      'one of them to lead',
      async () => {
        for (const one of of) if (/^leader_election_status 1$/m.test(await metrics(one))) return one;
        return undefined;
      },
      120_000,
      300,
    );

  const comes = async (node: string): Promise<CiliumAgent> => {
    const agent = new CiliumAgent({ client, node, statusMs: 150 });
    agents.set(node, agent);
    await agent.start();
    return agent;
  };
  const agent = (node: string): CiliumAgent => agents.get(node) ?? expect.fail(`no agent ${node}`);
  const nodeObject = (name: string) => controlPlane.get<NodeObject>(`/apis/cilium.io/v2/ciliumnodes/${name}`);
  const entry = async (node: string, address: string) => (await nodeObject(node))?.spec.ipam?.pool?.[address];
  const must = async (method: string, path: string, body?: object, type?: string): Promise<void> => {
    const { status, text } = await controlPlane.request(method, path, body, type);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  };
  const pods = '/api/v1/namespaces/default/pods';
  const keyOf = (n: number): string => `default/mysql-cluster-${n}`;

  /** What StatefulSet controller and scheduler do. @param node undefined: it waits behind a gate */
  const makePod = async (n: number, owner: { readonly uid: string }, node?: string, labels: object = {}) => {
    const reference = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: 'mysql-cluster',
      uid: owner.uid,
      controller: true,
    };
    await must('POST', pods, {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name: `mysql-cluster-${n}`, labels: { app: 'my-database', ...labels }, ownerReferences: [reference] },
      spec: {
        containers: [{ name: 'mysql', image: 'mysql:8.0' }],
        ...(node === undefined ? { schedulingGates: [{ name: 'berth.network/address' }] } : { nodeName: node }),
      },
    });
  };
  const removePod = async (n: number, node: string): Promise<void> => {
    agent(node).delete(keyOf(n));
    await must('DELETE', `${pods}/mysql-cluster-${n}?gracePeriodSeconds=0`);
  };
  /** What kubelet says when the agent has given an address. */
  const tell = (n: number, ip: string): Promise<void> =>
    must(
      'PATCH',
      `${pods}/mysql-cluster-${n}/status`,
      { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } },
      'application/merge-patch+json',
    );
  const marked = (n: number, node: string): Promise<string> =>
    waitFor(`the mark of ${keyOf(n)} on ${node}`, () => agent(node).marksOf(keyOf(n))[0]);
  /** Its sandbox is made when its mark is there. */
  const run = async (n: number, node: string): Promise<string> => {
    const mark = await marked(n, node);
    const given = agent(node).add(keyOf(n), 4);
    expect(given).toBe(mark);
    await tell(n, mark);
    return mark;
  };
  /** Deleted where it is, made again behind a gate, and sent elsewhere as soon as the gate is lifted. */
  const move = async (n: number, owner: { readonly uid: string }, to: string): Promise<string> => {
    await makePod(n, owner);
    await waitFor('the gate to be lifted', async () => {
      const pod = await controlPlane.get<PodObject>(`${pods}/mysql-cluster-${n}`);
      return pod?.spec.schedulingGates === undefined || undefined;
    });
    await must('POST', `${pods}/mysql-cluster-${n}/binding`, {
      ...{ apiVersion: 'v1', kind: 'Binding', metadata: { name: `mysql-cluster-${n}` } },
      target: { apiVersion: 'v1', kind: 'Node', name: to },
    });
    return run(n, to);
  };
  /** Addresses that are given, each once over all agents. */
  const expectEachOnce = (): void => {
    const all = [...agents.values()].flatMap(({ model }) => [...model.allocated.keys()]);
    expect(new Set(all).size).toBe(all.length);
  };
  const statefulSet = async (): Promise<{ readonly uid: string }> => {
    const labels = { app: 'my-database' };
    await controlPlane.apply({
      ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'mysql-cluster', namespace: 'default' } },
      spec: {
        ...{ replicas: 3, serviceName: 'mysql', selector: { matchLabels: labels } },
        template: { metadata: { labels }, spec: { containers: [{ name: 'mysql', image: 'mysql:8.0' }] } },
      },
    });
    const made = await controlPlane.get<PodObject>('/apis/apps/v1/namespaces/default/statefulsets/mysql-cluster');
    return made?.metadata ?? expect.fail('no StatefulSet');
  };

  it('gives each node a subnet of its own, also where two of them act at once', async () => {
    // What somebody else has given a node is his.
    await controlPlane.apply({
      ...{ apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name: 'old' } },
      spec: { ipam: { podCIDRs: ['10.240.1.0/24'] } },
    });
    const both = [await start('--enable-leader-election=false'), await start('--enable-leader-election=false')];
    await Promise.all(['node-1', 'node-2', 'node-3'].map(comes));
    const cidrs = await waitFor('all to have subnets', async () => {
      const list = await controlPlane.get<{ items: readonly NodeObject[] }>('/apis/cilium.io/v2/ciliumnodes');
      const all = list?.items.flatMap(({ spec }) => spec.ipam?.podCIDRs ?? []) ?? [];
      return all.length === 4 ? all : undefined;
    });
    expect(cidrs.toSorted()).toEqual(['10.240.0.0/24', '10.240.1.0/24', '10.240.2.0/24', '10.240.3.0/24']);
    for (const controller of both) await controller.stop();
  });

  it('keeps the addresses of a StatefulSet where it is started again, moved, and its node is lost', async () => {
    const replicas = [await start(), await start()];
    await leader(replicas);
    for (const node of ['node-1', 'node-2', 'node-3']) {
      await waitFor(`the pool of ${node}`, async () => {
        const pool = (await nodeObject(node))?.spec.ipam?.pool ?? {};
        return Object.keys(pool).length >= 4 || undefined;
      });
    }
    const owner = await statefulSet();
    for (const n of [0, 1, 2]) await makePod(n, owner, 'node-1');
    const addresses = [await run(0, 'node-1'), await run(1, 'node-1'), await run(2, 'node-1')];
    expect(await entry('node-1', addresses[0] ?? '')).toEqual({
      owner: 'default/mysql-cluster-0',
      resource: 'default/StatefulSet/mysql-cluster',
    });

    await removePod(0, 'node-1');
    await makePod(0, owner, 'node-1');
    expect(await run(0, 'node-1')).toBe(addresses[0]);

    await removePod(1, 'node-1');
    expect(await move(1, owner, 'node-2')).toBe(addresses[1]);
    expectEachOnce();
    await waitFor('the former node to have it no more', async () => {
      const node = await nodeObject('node-1');
      const isThere = node?.spec.ipam?.pool?.[addresses[1] ?? ''] !== undefined;
      const isAsked = Object.keys(node?.status?.ipam?.['release-ips'] ?? {}).length > 0;
      return (!isThere && !isAsked) || undefined;
    });

    // In the middle of a move its leader is killed.
    const leading = await leader(replicas);
    await removePod(1, 'node-2');
    await leading.crash();
    expect(await move(1, owner, 'node-3')).toBe(addresses[1]);
    expectEachOnce();

    agent('node-1').stop();
    await must('DELETE', '/apis/cilium.io/v2/ciliumnodes/node-1');
    await removePod(2, 'node-1');
    expect(await move(2, owner, 'node-2')).toBe(addresses[2]);
    expectEachOnce();
  });

  it('marks what a Pod was given that was faster, and nothing of one that is left out', async () => {
    const owner = await statefulSet();
    const given = agent('node-2').add(keyOf(7), 4) ?? expect.fail('nothing is free');
    const other = agent('node-2').add(keyOf(8), 4) ?? expect.fail('nothing is free');
    await makePod(8, owner, 'node-2', { dbbranch: 'test-1' });
    await tell(8, other);
    await makePod(7, owner, 'node-2');
    await tell(7, given);
    await waitFor('its mark', async () => (await entry('node-2', given))?.owner === keyOf(7) || undefined);
    expect((await entry('node-2', other))?.owner ?? '').toBe('');
    for (const n of [7, 8]) await removePod(n, 'node-2');
  });

  it('gives back what nobody is left for', async () => {
    await must('DELETE', '/apis/apps/v1/namespaces/default/statefulsets/mysql-cluster');
    for (const [n, node] of [
      [1, 'node-3'],
      [2, 'node-2'],
    ] as const)
      await removePod(n, node);
    await must('DELETE', `${pods}/mysql-cluster-0?gracePeriodSeconds=0`);
    await waitFor('no mark to be left', async () => {
      const list = await controlPlane.get<{ items: readonly NodeObject[] }>('/apis/cilium.io/v2/ciliumnodes');
      const owners = list?.items.flatMap(({ spec }) =>
        Object.values(spec.ipam?.pool ?? {}).map(({ owner = '' }) => owner),
      );
      return owners?.every((one) => one === '') || undefined;
    });
    await waitFor('no record to be left', async () => {
      const path = '/api/v1/namespaces/kube-system/configmaps/cilium-ipam-kept.default';
      const records = await controlPlane.get<{ data?: object }>(path);
      return Object.keys(records?.data ?? {}).length === 0 || undefined;
    });
  });

  it('lets go of a CiliumEndpoint that was ending for too long, and says how much is free', async () => {
    const endpoints = '/apis/cilium.io/v2/namespaces/default/ciliumendpoints';
    const owner = await statefulSet();
    await makePod(0, owner, 'node-2');
    await run(0, 'node-2');
    const name = 'mysql-cluster-0';
    await must('POST', endpoints, {
      ...{ apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint' },
      metadata: { name, finalizers: ['example.com/nobody'] },
    });
    await must('DELETE', `${endpoints}/${name}`);
    await waitFor('it to be gone', async () => ((await controlPlane.get(`${endpoints}/${name}`)) ? undefined : true));
    const text = await metrics(await leader(running.filter(({ isRunning }) => isRunning)));
    expect(text).toMatch(/^cilium_ipam_available_ips\{node="node-2",family="ipv4"\} \d+$/m);
  });
});
