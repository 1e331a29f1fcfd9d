import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { binaries, needsNodes } from './binaries.ts';
import { Cluster } from './cluster.ts';
import { type Pod, podManifest } from './pod.ts';

const reason = needsNodes();

describe('a cluster of two nodes', () => {
  const cluster = new Cluster({
    nodes: [{ name: 'node1', labels: { 'topology.kubernetes.io/zone': 'a' } }, { name: 'node2' }],
  });

  skipEach(reason);
  beforeAll(async () => {
    if (reason === '') await cluster.start();
  }, 300_000);
  afterAll(() => cluster.stop());

  it('has both nodes ready, at their own addresses, with their labels', async () => {
    const wide = await cluster.kubectl('get', 'nodes', '-o', 'wide', '--show-labels');
    for (const { name, address } of cluster.nodes) expect(wide).toMatch(new RegExp(`${name} +Ready .* ${address} `));
    expect(wide).toContain('topology.kubernetes.io/zone=a');
  });

  it('runs Pods on both nodes, which reach each other', async () => {
    await cluster.apply(podManifest({ name: 'a', node: 'node1' }), podManifest({ name: 'b', node: 'node2' }));
    const [a, b] = await Promise.all([cluster.podReady('a'), cluster.podReady('b')]);
    expect(a.status.podIP).not.toBe(b.status.podIP);
    // The switch and the neighbour tables may still be learning.
    await waitFor('a to reach b', async () => {
      const ping = ['ping', '-c', '1', '-W', '5', b.status.podIP ?? ''];
      const { stdout } = await cluster.controlPlane.tryKubectl('exec', 'a', '--', ...ping);
      return stdout.includes(' 0% packet loss') || undefined;
    });
  });

  it('takes away all of a Pod that is deleted', async () => {
    const node = cluster.node('node1');
    const addresses = (): string[] =>
      readdirSync(node.path('/var/lib/cni/networks/test')).filter((file) => /^\d/.test(file));
    expect(addresses()).toHaveLength(1);
    await cluster.deletePod('a');
    await waitFor('its address to be free', () => addresses().length === 0 || undefined);
    await waitFor(
      'its containers to go',
      async () => {
        const containers = (await node.ctr('containers', 'list', '--quiet')).trim();
        return containers === '' || undefined;
      },
      120_000,
      200,
    );
    expect(existsSync('/var/log/pods') ? readdirSync('/var/log/pods') : []).toEqual([]);
  }, 400_000);

  it('lets the scheduler choose', async () => {
    await cluster.createNamespace('other');
    await cluster.apply(podManifest({ name: 'anywhere', namespace: 'other' }));
    const pod = await cluster.podReady('anywhere', 'other');
    expect(cluster.nodes.map(({ name }) => name)).toContain(pod.spec.nodeName);
  });

  it('keeps Pods over a crash of kubelet and containerd', async () => {
    const node = cluster.node('node2');
    await Promise.all([node.kubelet.crash(), node.containerd.crash()]);
    await node.containerd.start();
    await node.kubelet.start();
    await cluster.nodeReady('node2');
    await waitFor(
      'the Pod to be known to kubelet',
      async () => {
        const { stdout } = await cluster.controlPlane.tryKubectl('exec', 'b', '--', 'hostname');
        return stdout === 'b\n' || undefined;
      },
      60_000,
      200,
    );
    const [main] =
      (await cluster.controlPlane.get<Pod>('/api/v1/namespaces/default/pods/b'))?.status.containerStatuses ?? [];
    expect(main?.restartCount).toBe(0);
  });

  it('cuts a node off and heals it', async () => {
    const reach = async (): Promise<boolean> =>
      (await cluster.node('node1').tryExec('ping', '-c', '1', '-W', '1', cluster.node('node2').address)).exit === 0;
    await waitFor('node2 to be reached', async () => (await reach()) || undefined);
    await cluster.node('node2').cutOff();
    expect(await reach()).toBe(false);
    await cluster.node('node2').heal();
    await waitFor('node2 to be reached again', async () => (await reach()) || undefined);
  });

  it('has the API server where Pods of the host network look for it', async () => {
    const server = ['--kubeconfig', cluster.controlPlane.kubeconfig(), '--server', 'https://10.96.0.1:443'];
    const kubectl = binaries().path('kubectl');
    expect(await cluster.node('node1').exec(kubectl, ...server, 'get', '--raw', '/readyz')).toBe('ok');
  });
});
