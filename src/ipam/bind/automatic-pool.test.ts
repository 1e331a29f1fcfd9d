import { describe, expect, it } from 'vitest';
import { parsePool } from '../../resources/pool.ts';
import { applicationLabels, applicationOfPool, applicationsOf, applicationText } from './application.ts';
import { type AddressCount, automaticPoolName, findAutomaticPool, requirePoolFor } from './automatic-pool.ts';

const uid = '7e1c2a40-0b1f-4f2e-9d58-a5bd3c01ffee';
const application = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid };

function pool(name: string, labels: Readonly<Record<string, string>>) {
  const metadata = { name, labels: { ...applicationLabels(application), ...labels } };
  return parsePool({ apiVersion: '', kind: 'SpiderIPPool', metadata, spec: { subnet: '10.6.0.0/16', ips: [] } });
}

const ofEth0 = {
  'ipam.spidernet.io/interface': 'eth0',
  'ipam.spidernet.io/ip-version': 'IPv4',
  'ipam.spidernet.io/owner-spider-subnet': 'subnet-6',
};

describe('which application a Pod is of', () => {
  const controller = (kind: string, name: string, apiVersion = 'apps/v1') => ({ kind, name, apiVersion, uid: 'u' });
  it.each([
    [
      'of a Deployment, by its ReplicaSet',
      controller('ReplicaSet', 'web-5d8f'),
      { 'pod-template-hash': '5d8f' },
      ['Deployment web'],
    ],
    ['of a ReplicaSet of its own', controller('ReplicaSet', 'web'), {}, ['ReplicaSet web u']],
    ['of a StatefulSet', controller('StatefulSet', 'db'), {}, ['StatefulSet db u']],
    ['of a Job', controller('Job', 'once', 'batch/v1'), {}, ['Job once u']],
    [
      'of a CronJob, or a Job of such a name',
      controller('Job', 'nightly-29412345', 'batch/v1'),
      {},
      ['Job nightly-29412345 u', 'CronJob nightly'],
    ],
    ['of another controller', controller('CloneSet', 'web', 'apps.kruise.io/v1alpha1'), {}, ['CloneSet web u']],
    ['of nobody', undefined, {}, []],
  ])('%s', (_, owner, labels, expected) => {
    const found = applicationsOf('shop', owner, labels);
    expect(found.map((one) => [one.kind, one.name, ...(one.uid === undefined ? [] : [one.uid])].join(' '))).toEqual(
      expected,
    );
  });

  it('stands in the labels of its pool, and in the status of its subnet', () => {
    expect(applicationOfPool(applicationLabels(application))).toEqual(application);
    expect(applicationOfPool({ 'ipam.spidernet.io/owner-application-name': 'web' })).toBeUndefined();
    expect(applicationText(application)).toBe('apps_v1_Deployment_shop_web');
  });
});

describe('the name of an automatic pool', () => {
  it.each([
    ['auto4-web-eth0-a5bd3', 'web', 'eth0', 4],
    ['auto6-web-net1-a5bd3', 'web', 'net1', 6],
    ['auto4-web-net1-a5bd3', 'Web', 'NET1', 4],
    [`auto4-${'a'.repeat(236)}-eth0-a5bd3`, 'a'.repeat(253), 'eth0', 4],
  ] as const)('is %s', (expected, name, ifname, family) => {
    const given = automaticPoolName({ application: { ...application, name }, ifname, family }, uid);
    expect(given).toBe(expected);
    expect(given.length).toBeLessThanOrEqual(253);
  });

  it('has other characters of the uid where the pool of another subnet has those', () => {
    const taken = (name: string) => name.endsWith('a5bd3');
    expect(automaticPoolName({ application, ifname: 'eth0', family: 4 }, uid, taken)).toBe('auto4-web-eth0-c01ff');
  });
});

describe('the pool of an interface', () => {
  const pools = [
    pool('other-subnet', { ...ofEth0, 'ipam.spidernet.io/owner-spider-subnet': 'subnet-7' }),
    pool('other-interface', { ...ofEth0, 'ipam.spidernet.io/interface': 'net1' }),
    pool('other-family', { ...ofEth0, 'ipam.spidernet.io/ip-version': 'IPv6' }),
    pool('own', ofEth0),
  ];
  const { uid: _, ...unknownUid } = application;
  const of = { ifname: 'eth0', family: 4, subnet: 'subnet-6' } as const;
  it.each([
    ['is found by application, interface, family and subnet', [application], 'own'],
    ['is found where the Pod does not tell the uid', [unknownUid], 'own'],
    ['is not that of an application that was deleted', [{ ...application, uid: 'new' }], undefined],
    ['is not that of another namespace', [{ ...application, namespace: 'bank' }], undefined],
    ['is that of the likeliest that has one', [{ ...application, kind: 'Job' }, application], 'own'],
    ['is nobody’s who is kept by nobody', [], undefined],
  ])('%s', (_name, applications, expected) => {
    expect(findAutomaticPool(pools, applications, of)?.name).toBe(expected);
  });
});

describe('an application for which no pool can be made', () => {
  const cloneSet = { ...application, apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet' };
  it.each<[string, typeof application, AddressCount | undefined, string]>([
    [
      'follows Pods that nobody can count',
      cloneSet,
      { kind: 'elastic', count: 1 },
      'CloneSet shop/web: nobody can tell how many Pods a CloneSet makes, so its pool cannot follow them',
    ],
    [
      'says no number',
      cloneSet,
      undefined,
      'CloneSet shop/web: nobody can tell how many Pods a CloneSet makes, so its pool cannot follow them',
    ],
    [
      'has too long a name',
      { ...application, name: 'a'.repeat(64) },
      undefined,
      `Deployment shop/${'a'.repeat(64)}: its name has more than 63 characters, and its pool bears it as a label`,
    ],
  ])('%s', (_, of, count, message) => {
    expect(() => requirePoolFor(of, count)).toThrow(message);
  });

  it('is no Deployment, and no CloneSet that says how many', () => {
    requirePoolFor(application, undefined);
    requirePoolFor(cloneSet, { kind: 'fixed', count: 5 });
  });
});
