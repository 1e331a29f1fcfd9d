import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../kit/free-port.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsControlPlane } from './binaries.ts';
import type { ControllerProcess } from './controller-process.ts';
import { ControllerWorld, claimsPath, pool } from './controller-world.ts';
import { kubeScheduler, schedulerUser } from './kube-scheduler.ts';

const reason = needsControlPlane();

interface PodObject {
  readonly spec: { readonly nodeName?: string };
}

describe('kube-scheduler with our extender', () => {
  const world = new ControllerWorld({ users: { [schedulerUser]: [] } });
  const { controlPlane } = world;
  let controller: ControllerProcess;
  let extender: string;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await world.open();
    for (const [name, tor] of Object.entries({ a1: 'a', a2: 'a', b1: 'b' })) await addNode(name, tor);
    await controlPlane.apply(
      pool('rack-a', { subnet: '10.61.0.0/24', ips: ['10.61.0.10-10.61.0.99'], ...defaultOf('a') }),
      pool('rack-b', { subnet: '10.62.0.0/24', ips: ['10.62.0.11-10.62.0.13'], ...defaultOf('b') }),
    );
    const port = await freePort();
    extender = `http://127.0.0.1:${port}/scheduler`;
    controller = await world.start({ args: ['--scheduler-addr', `127.0.0.1:${port}`] });
    await waitFor('the extender to know the racks', async () => (await passing()).includes('b1') || undefined);
    // Its own scores are not to decide.
    const scheduler = kubeScheduler(controlPlane, { urlPrefix: extender, weight: 10 });
    await scheduler.start();
  });
  afterAll(async () => {
    await world.endControllers();
    await controlPlane.stop();
  });

  const defaultOf = (tor: string) => ({ default: true, topologyAffinity: { tor: [tor] } });

  const must = async (method: string, path: string, body?: object, contentType?: string): Promise<void> => {
    const { status, text } = await controlPlane.request(method, path, body, contentType);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  };

  /** A node without a machine: the scheduler asks no more of it. */
  const addNode = async (name: string, tor: string): Promise<void> => {
    const metadata = { name, labels: { rack: tor } };
    await must('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata });
    const room = { cpu: '8', memory: '16Gi', pods: '110' };
    const status = { capacity: room, allocatable: room, conditions: [{ type: 'Ready', status: 'True' }] };
    await must('PATCH', `/api/v1/nodes/${name}/status`, { status }, 'application/merge-patch+json');
    // Which it has until a node controller has seen it.
    await must('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } }, 'application/merge-patch+json');
    await controlPlane.apply({
      apiVersion: 'berth.network/v1alpha1',
      kind: 'IPAMNode',
      metadata: { name },
      spec: { tor_id: tor },
    });
  };

  const addPod = (name: string, rack?: string): Promise<void> =>
    must('POST', '/api/v1/namespaces/shop/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        containers: [{ name: 'main', image: 'none' }],
        ...(rack === undefined ? {} : { nodeSelector: { rack } }),
      },
    });

  const nodeOf = (name: string): Promise<string> =>
    waitFor(`${name} to be sent to a node`, async () => {
      const pod = await controlPlane.get<PodObject>(`/api/v1/namespaces/shop/pods/${name}`);
      return pod?.spec.nodeName;
    });

  /** What the scheduler says of a Pod that it cannot place. */
  const refusalOf = (name: string): Promise<string> =>
    waitFor(`the Event of ${name}`, async () => {
      const path = `/api/v1/namespaces/shop/events?fieldSelector=involvedObject.name%3D${name}`;
      const events = await controlPlane.get<{ items: readonly { reason: string; message: string }[] }>(path);
      return events?.items.find((one) => one.reason === 'FailedScheduling')?.message;
    });

  const passing = async (): Promise<readonly string[]> => {
    const Pod = { metadata: { namespace: 'shop', name: 'asks' }, spec: {} };
    const answer = await fetch(`${extender}/filter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Pod, NodeNames: ['a1', 'a2', 'b1'] }),
    });
    return ((await answer.json()) as { NodeNames: readonly string[] }).NodeNames;
  };

  it('prefers the rack that has more addresses left', async () => {
    const names = ['more-1', 'more-2', 'more-3'];
    for (const name of names) await addPod(name);
    expect((await Promise.all(names.map(nodeOf))).filter((node) => node === 'b1')).toEqual([]);
  });

  it('sends no Pod to a rack that is full, and its Event says why', async () => {
    for (const host of [11, 12, 13])
      await world.addClaim(`10.62.0.${host}`, { pool: 'rack-b', podName: `old-${host}` });
    await waitFor('the rack to be full', async () => !(await passing()).includes('b1') || undefined);
    const names = Array.from({ length: 8 }, (_, n) => `full-${n}`);
    for (const name of names) await addPod(name);
    expect((await Promise.all(names.map(nodeOf))).filter((node) => node === 'b1')).toEqual([]);
    await addPod('only-b', 'b');
    expect(await refusalOf('only-b')).toContain(
      '1 no IPv4 address left: "rack-b" has 3 of 3 in use: every address is taken',
    );
    expect(await controller.metric('ipam_scheduler_nodes_total', { outcome: 'failed' })).toBeGreaterThan(0);
  });

  it('sends it there when an address has come free', async () => {
    await world.remove(`${claimsPath}/10.62.0.12`);
    await waitFor('the rack to have one', async () => (await passing()).includes('b1') || undefined);
    // A scheduler tries again when something of a node changes, or after a minute.
    await controlPlane.kubectl('label', 'node', 'b1', 'woken=yes');
    expect(await nodeOf('only-b')).toBe('b1');
    // It has it, as far as the next one is concerned, although no daemon has claimed it yet.
    await addPod('next-b', 'b');
    expect(await refusalOf('next-b')).toContain('1 is for a Pod on the way');
  });

  it('goes on without the controller', async () => {
    await world.endControllers();
    await addPod('alone', 'b');
    expect(await nodeOf('alone')).toBe('b1');
  });
});
