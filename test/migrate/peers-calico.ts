import { expect } from 'vitest';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { served } from '../cluster/installed.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { define } from '../store-kubernetes/definitions.ts';
import { migrate, Runtime } from './kit.ts';

/** Addresses, identities and selectors come along, and nothing opens while its IPAM is named. */
export async function movesFromCalico(controlPlane: ControlPlane): Promise<void> {
  const calico = { apiVersion: 'crd.projectcalico.org/v1', namespaced: false, statusSubresource: false };
  const kinds = [
    { ...calico, kind: 'IPPool', plural: 'ippools' },
    { ...calico, kind: 'IPAMBlock', plural: 'ipamblocks' },
    { ...calico, kind: 'IPReservation', plural: 'ipreservations' },
  ];
  await define(controlPlane, kinds);
  await served(controlPlane, kinds);
  const object = (kind: string, name: string, spec: object) => ({
    apiVersion: calico.apiVersion,
    kind,
    metadata: { name },
    spec,
  });
  const attributes = ['a', 'b'].map((one) => ({
    handle_id: `k8s-pod-network.c-${one}`,
    secondary: { namespace: 'default', pod: `web-${one}`, node: 'node1' },
  }));
  const network = (ipam: string) => ({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'calico', namespace: 'default' },
    spec: {
      config: JSON.stringify({ cniVersion: '1.0.0', name: 'k8s-pod-network', type: 'calico', ipam: { type: ipam } }),
    },
  });
  await controlPlane.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      network('calico-ipam'),
      object('IPPool', 'default-ipv4-ippool', { cidr: '10.244.0.0/16', blockSize: 26, nodeSelector: 'all()' }),
      object('IPReservation', 'reserved', { reservedCIDRs: ['10.244.1.5/32'] }),
      object('IPAMBlock', '10-244-1-0-26', {
        cidr: '10.244.1.0/26',
        affinity: 'host:node1',
        allocations: [null, 0, null, 1],
        attributes,
      }),
    ],
  });
  const target = new DaemonProcess({ clusterCidr: '' });
  const places = [`calico:${controlPlane.kubeconfig()}`, `embedded:${target.dataDir}`] as const;
  try {
    expect(await migrate(...places)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(
        'network "k8s-pod-network" (NetworkAttachmentDefinition default/calico) names calico-ipam',
      ),
    });
    await controlPlane.apply(network('ipam-plugin'));
    const done = await migrate(...places);
    expect(done, done.stderr).toMatchObject({ exit: 0 });
    await target.start();
    const runtime = new Runtime(target.socket, { 'k8s-pod-network': { pools: ['default-ipv4-ippool'] } });
    // 10.244.1.1 and .3 are held, .5 is reserved.
    const taken = await target.cli('lookup', '10.244.1.3', '-o', 'json');
    expect(taken.stdout).toContain('web-b');
    expect((await runtime.add('k8s-pod-network', 'new')).addresses).toEqual(['10.244.0.1/16']);
    const again = { cniVersion: '1.0.0', name: 'k8s-pod-network', type: 'calico' };
    const ipam = { type: 'ipam-plugin', daemonSocket: target.socket, pools: ['default-ipv4-ippool'] };
    const call = (command: string, containerId: string, args = '') =>
      cni('ipam-plugin', { ...again, ipam }, { command, containerId, netns: '/n', ifname: 'eth0', args });
    expect(await call('ADD', 'c9', 'IP=10.244.1.5')).toMatchObject({ exit: 1 });
    expect(await call('ADD', 'c9', 'IP=10.244.1.1')).toMatchObject({ exit: 1 });
    expect(await call('DEL', 'c-a')).toMatchObject({ exit: 0 });
    expect((await call('ADD', 'c9', 'IP=10.244.1.1')).json.ips?.[0]?.address).toBe('10.244.1.1/16');
  } finally {
    await target.remove();
  }
}
