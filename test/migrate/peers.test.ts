import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needsControlPlane } from '../cluster/binaries.ts';
import { ControlPlane } from '../cluster/control-plane.ts';
import { install, served } from '../cluster/installed.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { define } from '../store-kubernetes/definitions.ts';
import { migrate, onKubernetes, Runtime } from './kit.ts';
import { movesFromCalico } from './peers-calico.ts';
import { movesFromCilium } from './peers-cilium.ts';

const reason = needsControlPlane();
const type = { namespaced: true, statusSubresource: false } as const;
const whereabouts = { ...type, apiVersion: 'whereabouts.cni.cncf.io/v1alpha1' };
const namespace = 'kube-system';

describe('other IPAMs of a cluster', { timeout: 300_000 }, () => {
  const controlPlane = new ControlPlane();
  const directory = mkdtempSync(join(tmpdir(), 'berth-peers-'));
  const daemon = onKubernetes(new DaemonProcess({ dataDir: join(directory, 'data') }), 'node1', '');
  let etcd: EtcdCluster | undefined;
  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await install(controlPlane);
    const kinds = [
      { ...whereabouts, kind: 'IPPool', plural: 'ippools' },
      { ...whereabouts, kind: 'OverlappingRangeIPReservation', plural: 'overlappingrangeipreservations' },
      {
        ...type,
        apiVersion: 'k8s.cni.cncf.io/v1',
        kind: 'NetworkAttachmentDefinition',
        plural: 'network-attachment-definitions',
      },
    ];
    await define(controlPlane, kinds);
    // kubectl asks what there is, which the API server tells a moment after it serves it; its own namespaces it makes then.
    await served(controlPlane, kinds);
    await waitFor('the namespace of the objects', () => controlPlane.get(`/api/v1/namespaces/${namespace}`));
  });
  afterAll(async () => {
    await daemon.remove();
    await etcd?.dispose();
    await controlPlane.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const list = async (kind: string) =>
    (
      JSON.parse((await controlPlane.kubectl('get', kind, '-o', 'json')) as string) as {
        items: { metadata: { name: string }; spec: Record<string, unknown> }[];
      }
    ).items;

  it('whereabouts: allocations by offset become claims, and a DEL on any node gives them back', async () => {
    const network = (ipamType: string) => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'storage', namespace: 'default' },
      spec: {
        config: JSON.stringify({
          cniVersion: '1.0.0',
          name: 'storage-net',
          type: 'macvlan',
          ipam: {
            type: ipamType,
            range: '10.40.0.0/24',
            range_start: '10.40.0.20',
            range_end: '10.40.0.90',
            gateway: '10.40.0.1',
          },
        }),
      },
    });
    await controlPlane.apply({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        network('whereabouts'),
        {
          apiVersion: whereabouts.apiVersion,
          kind: 'IPPool',
          metadata: { name: '10.40.0.0-24', namespace },
          spec: {
            range: '10.40.0.0/24',
            allocations: {
              20: { id: 'c20', podref: 'shop/db-0', ifname: 'net1' },
              21: { id: 'c21', podref: 'shop/db-1', ifname: 'net1' },
            },
          },
        },
        {
          apiVersion: whereabouts.apiVersion,
          kind: 'OverlappingRangeIPReservation',
          metadata: { name: '10.40.0.20', namespace },
          spec: { containerid: 'c20', podref: 'shop/db-0', ifname: 'net1' },
        },
        {
          apiVersion: whereabouts.apiVersion,
          kind: 'OverlappingRangeIPReservation',
          metadata: { name: 'storage-10.40.0.77', namespace },
          spec: { podref: 'shop/gone' },
        },
      ],
    });
    const kubeconfig = controlPlane.kubeconfig();
    const places = [`whereabouts:${kubeconfig}`, `kubernetes:${kubeconfig}`] as const;
    expect(await migrate(...places)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('network "storage-net" (NetworkAttachmentDefinition) names whereabouts'),
    });
    await controlPlane.apply(network('ipam-plugin'));
    const done = await migrate(...places, '--network', 'storage-net');
    expect(done, done.stderr).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('"storage-10.40.0.77": no IPPool has allocated it'),
    });
    expect((await list('ipclaims')).map(({ spec }) => spec)).toMatchObject([
      {
        address: '10.40.0.20',
        network: 'storage-net',
        containerId: 'c20',
        ifname: 'net1',
        podNamespace: 'shop',
        podName: 'db-0',
      },
      { address: '10.40.0.21', containerId: 'c21' },
    ]);
    expect((await list('spiderippools')).map(({ spec }) => spec)).toMatchObject([{ subnet: '10.40.0.0/24' }]);
  });

  const poolObject = (name: string, range: string, allocations: object) => ({
    apiVersion: whereabouts.apiVersion,
    kind: 'IPPool',
    metadata: { name, namespace },
    spec: { range, allocations },
  });
  const held = (id: string) => ({ id, podref: `shop/${id}`, ifname: 'net1' });
  const anew = () => controlPlane.kubectl('delete', 'ippools,network-attachment-definitions', '--all', '-A');

  it('whereabouts: an index that Go has written as a negative number is the address that the Pod has', async () => {
    await anew();
    await controlPlane.apply(poolObject('caa5---64', 'caa5::/64', { '-3844666706890850303': held('c1') }));
    const target = new DaemonProcess({ clusterCidr: '' });
    const done = await migrate(
      `whereabouts:${controlPlane.kubeconfig()}`,
      `embedded:${target.dataDir}`,
      '--network',
      'storage',
    );
    expect(done, done.stderr).toMatchObject({ exit: 0 });
    try {
      await target.start();
      const ipam = { type: 'ipam-plugin', daemonSocket: target.socket, pools: ['whereabouts-caa5---64'] };
      const config = { cniVersion: '1.0.0', name: 'storage', type: 'macvlan', ipam };
      const call = (command: string, containerId: string, args = '') =>
        cni('ipam-plugin', config, { command, containerId, netns: '/n', ifname: 'net1', args });
      expect(await call('ADD', 'c2', 'IP=caa5::caa5:0:0:1')).toMatchObject({ exit: 1 });
      expect(await call('DEL', 'c1')).toMatchObject({ exit: 0 });
      expect((await call('ADD', 'c2', 'IP=caa5::caa5:0:0:1')).json.ips?.[0]?.address).toBe('caa5::caa5:0:0:1/64');
    } finally {
      await target.remove();
    }
  });

  it('whereabouts: what cannot be read is a conflict that names the object, in the plan and in the run', async () => {
    await anew();
    const indices = {
      '999999999999': held('c1'),
      '1e3': held('c2'),
      7: held('c3'),
      '+07': held('c4'),
      8: { id: '', podref: '' },
    };
    await controlPlane.apply(poolObject('10.40.0.0-24', '10.40.0.0/24', indices));
    const target = new DaemonProcess({ clusterCidr: '' });
    try {
      const places = [`whereabouts:${controlPlane.kubeconfig()}`, `embedded:${target.dataDir}`] as const;
      for (const more of [['--dry-run'], []]) {
        const { exit, stdout, stderr } = await migrate(...places, ...more);
        expect({ exit, stderr }).toMatchObject({ exit: 1, stderr: expect.not.stringContaining('RangeError') });
        expect(stdout).toMatch(/allocation "999999999999" of IPPool "10\.40\.0\.0-24".*is no address/);
        expect(stdout).toMatch(/allocation "1e3" of IPPool "10\.40\.0\.0-24"/);
        expect(stdout).toMatch(/allocation "8" of IPPool "10\.40\.0\.0-24".*no container and no Pod/);
        expect(stdout).toMatch(/10\.40\.0\.7: held by Pod shop\/c[34] .*, and by Pod shop\/c[34]/);
        expect(stdout).toContain('nothing was written');
      }
      const json = JSON.parse((await migrate(...places, '--dry-run', '-o', 'json')).stdout) as { conflicts: unknown[] };
      expect(json.conflicts.length).toBe(4);
      await target.start();
      expect(JSON.parse((await target.cli('pools', '-o', 'json')).stdout)).toEqual([]);
    } finally {
      await target.remove();
    }
  });

  it('whereabouts: networks that never meet keep one address each, and hand it back apart', async () => {
    await anew();
    const names = ['net-a', 'net-b'];
    for (const name of names) {
      const ipam = { type: 'whereabouts', range: '10.41.0.0/24', gateway: '10.41.0.1', network_name: name };
      const config = JSON.stringify({ cniVersion: '1.0.0', name: `conf-${name}`, type: 'macvlan', ipam });
      await controlPlane.apply({
        apiVersion: 'k8s.cni.cncf.io/v1',
        kind: 'NetworkAttachmentDefinition',
        metadata: { name, namespace: 'default' },
        spec: { config },
      });
      const allocations = { 5: held(`c-${name}`), 1: held(`gw-${name}`) };
      await controlPlane.apply(poolObject(`${name}-10.41.0.0-24`, '10.41.0.0/24', allocations));
    }
    const target = new DaemonProcess({ clusterCidr: '' });
    const places = [`whereabouts:${controlPlane.kubeconfig()}`, `embedded:${target.dataDir}`] as const;
    try {
      const plan = await migrate(...places, '--dry-run');
      expect(plan, plan.stdout).toMatchObject({ exit: 0 });
      const early = await migrate(...places);
      expect(early).toMatchObject({ exit: 2, stderr: expect.stringContaining('network "conf-net-a"') });
      expect(plan.stderr).toMatch(/10\.41\.0\.1, .* is the gateway of pool/);
      await controlPlane.kubectl('delete', 'network-attachment-definitions', '--all', '-A');
      const done = await migrate(...places);
      expect(done, done.stderr).toMatchObject({ exit: 0 });
      await target.start();
      const pools = JSON.parse((await target.cli('pools', '-o', 'json')).stdout) as { name: string }[];
      expect(pools.map(({ name }) => name)).toEqual(
        names.map((name) => `whereabouts-${name}-10.41.0.0-24.scope-${name}`),
      );
      for (const name of names) {
        const [pool = ''] = pools.filter((one) => one.name.endsWith(name)).map((one) => one.name);
        const runtime = new Runtime(target.socket, { [`conf-${name}`]: { pools: [pool] } });
        const { addresses } = await runtime.add(`conf-${name}`, 'new');
        // The exclusion of the gateway outlives the definition that named it.
        expect(addresses).toEqual(['10.41.0.2/24']);
      }
      const claims = JSON.parse((await target.cli('get', 'claim', '-o', 'json')).stdout) as {
        items: { metadata: { name: string } }[];
      };
      expect(claims.items.map(({ metadata }) => metadata.name).filter((one) => one.startsWith('10.41.0.5'))).toEqual(
        names.map((name) => `10.41.0.5.scope-${name}`),
      );
    } finally {
      await target.remove();
    }
  });

  it('Spiderpool: pools stay as they are, and what their status has given out is claimed', async () => {
    await controlPlane.apply({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderIPPool',
      metadata: { name: 'blue' },
      spec: { ipVersion: 4, subnet: '10.41.0.0/24', ips: ['10.41.0.10-10.41.0.20'], gateway: '10.41.0.1' },
    });
    const allocatedIPs = JSON.stringify({
      '10.41.0.10': { pod: 'shop/web-0', podUid: 'u-0' },
      '10.41.0.11': { pod: 'shop/web-1', podUid: 'u-1' },
    });
    await controlPlane.request(
      'PATCH',
      '/apis/spiderpool.spidernet.io/v2beta1/spiderippools/blue/status',
      {
        status: { allocatedIPs, allocatedIPCount: 2, totalIPCount: 11 },
      },
      'application/merge-patch+json',
    );
    const kubeconfig = controlPlane.kubeconfig();
    const places = [`spiderpool:${kubeconfig}`, `kubernetes:${kubeconfig}`] as const;
    const done = await migrate(...places, '-o', 'json');
    expect(done, done.stderr).toMatchObject({ exit: 0 });
    const claims = (await list('ipclaims')).filter(({ spec }) => spec.pool === 'blue');
    expect(claims.map(({ spec }) => [spec.address, spec.podName, spec.podUid])).toEqual([
      ['10.41.0.10', 'web-0', 'u-0'],
      ['10.41.0.11', 'web-1', 'u-1'],
    ]);
    const [blue] = (await list('spiderippools')).filter(({ metadata }) => metadata.name === 'blue');
    expect(blue?.spec.disable ?? false).toBe(false);
    expect(await migrate(...places)).toMatchObject({ exit: 0, stdout: expect.stringContaining('was finished before') });
  });

  it('kube-ipam: its keys become pools and claims, and a DEL gives them back', async () => {
    etcd = await startEtcd({ size: 1 });
    const client = etcd.client();
    // As backend/etcd of kube-ipam 0.2 writes them.
    const keys = {
      k8snetwork: JSON.stringify([
        [{ rangeStart: '10.42.0.10', rangeEnd: '10.42.0.200', subnet: '10.42.0.0/16', gateway: '10.42.0.1' }],
      ]),
      'k8snetwork/used/10.42.0.10': 'k10',
      'k8snetwork/used/10.42.0.11': 'k11',
      'k8snetwork/lastReserved/0': '10.42.0.11',
    };
    for (const [key, value] of Object.entries(keys)) {
      await client.txn({
        success: [{ request_put: { key: Buffer.from(`/etcd-cni/networks/${key}`), value: Buffer.from(value) } }],
      });
    }
    client.close();
    const target = new DaemonProcess({ clusterCidr: '' });
    const done = await migrate(
      `kube-ipam:${etcd.endpoints.join(',')}`,
      `embedded:${target.dataDir}`,
      '--network-config',
      directory,
    );
    expect(done, done.stderr).toMatchObject({ exit: 0, stderr: expect.stringContaining('fixed by annotation') });
    try {
      await target.start();
      const ranges = [
        [{ subnet: '10.42.0.0/16', rangeStart: '10.42.0.10', rangeEnd: '10.42.0.200', gateway: '10.42.0.1' }],
      ];
      const runtime = new Runtime(target.socket, { k8snetwork: { ranges } });
      expect((await runtime.add('k8snetwork', 'new')).addresses).toEqual(['10.42.0.12/16']);
      await runtime.del({ network: 'k8snetwork', containerId: 'k10', addresses: [] });
      const claims = JSON.parse((await target.cli('get', 'claim', '-o', 'json')).stdout) as {
        items: { spec: { address: string } }[];
      };
      expect(claims.items.map(({ spec }) => spec.address)).toEqual(['10.42.0.11', '10.42.0.12']);
    } finally {
      await target.remove();
    }
  });

  it('Calico: addresses, identities and selectors come along, and nothing opens while its IPAM is named', async () => {
    await movesFromCalico(controlPlane);
  });

  it('Cilium: pools and addresses come along, conflicts are found before a write, and nothing opens before its agents ask Berth', async () => {
    await movesFromCilium(controlPlane);
  });
});
