import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../kit/free-port.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsControlPlane } from './binaries.ts';
import { ControllerWorld, claimsPath, pool, type StoredObject, spiderpool } from './controller-world.ts';
import { registerWebhook } from './webhook-replica.ts';

const reason = needsControlPlane();

describe('ipam-controller', () => {
  const world = new ControllerWorld();
  const { controlPlane } = world;

  skipEach(reason);
  beforeAll(async () => {
    if (reason === '') await world.open();
  });
  afterEach(() => world.endControllers());
  afterAll(() => controlPlane.stop());

  it('makes the status of a pool and the endpoint of a Pod out of claims, and takes them back with the claims', async () => {
    await controlPlane.apply(
      pool('blue', { subnet: '10.41.0.0/24', gateway: '10.41.0.1', routes: [{ dst: '10.0.0.0/8', gw: '10.41.0.2' }] }),
      pool('blue6', { subnet: 'fd00:41::/64' }),
      {
        apiVersion: 'spiderpool.spidernet.io/v2beta1',
        kind: 'SpiderSubnet',
        metadata: { name: 'office' },
        spec: { subnet: '10.41.0.0/24', ips: ['10.41.0.1-10.41.0.254'] },
      },
    );
    const controller = await world.start();
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'none' }] } };
    const { text } = await controlPlane.request('POST', '/apis/apps/v1/namespaces/shop/replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: 'web-77',
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd', controller: true }],
      },
      spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template },
    });
    const { uid: owner } = (JSON.parse(text) as StoredObject).metadata;
    const podUid = await world.addPod('web-77-a', {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-77', uid: owner, controller: true }],
    });
    await world.addClaim('10.41.0.9', { pool: 'blue', podName: 'web-77-a', podUid });
    await world.addClaim('fd00:41::9', { pool: 'blue6', podName: 'web-77-a', podUid });
    const status = (await world.counts('blue', 1)).status ?? {};
    expect(status).toMatchObject({ totalIPCount: 253 });
    expect(JSON.parse(status.allocatedIPs ?? '')).toEqual({ '10.41.0.9': { pod: 'shop/web-77-a', podUid } });
    // When the second claim came late, the endpoint was written with the first one alone, and then again.
    const complete = await waitFor('the endpoint to have both addresses', async () => {
      const found = await world.endpoint('web-77-a');
      return JSON.stringify(found?.status ?? {}).includes('"ipv6"') ? found : undefined;
    });
    expect(complete.status).toEqual({
      current: {
        uid: podUid,
        node: 'node1',
        ips: [
          {
            interface: 'eth0',
            ipv4: '10.41.0.9/24',
            ipv4Pool: 'blue',
            ipv4Gateway: '10.41.0.1',
            ipv6: 'fd00:41::9/64',
            ipv6Pool: 'blue6',
            routes: [{ dst: '10.0.0.0/8', gw: '10.41.0.2' }],
            vlan: 0,
            cleanGateway: false,
          },
        ],
      },
      ownerControllerType: 'Deployment',
      ownerControllerName: 'web',
    });
    const subnet = await waitFor('the status of the subnet', async () => {
      const found = await controlPlane.get<StoredObject>(`${spiderpool}/spidersubnets/office`);
      return found?.status?.controlledIPPools === undefined ? undefined : found;
    });
    expect(subnet.status).toMatchObject({ totalIPCount: 254, allocatedIPCount: 253 });
    expect(subnet.metadata.finalizers).toEqual(['spiderpool.spidernet.io']);
    await world.remove(`${claimsPath}/10.41.0.9`);
    await world.remove(`${claimsPath}/fd00-41-0-0-0-0-0-9`);
    await world.counts('blue', 0);
    await world.noEndpointOf('web-77-a');
    expect(controller.log).not.toMatch(/forbidden|"level":"error"/);
  });

  it('makes the pools of the subnets of a topology, and moves none while an address of it is out', async () => {
    const controller = await world.start();
    const network = (tor: string) => ({
      ...{ apiVersion: 'berth.network/v1alpha1', kind: 'NetworkTopology', metadata: { name: 'default' } },
      spec: {
        zones: [{ id: 'zone-a', pods: [{ id: 'pod-1', tors: [{ id: tor, subnets: [{ cidr: '10.49.0.0/24' }] }] }] }],
      },
    });
    const path = `${spiderpool}/spiderippools/topology-10.49.0.0-24`;
    const rackIs = (tor: string) =>
      waitFor(`the pool to be of ${tor}`, async () => {
        const found = await controlPlane.get<{ spec: { topologyAffinity?: object } }>(path);
        return JSON.stringify(found?.spec.topologyAffinity) === JSON.stringify({ tor: [tor] }) || undefined;
      });
    await controlPlane.apply(network('tor-1'));
    await rackIs('tor-1');
    const [name, podUid] = ['racked', await world.addPod('racked')];
    await world.addClaim('10.49.0.9', { pool: 'topology-10.49.0.0-24', podName: name, podUid });
    await world.counts('topology-10.49.0.0-24', 1);
    await controlPlane.apply(network('tor-2'));
    await waitFor('the Event', async () => {
      const { text } = await controlPlane.request('GET', '/api/v1/namespaces/default/events');
      return text.includes('would move from tor tor-1 to tor tor-2') || undefined;
    });
    await rackIs('tor-1');
    await world.remove(`${claimsPath}/10.49.0.9`);
    await rackIs('tor-2');
    await world.remove('/apis/berth.network/v1alpha1/networktopologies/default');
    await waitFor('the pool to go', async () => ((await controlPlane.get(path)) === undefined ? true : undefined));
    expect(controller.log).not.toMatch(/forbidden|"level":"error"/);
  });

  it('keeps a pool until nothing of it is out, and a subnet until its last pool is gone', async () => {
    await world.start();
    await controlPlane.apply(pool('going', { subnet: '10.42.0.0/24' }), {
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderSubnet',
      metadata: { name: 'going' },
      spec: { subnet: '10.42.0.0/24' },
    });
    await world.addClaim('10.42.0.9', { pool: 'going', podName: 'kept', podUid: await world.addPod('kept') });
    await world.counts('going', 1);
    await world.remove(`${spiderpool}/spidersubnets/going`);
    await world.remove(`${spiderpool}/spiderippools/going`);
    // The other writes of the controller go on meanwhile.
    await world.addClaim('10.42.0.10', { pool: 'going', podName: 'late', podUid: await world.addPod('late') });
    await world.counts('going', 2);
    for (const address of ['10.42.0.9', '10.42.0.10']) await world.remove(`${claimsPath}/${address}`);
    for (const kind of ['spiderippools', 'spidersubnets']) {
      await waitFor(`${kind} to go`, async () => {
        return (await controlPlane.get(`${spiderpool}/${kind}/going`)) === undefined || undefined;
      });
    }
  });

  // Spiderpool's D00006.
  it('lets ten pools go of which nothing is out, one after the other, each while kubectl waits for it', async () => {
    await world.leader([await world.start()]);
    const names = Array.from({ length: 10 }, (_, n) => `batch-${n}`);
    await controlPlane.apply(
      ...names.map((name, n) => pool(name, { subnet: `10.45.${n}.0/24`, ips: [`10.45.${n}.9`] })),
    );
    for (const name of names) {
      await waitFor(`the finalizer of ${name}`, async () => {
        const found = await controlPlane.get<StoredObject>(`${spiderpool}/spiderippools/${name}`);
        return found?.metadata.finalizers?.length === 1 || undefined;
      });
    }
    for (const name of names) await controlPlane.kubectl('delete', 'sp', name, '--timeout=180s');
    const { items } = (await controlPlane.get<{ items: StoredObject[] }>(`${spiderpool}/spiderippools`)) ?? {
      items: [],
    };
    expect(items.filter(({ metadata }) => metadata.name.startsWith('batch-'))).toEqual([]);
  });

  // Spiderpool's D00017, with its addresses.
  it('counts a large IPv6 pool as an int64 does, and writes the count once', async () => {
    await world.leader([await world.start()]);
    await controlPlane.apply(
      pool('large', {
        subnet: 'fd12:3456:789a::/48',
        ips: ['fd12:3456:789a:baba::1-fd12:3456:789a:ffff:ffff:ffff:ffff:ffff'],
        excludeIPs: ['fd12:3456:789a:baba::1-fd12:3456:789a:baba::10'],
      }),
    );
    for (const [count, address] of ['fd12:3456:789a:baba::11', 'fd12:3456:789a:baba::12'].entries()) {
      await world.addClaim(address, {
        pool: 'large',
        podName: `large-${count}`,
        podUid: await world.addPod(`large-${count}`),
      });
    }
    await world.counts('large', 2);
    const { text } = await controlPlane.request('GET', `${spiderpool}/spiderippools/large`);
    expect(text).toMatch(/"totalIPCount": ?9223372036854775807[,}]/);
    await world.remove(`${claimsPath}/fd12-3456-789a-baba-0-0-0-11`);
    const { status } = await world.counts('large', 1);
    expect(Object.keys(status ?? {})).toContain('totalIPCount');
    await world.remove(`${claimsPath}/fd12-3456-789a-baba-0-0-0-12`);
    await world.counts('large', 0);
  });

  it('judges what is written to pools, and lets its own writes pass', async () => {
    const port = await freePort();
    await registerWebhook(controlPlane, port);
    await world.start({ args: ['--webhook-addr', `127.0.0.1:${port}`, '--webhook-hosts', '127.0.0.1'] });
    await waitFor('the webhook to refuse a pool', async () => {
      const bad = pool('bad', { subnet: '10.48.0.0/24', ips: ['10.49.0.1'] });
      const { text } = await controlPlane.request('POST', `${spiderpool}/spiderippools`, bad);
      return text.includes('outside spec.subnet') || undefined;
    });
    await controlPlane.apply(pool('judged', { subnet: '10.48.0.0/24' }));
    await world.addClaim('10.48.0.5', { pool: 'judged', podName: 'judged', podUid: await world.addPod('judged') });
    await world.counts('judged', 1);
    await waitFor('the webhook to refuse a Pod that asks for the address of another', async () => {
      const metadata = { name: 'asking', annotations: { 'kube-ipam.ip': '10.48.0.5' } };
      const asking = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'none' }] } };
      const { text } = await controlPlane.request('POST', '/api/v1/namespaces/shop/pods?dryRun=All', asking);
      return text.includes('10.48.0.5 is held by Pod shop/judged on node') || undefined;
    });
    const path = `${spiderpool}/spiderippools/judged`;
    expect((await controlPlane.request('DELETE', path)).status).toBe(200);
    expect((await controlPlane.get<StoredObject>(path))?.metadata.deletionTimestamp).toBeDefined();
    await world.remove(`${claimsPath}/10.48.0.5`);
    await waitFor('the pool to go', async () => (await controlPlane.get(path)) === undefined || undefined);
  });
});
