import { describe, expect, it } from 'vitest';
import { formatAddress } from '../ip/address.ts';
import type { ShownPod } from '../ipam/shown-pod.ts';
import { importLeases } from './import-leases.ts';
import { kubeIpamHoldings, kubeIpamPrefix } from './kube-ipam.ts';
import { kubeIpamFixedLeases } from './kube-ipam-fixed.ts';

const ranges = JSON.stringify([
  [{ subnet: '10.1.0.9/24', rangeStart: '10.1.0.10', rangeEnd: '', gateway: '10.1.0.1' }],
]);

function read(entries: Readonly<Record<string, string>>) {
  const found = kubeIpamHoldings(Object.entries(entries).map(([key, value]) => [`${kubeIpamPrefix}${key}`, value]));
  return {
    leases: found.leases.map(
      ({ address, attachment, pools }) => `${formatAddress(address)} ${attachment.containerId} ${pools.length}`,
    ),
    conflicts: found.conflicts.map(({ subject, reason }) => `${subject}: ${reason}`).join('\n'),
    subnets: found.pools.map(({ spec }) => spec.subnet),
  };
}

describe('what kube-ipam has given out', () => {
  it('is read with ranges whose host bits are set and whose ends are empty', () => {
    const entries = { net: ranges, 'net/used/10.1.0.10': 'c1', 'net/lastReserved/0': '10.1.0.10', 'net/lock': '77' };
    expect(read(entries)).toEqual({ leases: ['10.1.0.10 c1 1'], conflicts: '', subnets: ['10.1.0.0/24'] });
  });

  it('is read whichever key comes first', () => {
    expect(read({ 'net/used/10.1.0.10': 'c1', net: ranges }).leases).toEqual(['10.1.0.10 c1 1']);
  });

  it.each([
    ['net/used/10.1.0.x', 'c1', /networks\/net\/used\/10\.1\.0\.x: it names no address or no container/],
    ['net/used/', 'c1', /it names no address/],
    ['net/used/10.1.0.10', '', /it names no address or no container/],
    ['other', 'null', /networks\/other: it holds no list of ranges/],
    ['other', '[', /networks\/other: it is not JSON/],
    ['other', '[[{}]]', /networks\/other: network "other"/],
    ['other', '[[{"subnet":"x"}]]', /networks\/other: network "other"/],
    ['a/b/used/10.1.0.1', 'c', /kube-ipam writes no such key/],
    ['net/other/10.1.0.1', 'c', /kube-ipam writes no such key/],
    ['', 'c', /kube-ipam writes no such key/],
  ])('and cannot be read is a conflict that names the key: %s', (key, value, message) => {
    const { conflicts, subnets } = read({ net: ranges, [key]: value });
    expect(conflicts).toMatch(message);
    expect(subnets).toEqual(['10.1.0.0/24']);
  });
});

describe('what Pods have that fixed their addresses', () => {
  const { pools } = kubeIpamHoldings([
    [
      `${kubeIpamPrefix}net`,
      JSON.stringify([[{ subnet: '10.1.0.0/24', rangeStart: '10.1.0.10', rangeEnd: '10.1.0.20' }]]),
    ],
  ]);
  const pod = (
    name: string,
    ip: string,
    more: Partial<ShownPod['metadata']> = {},
    status: ShownPod['status'] = {},
  ): ShownPod => ({
    metadata: { namespace: 'shop', name, uid: `uid-${name}`, annotations: { 'kube-ipam.ip': ip }, ...more },
    status,
  });
  const controller = (kind: string, name: string) => [
    { apiVersion: 'apps/v1', kind, name, uid: 'u', controller: true },
  ];

  it('is claimed for its Pod and for its owner, on the interface that Multus tells of', () => {
    const multus = {
      'kube-ipam.ip': '10.1.0.30,10.1.0.31',
      'k8s.v1.cni.cncf.io/network-status': '[{"name":"net","interface":"net1","ips":["10.1.0.31"]}]',
    };
    const { leases, conflicts, warnings } = kubeIpamFixedLeases(
      [
        pod(
          'web-5d8f-x',
          '10.1.0.25',
          { labels: { 'pod-template-hash': '5d8f' }, ownerReferences: controller('ReplicaSet', 'web-5d8f') },
          { podIP: '10.1.0.25' },
        ),
        pod(
          'db-0',
          '',
          { annotations: multus, ownerReferences: controller('StatefulSet', 'db') },
          { podIP: '10.9.0.4' },
        ),
        pod('lone', '10.1.0.26'),
        pod('done', '10.1.0.27', {}, { phase: 'Succeeded' }),
        pod('other', '', { annotations: {} }),
      ],
      pools,
    );
    expect([conflicts, warnings]).toEqual([[], []]);
    const { claims, conflicts: homeless } = importLeases(leases, { pools, daemon: 'migrated', advice: '' });
    expect(homeless).toEqual([]);
    expect(
      claims.map(({ spec }) => [spec.address, spec.network, spec.ifname, spec.podName, spec.ownerKind, spec.ownerName]),
    ).toEqual([
      ['10.1.0.25', 'net', 'eth0', 'web-5d8f-x', 'Deployment', 'web'],
      ['10.1.0.31', 'net', 'net1', 'db-0', 'StatefulSet', 'db'],
      ['10.1.0.26', 'net', 'eth0', 'lone', undefined, undefined],
    ]);
  });

  it('is a conflict where two Pods have one address, or nobody can tell which', () => {
    const twice = kubeIpamFixedLeases([pod('a', '10.1.0.25'), pod('b', '10.1.0.25')], pools);
    expect(importLeases(twice.leases, { pools, daemon: 'migrated', advice: '' }).conflicts[0]?.reason).toMatch(
      /^held by Pod shop\/a \(annotation kube-ipam\.ip of Pod "shop\/a", 10\.1\.0\.25\), and by Pod shop\/b/,
    );
    expect(kubeIpamFixedLeases([pod('a', '10.1.0.')], pools).conflicts[0]).toMatchObject({ subject: 'Pod "shop/a"' });
    expect(kubeIpamFixedLeases([pod('a', '10.1.0.25-10.1.0.26')], pools)).toMatchObject({
      leases: [],
      warnings: ['Pod "shop/a" asks for one of several addresses, and its status shows none of them: none is moved'],
    });
  });
});
