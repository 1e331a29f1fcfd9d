import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/ip/address.ts';
import { addressName } from '../../src/resources/names.ts';
import { freePort } from '../kit/free-port.ts';
import { ShiftedClock } from '../kit/shifted-clock.ts';
import { waitFor } from '../kit/wait.ts';
import { needsControlPlane } from './binaries.ts';
import { ControlPlane } from './control-plane.ts';
import { ControllerProcess, type ControllerProcessOptions } from './controller-process.ts';
import { install } from './installed.ts';
import { registerWebhook } from './webhook-replica.ts';

const reason = needsControlPlane();
const spiderpool = '/apis/spiderpool.spidernet.io/v2beta1';
const claimsPath = '/apis/berth.network/v1alpha1/ipclaims';
const quick = ['--lease-duration', '4s', '--renew-deadline', '3s', '--retry-period', '1s'];

interface Object {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
  readonly status?: Readonly<Record<string, never>>;
}

describe('ipam-controller', () => {
  const controlPlane = new ControlPlane();
  let started: ControllerProcess[] = [];
  let kubeconfig = '';

  beforeEach((context) => context.skip(reason !== '', reason));
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await install(controlPlane);
    // Its own account, never admin: what its role lacks, it cannot do here either.
    kubeconfig = await controlPlane.kubeconfigFor('berth-system/ipam-controller');
    await controlPlane.kubectl('create', 'namespace', 'shop');
  });
  afterEach(async () => {
    for (const controller of started) await controller.remove();
    started = [];
  });
  afterAll(() => controlPlane.stop());

  async function start(options: Partial<ControllerProcessOptions> = {}): Promise<ControllerProcess> {
    const { args = [], ...more } = options;
    const controller = new ControllerProcess({ kubeconfig, args: [...quick, ...args], ...more });
    started.push(controller);
    await controller.start();
    return controller;
  }

  const leader = (controllers: readonly ControllerProcess[]): Promise<ControllerProcess> =>
    waitFor('one of them to lead', async () => {
      for (const controller of controllers) if (await controller.leads()) return controller;
      return undefined;
    });

  const pool = (name: string, spec: object): object => ({
    apiVersion: 'spiderpool.spidernet.io/v2beta1',
    kind: 'SpiderIPPool',
    metadata: { name },
    spec,
  });

  async function addPod(name: string, more: object = {}, node = 'node1'): Promise<string> {
    const { text } = await controlPlane.request('POST', '/api/v1/namespaces/shop/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...more },
      spec: { nodeName: node, containers: [{ name: 'main', image: 'none' }] },
    });
    return (JSON.parse(text) as Object).metadata.uid;
  }

  async function addClaim(address: string, spec: Readonly<Record<string, string>>): Promise<void> {
    const { status, text } = await controlPlane.request('POST', claimsPath, {
      apiVersion: 'berth.network/v1alpha1',
      kind: 'IPClaim',
      metadata: { name: addressName(parseAddress(address)) },
      spec: {
        address,
        node: 'node1',
        daemon: 'node1',
        network: 'net',
        containerId: `c-${address}`,
        ifname: 'eth0',
        podNamespace: 'shop',
        ...spec,
      },
    });
    if (status !== 201) throw new Error(text);
  }

  const remove = (path: string): Promise<unknown> => controlPlane.request('DELETE', path);

  const counts = (name: string, allocated: number): Promise<Object> =>
    waitFor(`pool ${name} to count ${allocated}`, async () => {
      const found = await controlPlane.get<Object>(`${spiderpool}/spiderippools/${name}`);
      return found?.status?.allocatedIPCount === allocated ? found : undefined;
    });

  const endpoint = (name: string): Promise<Object | undefined> =>
    controlPlane.get<Object>(`${spiderpool}/namespaces/shop/spiderendpoints/${name}`);

  const endpointOf = (name: string): Promise<Object> => waitFor(`the endpoint of ${name}`, () => endpoint(name));
  const noEndpointOf = (name: string): Promise<true> =>
    waitFor(`the endpoint of ${name} to go`, async () => (await endpoint(name)) === undefined || undefined);

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
    const controller = await start();
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
    const { uid: owner } = (JSON.parse(text) as Object).metadata;
    const podUid = await addPod('web-77-a', {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-77', uid: owner, controller: true }],
    });
    await addClaim('10.41.0.9', { pool: 'blue', podName: 'web-77-a', podUid });
    await addClaim('fd00:41::9', { pool: 'blue6', podName: 'web-77-a', podUid });
    const status = (await counts('blue', 1)).status ?? {};
    expect(status).toMatchObject({ totalIPCount: 253 });
    expect(JSON.parse(status.allocatedIPs ?? '')).toEqual({ '10.41.0.9': { pod: 'shop/web-77-a', podUid } });
    // When the second claim came late, the endpoint was written with the first one alone, and then again.
    const complete = await waitFor('the endpoint to have both addresses', async () => {
      const found = await endpoint('web-77-a');
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
      const found = await controlPlane.get<Object>(`${spiderpool}/spidersubnets/office`);
      return found?.status?.controlledIPPools === undefined ? undefined : found;
    });
    expect(subnet.status).toMatchObject({ totalIPCount: 254, allocatedIPCount: 253 });
    expect(subnet.metadata.finalizers).toEqual(['spiderpool.spidernet.io']);
    await remove(`${claimsPath}/10.41.0.9`);
    await remove(`${claimsPath}/fd00-41-0-0-0-0-0-9`);
    await counts('blue', 0);
    await noEndpointOf('web-77-a');
    expect(controller.log).not.toMatch(/forbidden|"level":"error"/);
  });

  it('keeps a pool until nothing of it is out, and a subnet until its last pool is gone', async () => {
    await start();
    await controlPlane.apply(pool('going', { subnet: '10.42.0.0/24' }), {
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderSubnet',
      metadata: { name: 'going' },
      spec: { subnet: '10.42.0.0/24' },
    });
    await addClaim('10.42.0.9', { pool: 'going', podName: 'kept', podUid: await addPod('kept') });
    await counts('going', 1);
    await remove(`${spiderpool}/spidersubnets/going`);
    await remove(`${spiderpool}/spiderippools/going`);
    // The other writes of the controller go on meanwhile.
    await addClaim('10.42.0.10', { pool: 'going', podName: 'late', podUid: await addPod('late') });
    await counts('going', 2);
    for (const address of ['10.42.0.9', '10.42.0.10']) await remove(`${claimsPath}/${address}`);
    for (const kind of ['spiderippools', 'spidersubnets']) {
      await waitFor(`${kind} to go`, async () => {
        return (await controlPlane.get(`${spiderpool}/${kind}/going`)) === undefined || undefined;
      });
    }
  });

  // Spiderpool's D00006.
  it('lets ten pools go of which nothing is out, one after the other, in the time that kubectl waits', async () => {
    await leader([await start()]);
    const names = Array.from({ length: 10 }, (_, n) => `batch-${n}`);
    await controlPlane.apply(
      ...names.map((name, n) => pool(name, { subnet: `10.45.${n}.0/24`, ips: [`10.45.${n}.9`] })),
    );
    for (const name of names) {
      await waitFor(`the finalizer of ${name}`, async () => {
        const found = await controlPlane.get<Object>(`${spiderpool}/spiderippools/${name}`);
        return found?.metadata.finalizers?.length === 1 || undefined;
      });
    }
    for (const name of names) await controlPlane.kubectl('delete', 'sp', name, '--timeout=4s');
    const { items } = (await controlPlane.get<{ items: Object[] }>(`${spiderpool}/spiderippools`)) ?? { items: [] };
    expect(items.filter(({ metadata }) => metadata.name.startsWith('batch-'))).toEqual([]);
  });

  // Spiderpool's D00017, with its addresses.
  it('counts a large IPv6 pool as an int64 does, and writes the count once', async () => {
    await leader([await start()]);
    await controlPlane.apply(
      pool('large', {
        subnet: 'fd12:3456:789a::/48',
        ips: ['fd12:3456:789a:baba::1-fd12:3456:789a:ffff:ffff:ffff:ffff:ffff'],
        excludeIPs: ['fd12:3456:789a:baba::1-fd12:3456:789a:baba::10'],
      }),
    );
    for (const [count, address] of ['fd12:3456:789a:baba::11', 'fd12:3456:789a:baba::12'].entries()) {
      await addClaim(address, { pool: 'large', podName: `large-${count}`, podUid: await addPod(`large-${count}`) });
    }
    await counts('large', 2);
    const { text } = await controlPlane.request('GET', `${spiderpool}/spiderippools/large`);
    expect(text).toMatch(/"totalIPCount": ?9223372036854775807[,}]/);
    await remove(`${claimsPath}/fd12-3456-789a-baba-0-0-0-11`);
    const { status } = await counts('large', 1);
    expect(Object.keys(status ?? {})).toContain('totalIPCount');
    await remove(`${claimsPath}/fd12-3456-789a-baba-0-0-0-12`);
    await counts('large', 0);
  });

  it('goes on with another replica when the leader is killed, and with none in between loses nothing', async () => {
    await controlPlane.apply(pool('two', { subnet: '10.43.0.0/24' }));
    const replicas = [await start(), await start()];
    const first = await leader(replicas);
    const second = replicas.find((replica) => replica !== first) as ControllerProcess;
    expect(await second.leads()).toBe(false);
    await waitFor(
      'the leader to show the pool',
      async () => (await first.metrics()).includes('pool="two"') || undefined,
    );
    expect(await second.metrics()).not.toContain('ipam_pool_ips{');
    await addClaim('10.43.0.5', { pool: 'two', podName: 'five', podUid: await addPod('five') });
    await endpointOf('five');
    await first.crash();
    await addClaim('10.43.0.6', { pool: 'two', podName: 'six', podUid: await addPod('six') });
    await remove(`${claimsPath}/10.43.0.5`);
    await leader([second]);
    await endpointOf('six');
    await noEndpointOf('five');
    await counts('two', 1);
    const pools = { pool: 'two', family: '4' };
    expect(await second.metric('ipam_pool_ips', { ...pools, state: 'used' })).toBe(1);
    expect(await second.metric('ipam_pool_ips', pools)).toBe(254);
    // In good order the lease is let go of, so the next leader waits for nobody.
    expect(await second.stop()).toBe(0);
    const lease = await controlPlane.get<{ spec: { holderIdentity: string } }>(
      '/apis/coordination.k8s.io/v1/namespaces/berth-system/leases/ipam-controller',
    );
    expect(lease?.spec.holderIdentity).toBe('');
    await remove(`${claimsPath}/10.43.0.6`);
    await start();
    await noEndpointOf('six');
  });

  it('goes on after the API server was away', async () => {
    await controlPlane.apply(pool('away', { subnet: '10.44.0.0/24' }));
    const controller = await start();
    await leader([controller]);
    await controlPlane.apiServer.crash();
    await waitFor('the leader to step down', async () => ((await controller.leads()) ? undefined : true));
    await controlPlane.apiServer.start();
    await addClaim('10.44.0.5', { pool: 'away', podName: 'after', podUid: await addPod('after') });
    await endpointOf('after');
    await counts('away', 1);
    await remove(`${claimsPath}/10.44.0.5`);
    await noEndpointOf('after');
  });

  it('writes one endpoint for each of a thousand claims, and few statuses', async () => {
    await controlPlane.apply(pool('many', { subnet: '10.45.0.0/16' }));
    const controller = await start();
    await leader([controller]);
    await counts('many', 0);
    const requests = async () => {
      const of = (verb: string, resource: string) => controller.metric('ipam_api_requests_total', { verb, resource });
      return {
        'create spiderendpoints': await of('create', 'spiderendpoints'),
        'update spiderendpoints': await of('update', 'spiderendpoints'),
        'delete spiderendpoints': await of('delete', 'spiderendpoints'),
        'update spiderippools': await of('update', 'spiderippools'),
        'update spiderippools/status': await of('update', 'spiderippools/status'),
        'get pods': await of('get', 'pods'),
      };
    };
    const before = await requests();
    const numbers = [...Array(1_000).keys()];
    for (let from = 0; from < numbers.length; from += 20) {
      await Promise.all(
        numbers.slice(from, from + 20).map(async (number) => {
          const podName = `many-${number}`;
          const podUid = await addPod(podName);
          await addClaim(`10.45.${4 + (number >> 8)}.${number & 255}`, { pool: 'many', podName, podUid });
        }),
      );
    }
    await counts('many', 1_000);
    const endpoints = (count: number): Promise<true> =>
      waitFor(
        `${count} endpoints`,
        async () => {
          const list = await controlPlane.get<{ items: unknown[] }>(`${spiderpool}/namespaces/shop/spiderendpoints`);
          return list?.items.length === count || undefined;
        },
        240_000,
        // A list of so many is work.
        250,
      );
    await endpoints(1_000);
    const after = await requests();
    const made = Object.fromEntries(
      Object.entries(after).map(([name, count]) => [name, count - before[name as keyof typeof before]]),
    );
    process.stdout.write(`1,000 claims: ${JSON.stringify(made)}\n`);
    expect(made['create spiderendpoints']).toBe(1_000);
    expect(made['update spiderendpoints']).toBe(0);
    // One a second at most, and ten minutes are all that this test has; one for each claim were a thousand.
    expect(made['update spiderippools/status']).toBeLessThan(numbers.length / 2);
    await controlPlane.kubectl('delete', 'ipclaims', '--all', '--wait=false');
    await counts('many', 0);
    await endpoints(0);
  }, 600_000);

  it('takes back what a lost node left, and nothing of a Pod that is there', async () => {
    await controlPlane.apply(
      pool('lost', { subnet: '10.46.0.0/24' }),
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node1' } },
      {
        apiVersion: 'berth.network/v1alpha1',
        kind: 'IPBlock',
        metadata: { name: '10.47.0.0-28' },
        spec: { cidr: '10.47.0.0/28', pool: 'blocks', node: 'gone', daemon: 'gone' },
      },
    );
    const gone = { pool: 'lost', node: 'gone', daemon: 'gone' };
    await addClaim('10.46.0.5', { ...gone, podName: 'nobody', podUid: 'former' });
    await addClaim('10.46.0.6', { ...gone, podName: 'moved', podUid: 'former' });
    await addClaim('10.46.0.7', { pool: 'lost', podName: 'moved', podUid: await addPod('moved') });
    await addClaim('10.46.0.8', { ...gone, podName: 'stays', podUid: await addPod('stays') });
    await addClaim('10.46.0.9', { pool: 'lost', podName: 'unborn', podUid: 'not-there-yet' });
    // Five minutes later, by its own clock.
    const clock = new ShiftedClock(controlPlane.directory);
    clock.set(6 * 60_000);
    const controller = await start({ args: ['--lost-nodes-interval', '500ms'], env: clock.env });
    await counts('lost', 3);
    const left = (await controlPlane.get<{ items: Object[] }>(claimsPath))?.items.map(({ metadata }) => metadata.name);
    expect(left).toEqual(['10.46.0.7', '10.46.0.8', '10.46.0.9']);
    // A block is kept for as long as the node has claims.
    const block = '/apis/berth.network/v1alpha1/ipblocks/10.47.0.0-28';
    expect(await controlPlane.get(block)).toBeDefined();
    await remove('/api/v1/namespaces/shop/pods/stays?gracePeriodSeconds=0');
    await counts('lost', 2);
    await waitFor(
      'the block to be handed back',
      async () => (await controlPlane.get(block)) === undefined || undefined,
    );
    const events = await controlPlane.get<{ items: { reason: string; message: string }[] }>(
      '/api/v1/namespaces/default/events',
    );
    expect(events?.items.map(({ message }) => message)).toContain(
      'released 10.46.0.5: node "gone" is gone, and Pod shop/nobody is gone',
    );
    // The last one counts when the controller has heard that it is deleted.
    const reclaimed = (): Promise<number> => controller.metric('ipam_controller_reclaimed_total');
    await waitFor('all four to be counted', async () => (await reclaimed()) >= 4 || undefined);
    expect(await reclaimed()).toBe(4);
  });

  it('judges what is written to pools, and lets its own writes pass', async () => {
    const port = await freePort();
    await registerWebhook(controlPlane, port);
    await start({ args: ['--webhook-addr', `127.0.0.1:${port}`, '--webhook-hosts', '127.0.0.1'] });
    await waitFor('the webhook to refuse a pool', async () => {
      const bad = pool('bad', { subnet: '10.48.0.0/24', ips: ['10.49.0.1'] });
      const { text } = await controlPlane.request('POST', `${spiderpool}/spiderippools`, bad);
      return text.includes('outside spec.subnet') || undefined;
    });
    await controlPlane.apply(pool('judged', { subnet: '10.48.0.0/24' }));
    await addClaim('10.48.0.5', { pool: 'judged', podName: 'judged', podUid: await addPod('judged') });
    await counts('judged', 1);
    await waitFor('the webhook to refuse a Pod that asks for the address of another', async () => {
      const metadata = { name: 'asking', annotations: { 'kube-ipam.ip': '10.48.0.5' } };
      const asking = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'none' }] } };
      const { text } = await controlPlane.request('POST', '/api/v1/namespaces/shop/pods?dryRun=All', asking);
      return text.includes('10.48.0.5 is held by Pod shop/judged on node') || undefined;
    });
    const path = `${spiderpool}/spiderippools/judged`;
    expect((await controlPlane.request('DELETE', path)).status).toBe(200);
    expect((await controlPlane.get<Object>(path))?.metadata.deletionTimestamp).toBeDefined();
    await remove(`${claimsPath}/10.48.0.5`);
    await waitFor('the pool to go', async () => (await controlPlane.get(path)) === undefined || undefined);
  });
});
