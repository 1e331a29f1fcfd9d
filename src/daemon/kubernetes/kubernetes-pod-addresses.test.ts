import { describe, expect, it } from 'vitest';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { KubernetesEndpoints } from './kubernetes-endpoints.ts';
import { KubernetesPodAddresses } from './kubernetes-pod-addresses.ts';

const clientOf = (...items: readonly object[]) =>
  ({ list: async () => ({ items, version: '1' }) }) as unknown as KubernetesClient;

const pod = (name: string, status: object, networks?: string) => ({
  metadata: {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    ...(networks === undefined ? {} : { annotations: { 'k8s.v1.cni.cncf.io/network-status': networks } }),
  },
  status,
});

describe('what the API server shows', () => {
  it('of the addresses of Pods: both families, what Multus notes, and nothing of a Pod that has ended', async () => {
    const both = { phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] };
    const noted = JSON.stringify([{ name: 'net1', ips: ['10.9.0.1'] }, { name: 'net2' }, null]);
    const shown = await new KubernetesPodAddresses(
      clientOf(
        pod('both', both),
        pod('multus', { phase: 'Pending' }, noted),
        pod('odd', { podIP: '10.0.0.2' }, 'no JSON'),
        pod('ended', { phase: 'Succeeded', podIP: '10.0.0.3' }),
        pod('failed', { phase: 'Failed', podIP: '10.0.0.4' }),
      ),
    ).onNode('node1');
    expect(shown.map(({ pod: { name }, addresses }) => [name, ...addresses])).toEqual([
      ['both', '10.0.0.1', 'fd00::1'],
      ['multus', '10.9.0.1'],
      ['odd', '10.0.0.2'],
    ]);
  });

  it('of where the daemons of nodes are: their own address, and the port that all have', async () => {
    const node = (name: string, ...addresses: readonly object[]) => ({ metadata: { name }, status: { addresses } });
    const client = clientOf(
      node('four', { type: 'Hostname', address: 'four' }, { type: 'InternalIP', address: '192.0.2.1' }),
      node('six', { type: 'InternalIP', address: '2001:db8::1' }),
      node('none'),
    );
    expect(await new KubernetesEndpoints(client, 9090).all()).toEqual(
      new Map([
        ['four', '192.0.2.1:9090'],
        ['six', '[2001:db8::1]:9090'],
        ['none', ''],
      ]),
    );
  });
});
