import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { subnetKind } from '../../resources/subnet.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import { aroundRequests, wrap } from '../../store/wrap.ts';
import { silentLog } from '../../telemetry/log.ts';
import type { PoolObject, SubnetObject } from '../objects.ts';
import { type Ground, leading, newGround } from '../testing/leading.ts';
import { claim, newStore, pool, subnet, TestClock } from '../testing/world.ts';
import { Applications } from './applications.ts';

interface World extends Ground {
  /** What is there of each pool. */
  pools(): Promise<readonly string[]>;
}

const key = (name: string) => `ipam.spidernet.io/${name}`;
const subnets = [
  subnet('subnet-6', { subnet: '10.6.0.0/16', gateway: '10.6.0.1', ips: ['10.6.168.101-10.6.168.110'] }),
  subnet('subnet-7', { subnet: '10.7.0.0/16', gateway: '10.7.0.1', ips: ['10.7.168.101-10.7.168.110'] }),
  subnet('six', { subnet: 'fd00:6::/64', gateway: 'fd00:6::1', ips: ['fd00:6::100-fd00:6::1ff'] }),
];

async function world(...objects: readonly Resource[]): Promise<World> {
  const ground = newGround();
  const { clock, store } = ground;
  for (const object of [...subnets, ...objects]) await store.create(object);
  await leading(ground, new AbortController().signal, {
    applications: () => new Applications({ store, clock, log: silentLog }),
  });
  const pools = async (): Promise<readonly string[]> => {
    const { items } = await store.list<PoolObject>(poolKind);
    return items.map(textOf);
  };
  return { ...ground, pools };
}

function textOf({ metadata: { name, deletionTimestamp }, spec }: PoolObject): string {
  return `${name} ${spec.ips?.join(',')}${deletionTimestamp === undefined ? '' : ' going'}`;
}

const asking = (annotations: Record<string, string> = { [key('subnet')]: '{"ipv4":["subnet-6"]}' }) => ({
  template: { metadata: { annotations } },
});

function app(kind: string, name: string, spec: object, metadata: object = {}, apiVersion = 'apps/v1'): Resource {
  return { apiVersion, kind, metadata: { name, namespace: 'shop', ...metadata }, spec };
}

/** Changes what an application's author may. */
async function change(store: MemoryStore, { kind, metadata: { name } }: Resource, spec: object): Promise<void> {
  const present = await store.get({ kind, name, namespace: 'shop' });
  if (present === undefined) throw new Error(`no ${kind} ${name}`);
  await store.update({ ...present, spec: { ...(present.spec as object), ...spec } });
}

const end = (name: string, uid: string | undefined) => `auto4-${name}-eth0-${uid?.split('-').at(-1)?.slice(0, 5)}`;

async function uidOf(store: MemoryStore, { kind, metadata: { name } }: Resource): Promise<string | undefined> {
  return (await store.get({ kind, name, namespace: 'shop' }))?.metadata.uid;
}

describe('the pools of applications', () => {
  it.each<[string, Resource, number]>([
    ['a Deployment', app('Deployment', 'web', { replicas: 2, ...asking() }), 3],
    ['a Deployment that leaves its replicas out', app('Deployment', 'web', asking()), 2],
    ['a ReplicaSet', app('ReplicaSet', 'web', { replicas: 3, ...asking() }), 4],
    ['a StatefulSet', app('StatefulSet', 'web', { replicas: 2, ...asking() }), 3],
    ['a DaemonSet', { ...app('DaemonSet', 'web', asking()), status: { desiredNumberScheduled: 4 } }, 5],
    ['a Job', app('Job', 'web', { parallelism: 2, ...asking() }, {}, 'batch/v1'), 3],
    [
      'a Job of several completions',
      app('Job', 'web', { parallelism: 2, completions: 5, ...asking() }, {}, 'batch/v1'),
      6,
    ],
    ['a CronJob', app('CronJob', 'web', { jobTemplate: { spec: { completions: 2, ...asking() } } }, {}, 'batch/v1'), 3],
  ])('are made for %s, one address more than it has Pods', async (_, application, count) => {
    const { store, clock } = await world();
    const { status, ...rest } = application;
    const stored = await store.create(rest);
    if (status !== undefined) await store.updateStatus({ ...stored, status });
    await clock.advance(1_000);
    const { items } = await store.list<PoolObject>(poolKind);
    expect(items.map(({ metadata, status: figures }) => [metadata.name, figures?.totalIPCount])).toEqual([
      [end('web', stored.metadata.uid), count],
    ]);
  });

  it.each<[string, Resource]>([
    ['asks for nothing', app('Deployment', 'web', asking({}))],
    [
      'has its node’s network',
      app('Deployment', 'web', { template: { ...asking().template, spec: { hostNetwork: true } } }),
    ],
    [
      'a Deployment keeps',
      app('ReplicaSet', 'web-5d8f', asking(), {
        ownerReferences: [{ kind: 'Deployment', controller: true, name: 'web' }],
      }),
    ],
    [
      'a CronJob keeps',
      app(
        'Job',
        'web-29412345',
        asking(),
        { ownerReferences: [{ kind: 'CronJob', controller: true, name: 'web' }] },
        'batch/v1',
      ),
    ],
  ])('are not made for what %s', async (_, application) => {
    const { pools } = await world(application);
    expect(await pools()).toEqual([]);
  });

  it('are there before the controller, of several interfaces and families, and do not overlap', async () => {
    const entries =
      '[{"interface":"eth0","ipv4":["subnet-6"],"ipv6":["six"]},{"interface":"net1","ipv4":["subnet-7"]}]';
    const web = app('Deployment', 'web', { replicas: 2, ...asking({ [key('subnets')]: entries }) });
    const api = app('Deployment', 'api', { replicas: 3, ...asking() });
    const { pools } = await world(web, api);
    const ranges = (await pools()).map((one) => one.split(' ')[1]);
    expect(ranges.toSorted()).toEqual([
      '10.6.168.104-10.6.168.107',
      '10.6.168.108-10.6.168.110',
      '10.7.168.104-10.7.168.106',
      'fd00:6::100-fd00:6::102',
    ]);
  });

  it('follow the replicas, up at once and down by what nobody has', async () => {
    const web = app('Deployment', 'web', { replicas: 2, ...asking() });
    const { store, clock, pools } = await world(web);
    const name = end('web', await uidOf(store, web));
    expect(await pools()).toEqual([`${name} 10.6.168.104-10.6.168.106`]);
    await change(store, web, { replicas: 6 });
    await clock.advance(200);
    expect(await pools()).toEqual([`${name} 10.6.168.104-10.6.168.110`]);
    await store.create(claim('10.6.168.110', { pool: name, podNamespace: 'shop' }));
    await store.create(claim('10.6.168.109', { pool: name, podNamespace: 'shop' }));
    await change(store, web, { replicas: 0 });
    await clock.advance(200);
    // One to spare for a Pod that comes while those go.
    expect(await pools()).toEqual([`${name} 10.6.168.104,10.6.168.109-10.6.168.110`]);
    await store.delete({ kind: 'IPClaim', name: '10.6.168.110' }, undefined);
    await clock.advance(1_000);
    expect(await pools()).toEqual([`${name} 10.6.168.104,10.6.168.109`]);
    await store.delete({ kind: 'IPClaim', name: '10.6.168.109' }, undefined);
    await clock.advance(1_000);
    expect(await pools()).toEqual([`${name} 10.6.168.104`]);
  });

  it('have back what a daemon gave of them that had not heard that another pool has it by now', async () => {
    const web = app('Deployment', 'web', { replicas: 3, ...asking() });
    const { store, clock, pools } = await world(web);
    const name = end('web', await uidOf(store, web));
    await change(store, web, { replicas: 1 });
    await clock.advance(200);
    const api = await store.create(app('Deployment', 'api', { replicas: 3, ...asking() }));
    await clock.advance(200);
    expect(await pools()).toEqual([
      `${end('api', api.metadata.uid)} 10.6.168.106-10.6.168.109`,
      `${name} 10.6.168.104-10.6.168.105`,
    ]);
    await store.create(claim('10.6.168.106', { pool: name, podNamespace: 'shop' }));
    await clock.advance(5_000);
    expect(await pools()).toEqual([
      `${end('api', api.metadata.uid)} 10.6.168.107-10.6.168.110`,
      `${name} 10.6.168.104,10.6.168.106`,
    ]);
  });

  it('have a number of their own, whatever the replicas', async () => {
    const annotations = { ...asking().template.metadata.annotations, [key('ippool-ip-number')]: '5' };
    const web = app('Deployment', 'web', { replicas: 2, ...asking(annotations) });
    const { store, clock, pools } = await world(web);
    await change(store, web, { replicas: 9 });
    await clock.advance(1_000);
    expect(await pools()).toEqual([`${end('web', await uidOf(store, web))} 10.6.168.104-10.6.168.108`]);
  });

  it('go with their application, when what is out of them is released', async () => {
    const web = app('Deployment', 'web', { replicas: 2, ...asking() });
    const { store, clock, pools } = await world(web);
    const name = end('web', await uidOf(store, web));
    await store.create(claim('10.6.168.104', { pool: name, podNamespace: 'shop' }));
    await store.delete({ kind: 'Deployment', name: 'web', namespace: 'shop' }, undefined);
    await clock.advance(2_000);
    expect(await pools()).toEqual([`${name} 10.6.168.104-10.6.168.106 going`]);
    await store.delete({ kind: 'IPClaim', name: '10.6.168.104' }, undefined);
    await clock.advance(20_000);
    expect(await pools()).toEqual([]);
  });

  it('stay where they are asked to, and are found again by an application of the same name', async () => {
    const annotations = { ...asking().template.metadata.annotations, [key('ippool-reclaim')]: 'false' };
    const web = app('Deployment', 'web', { replicas: 3, ...asking(annotations) });
    const { store, clock, pools } = await world(web);
    const name = end('web', await uidOf(store, web));
    await store.delete({ kind: 'Deployment', name: 'web', namespace: 'shop' }, undefined);
    await clock.advance(20_000);
    expect(await pools()).toEqual([`${name} 10.6.168.104-10.6.168.107`]);
    const again = await store.create({ ...web, spec: { ...(web.spec as object), replicas: 2 } });
    await clock.advance(1_000);
    expect(await pools()).toEqual([`${name} 10.6.168.104-10.6.168.106`]);
    const kept = await store.get({ kind: poolKind, name });
    expect(kept?.metadata.labels?.[key('owner-application-uid')]).toBe(again.metadata.uid);
  });

  it('go that nobody asks for any more since before the controller was there, and no others', async () => {
    const labels = {
      [key('owner-application-gv')]: 'apps_v1',
      [key('owner-application-kind')]: 'Deployment',
      [key('owner-application-namespace')]: 'shop',
      [key('owner-application-name')]: 'gone',
    };
    const spec = { subnet: '10.6.0.0/16', ips: ['10.6.168.101'] };
    const { pools, clock } = await world(
      pool('auto4-gone-eth0-12345', spec, { labels: { ...labels, [key('ippool-reclaim')]: 'true' } }),
      pool(
        'auto4-kept-eth0-12345',
        { ...spec, ips: ['10.6.168.102'] },
        { labels: { ...labels, [key('ippool-reclaim')]: 'false' } },
      ),
      pool(
        'auto4-other-eth0-12345',
        { ...spec, ips: ['10.6.168.103'] },
        { labels: { ...labels, [key('owner-application-kind')]: 'CloneSet', [key('ippool-reclaim')]: 'true' } },
      ),
    );
    await clock.advance(10_000);
    expect((await pools()).map((one) => one.split(' ')[0])).toEqual([
      'auto4-kept-eth0-12345',
      'auto4-other-eth0-12345',
    ]);
  });

  it('are made for a controller of another kind when a Pod of it waits for its addresses', async () => {
    const owner = {
      apiVersion: 'apps.kruise.io/v1alpha1',
      kind: 'CloneSet',
      name: 'web',
      uid: 'clone-028d6',
      controller: true,
    };
    const annotations = { ...asking().template.metadata.annotations, [key('ippool-ip-number')]: '5' };
    const { store, clock, pools } = await world();
    await store.create(app('Pod', 'web-x7', {}, { ownerReferences: [owner], annotations }, 'v1'));
    await clock.advance(1_000);
    expect(await pools()).toEqual(['auto4-web-eth0-028d6 10.6.168.104-10.6.168.108']);
    await store.delete({ kind: 'Pod', name: 'web-x7', namespace: 'shop' }, undefined);
    await clock.advance(10_000);
    expect(await pools()).toEqual(['auto4-web-eth0-028d6 10.6.168.104-10.6.168.108']);
  });

  it('are made for CronJobs that an older API server has by another version', async () => {
    const beta = { apiVersion: 'batch/v1beta1', kind: 'CronJob' };
    const store = newStore(new TestClock());
    await store.create({ ...app('CronJob', 'web', { jobTemplate: { spec: asking() } }), ...beta });
    const none = new IpamError('not-found', 'the server could not find the requested resource');
    const lacking = aroundRequests(({ kind }, make) => (kind === 'CronJob' ? Promise.reject(none) : make()));
    const newer = wrap(store, lacking);
    const applications = new Applications({ store: newer, formerStore: store, clock: new TestClock(), log: silentLog });
    await applications.follow(new AbortController().signal);
    expect(applications.ready).toBe(true);
    expect(applications.find('batch/v1 CronJob shop/web')?.replicas).toBe(1);
    const without = new Applications({ store: newer, clock: new TestClock(), log: silentLog });
    await expect(without.follow(new AbortController().signal)).rejects.toThrow('could not find');
    expect(without.ready).toBe(false);
  });

  it('stand in the status of their subnet', async () => {
    const web = app('Deployment', 'web', { replicas: 2, ...asking() });
    const { store, clock } = await world(web);
    await clock.advance(2_000);
    const status = (await store.get<SubnetObject>({ kind: subnetKind, name: 'subnet-6' }))?.status;
    expect({ ...status, controlledIPPools: JSON.parse(status?.controlledIPPools ?? '{}') }).toEqual({
      totalIPCount: 10,
      allocatedIPCount: 3,
      controlledIPPools: {
        [end('web', await uidOf(store, web))]: {
          ips: ['10.6.168.104-10.6.168.106'],
          application: 'apps_v1_Deployment_shop_web',
        },
      },
    });
  });

  it('move to another subnet with another name, the former one when it is empty', async () => {
    const web = app('Deployment', 'web', { replicas: 1, ...asking() });
    const { store, clock, pools } = await world(web);
    const name = end('web', await uidOf(store, web));
    await store.create(claim('10.6.168.102', { pool: name, podNamespace: 'shop' }));
    await change(store, web, asking({ [key('subnet')]: '{"ipv4":["subnet-7"]}' }));
    await clock.advance(1_000);
    expect((await pools()).map((one) => one.split(' ')[1])).toEqual(
      expect.arrayContaining(['10.6.168.102-10.6.168.103', '10.7.168.102-10.7.168.103']),
    );
    await store.delete({ kind: 'IPClaim', name: '10.6.168.102' }, undefined);
    await clock.advance(20_000);
    expect((await pools()).map((one) => one.split(' ')[1])).toEqual(['10.7.168.102-10.7.168.103']);
  });

  it('have an Event on their application when they cannot be as they should', async () => {
    const web = app('Deployment', 'web', { replicas: 20, ...asking() });
    const lost = app('Deployment', 'lost', asking({ [key('subnet')]: '{"ipv4":["nowhere"],"ipv6":["subnet-7"]}' }));
    const odd = app('Deployment', 'odd', asking({ [key('subnet')]: '{"ipv4":[]}' }));
    const clone = app('StatefulSet', 'big', {
      replicas: 3,
      ...asking({ [key('subnet')]: '{"ipv4":["subnet-7"]}', [key('ippool-ip-number')]: 'many' }),
    });
    const { store, live, clock, pools } = await world(web, lost, odd, clone);
    await clock.advance(30_000);
    expect(
      live.events
        .map(({ subject, type, message }) => `${type} ${subject.namespace}/${subject.name}: ${message}`)
        .toSorted(),
    ).toEqual([
      'Warning shop/big: template of StatefulSet shop/big: annotation ipam.spidernet.io/ippool-ip-number: must be a number of addresses up to 65536, or "+" and a number (got "many"); the form is "5" for five addresses, or "+2" for two more than there are Pods',
      'Warning shop/lost: Deployment shop/lost asks for addresses of SpiderSubnet "nowhere", and there is none of this name; Deployment shop/lost asks for addresses of SpiderSubnet "subnet-7" for IPv6, and it is of IPv4',
      'Warning shop/odd: template of Deployment shop/odd: annotation ipam.spidernet.io/subnet: names no subnet: give ipv4, ipv6 or both (got {"ipv4":[]}); the form is {"ipv4":["SUBNET"]}',
      'Warning shop/web: SpiderSubnet "subnet-6" has no address left for the IPv4 pool of Deployment shop/web for eth0, which lacks 11; add some to spec.ips of the subnet',
    ]);
    const wide = (await store.get({ kind: subnetKind, name: 'subnet-6' })) as Stored<Resource>;
    await store.update({ ...wide, spec: { ...(wide.spec as object), ips: ['10.6.168.101-10.6.168.140'] } });
    await clock.advance(2_000);
    expect(await pools()).toEqual([`${end('web', await uidOf(store, web))} 10.6.168.101-10.6.168.121`]);
  });
});
