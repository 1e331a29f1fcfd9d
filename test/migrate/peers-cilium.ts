import { expect } from 'vitest';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { served } from '../cluster/installed.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { define } from '../store-kubernetes/definitions.ts';
import { migrate } from './kit.ts';

const home = 'kube-system';
const kinds = [
  { apiVersion: 'cilium.io/v2alpha1', kind: 'CiliumPodIPPool', plural: 'ciliumpodippools', namespaced: false },
  { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', plural: 'ciliumnodes', namespaced: false },
  { apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', plural: 'ciliumendpoints', namespaced: true },
].map((one) => ({ ...one, statusSubresource: false }));

/** Pools and addresses come along, conflicts are found before the first write, and nothing opens before all agents ask Berth. */
export async function movesFromCilium(controlPlane: ControlPlane): Promise<void> {
  const apply = (...items: readonly object[]) => controlPlane.apply({ apiVersion: 'v1', kind: 'List', items });
  const settings = (ipam: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: home },
    data: { ipam },
  });
  const labels = { 'k8s-app': 'cilium' };
  const agents = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'cilium', namespace: home },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec() } },
  };
  function podSpec() {
    return { containers: [{ name: 'main', image: 'busybox' }] };
  }
  const pod = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: podSpec(),
  });
  const endpoint = (name: string, ipv4: string) => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { name, namespace: 'default' },
    status: {
      'external-identifiers': { 'container-id': `c-${name}` },
      networking: { addressing: [{ ipv4 }], node: '192.0.2.1' },
    },
  });
  /** What a controller of Kubernetes writes of the agents: none runs here. */
  const counted = async (desired: number, updated: number): Promise<void> => {
    const status = {
      observedGeneration: 1,
      desiredNumberScheduled: desired,
      updatedNumberScheduled: updated,
      currentNumberScheduled: desired,
      numberMisscheduled: 0,
      numberReady: desired,
    };
    const path = `/apis/apps/v1/namespaces/${home}/daemonsets/cilium/status`;
    const current = await controlPlane.get<object>(path);
    const { status: code, text } = await controlPlane.request('PUT', path, { ...current, status });
    expect(code, text).toBe(200);
  };

  await define(controlPlane, kinds);
  await served(controlPlane, kinds);
  await apply(settings('multi-pool'), agents);
  await apply(
    {
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumPodIPPool',
      metadata: { name: 'green' },
      spec: { ipv4: { cidrs: ['10.20.0.0/24'], maskSize: 27 } },
    },
    {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNode',
      metadata: { name: 'node1' },
      spec: { addresses: [{ type: 'CiliumInternalIP', ip: '10.20.0.1' }] },
    },
    ...['a', 'b'].map((name) => pod(name)),
    endpoint('a', '10.20.0.2'),
    endpoint('b', '10.20.0.2'),
  );
  await counted(2, 2);
  const target = new DaemonProcess({ clusterCidr: '' });
  const places = [`cilium:${controlPlane.kubeconfig()}`, `embedded:${target.dataDir}`] as const;
  try {
    const twice = await migrate(...places);
    expect(twice, twice.stderr).toMatchObject({ exit: 1 });
    expect(twice.stdout).toMatch(/10\.20\.0\.2.*held by Pod default\/a .*and by Pod default\/b/s);
    await apply(endpoint('b', '10.20.0.3'));
    const named = async (says: string): Promise<void> =>
      expect(await migrate(...places)).toMatchObject({ exit: 2, stderr: expect.stringContaining(says) });
    await named('ConfigMap kube-system/cilium-config has ipam multi-pool, not delegated-plugin');
    await apply(settings('delegated-plugin'));
    await counted(2, 1);
    await named('DaemonSet kube-system/cilium: 1 agents run as before the change');
    await counted(2, 2);
    const done = await migrate(...places);
    expect(done, done.stderr).toMatchObject({ exit: 0 });
    expect(await migrate(...places)).toMatchObject({ exit: 0 });
    await target.start();
    const ipam = { type: 'ipam-plugin', daemonSocket: target.socket, default_ipv4_ippool: ['green-ipv4'] };
    const network = { cniVersion: '0.3.1', name: 'cilium', type: 'cilium-cni', ipam };
    const call = async (command: string, containerId: string): Promise<string | undefined> => {
      const { exit, stdout, json } = await cni('ipam-plugin', network, { command, containerId, netns: '/n' });
      expect(exit, stdout).toBe(0);
      return json.ips?.[0]?.address;
    };
    // .1 is the router of a node, .2 and .3 are held.
    expect(await call('ADD', 'c-new')).toBe('10.20.0.4/24');
    expect((await target.cli('lookup', '10.20.0.3', '-o', 'json')).stdout).toContain('"b"');
    await call('DEL', 'c-b');
    expect(JSON.parse((await target.cli('lookup', '10.20.0.3', '-o', 'json')).stdout)).not.toMatchObject({
      state: { state: 'held' },
    });
  } finally {
    await target.remove();
  }
}
