import { describe, expect, it } from 'vitest';
import { createCniHandler } from '../../cni/handler.ts';
import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';
import { IpamError } from '../../resources/errors.ts';
import { type PoolSpec, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { Daemon } from '../daemon.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';

const key = (name: string) => `ipam.spidernet.io/${name}`;
const now = () => 1_700_000_000_000;

/** What Kubernetes would say of every Pod, or why it says nothing. */
class Facts implements PodFactsSource {
  asked = 0;
  annotations: Record<string, string> = {};
  namespace: Record<string, string> = {};
  refusal: IpamError | undefined;

  async podOf(): Promise<PodFacts['pod']> {
    return { labels: { app: 'web' }, annotations: this.annotations };
  }

  async factsOf(): Promise<PodFacts> {
    this.asked += 1;
    if (this.refusal !== undefined) throw this.refusal;
    return {
      pod: await this.podOf(),
      namespace: { labels: { tenant: 'red' }, annotations: this.namespace },
      node: { labels: {} },
    };
  }
}

interface Answer {
  readonly code?: number;
  readonly msg?: string;
  readonly details?: string;
  readonly ips?: readonly { readonly address: string; readonly gateway?: string }[];
  readonly routes?: readonly { readonly dst: string; readonly gw?: string }[];
}

async function world(specs: Readonly<Record<string, PoolSpec>>, podFacts?: PodFactsSource) {
  let uids = 0;
  const refused: string[] = [];
  const daemon = new Daemon({
    node: 'node1',
    store: new MemoryStore({ now, newUid: () => `uid-${++uids}` }),
    journal: new MemoryJournal(),
    clock: {
      now,
      elapsed: now,
      pause: (_ms, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    },
    log: silentLog,
    cooldownMs: 0,
    preleaseThreshold: 0.2,
    maintenanceIntervalMs: 1_000,
    clusterCidrs: [],
    blockSizes: { 4: 24, 6: 64 },
    ...(podFacts === undefined ? {} : { podFacts }),
    onRefused: ({ namespace, name }, { code }) => void refused.push(`${namespace}/${name} ${code}`),
  });
  await daemon.start();
  for (const [name, spec] of Object.entries(specs)) {
    await daemon.resources.apply({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec });
  }
  const handle = createCniHandler({ ipam: daemon.ipam, log: silentLog, readFile: async () => '' });
  const add = async (containerId: string, ifname: string, ipam: object = {}): Promise<Answer> => {
    const network = { cniVersion: '1.0.0', name: 'underlay', type: 'macvlan', ipam: { type: 'spiderpool', ...ipam } };
    const environment = new Map([
      ['CNI_COMMAND', 'ADD'],
      ['CNI_CONTAINERID', containerId],
      ['CNI_IFNAME', ifname],
      ['CNI_NETNS', '/run/netns/c'],
      ['CNI_ARGS', `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${containerId};K8S_POD_UID=u`],
    ]);
    const answer = await handle({
      program: 'spiderpool',
      environment,
      stdin: Buffer.from(JSON.stringify(network)),
      execution: { id: '', interface: 'absent' },
      canRead: false,
      ran: undefined,
    });
    return answer.type === 'print' ? JSON.parse(answer.stdout) : {};
  };
  return { daemon, add, refused };
}

const office: PoolSpec = { subnet: '10.6.0.0/24', ips: ['10.6.0.10-10.6.0.11'], gateway: '10.6.0.1' };
const storage: PoolSpec = { subnet: '10.7.0.0/24', ips: ['10.7.0.10-10.7.0.20'], gateway: '10.7.0.1' };
const spare: PoolSpec = { subnet: '10.8.0.0/24', ips: ['10.8.0.10-10.8.0.20'], gateway: '10.8.0.1' };
const both = [{ ipv4: ['office', 'spare'] }, { ipv4: ['stor*'], cleangateway: true }];

describe('a Pod of Kubernetes', () => {
  it('gets two interfaces from the pools of its annotation, one with a clean gateway, and its routes by interface', async () => {
    const facts = new Facts();
    const { add } = await world({ office, storage }, facts);
    facts.annotations = {
      [key('ippools')]: JSON.stringify(both),
      [key('routes')]: '[{"dst":"10.60.0.0/16","gw":"10.6.0.2"},{"dst":"10.70.0.0/16","gw":"10.7.0.2"}]',
    };
    expect(await add('web-0', 'eth0')).toMatchObject({
      ips: [{ address: '10.6.0.10/24', gateway: '10.6.0.1' }],
      routes: [
        { dst: '10.60.0.0/16', gw: '10.6.0.2' },
        { dst: '0.0.0.0/0', gw: '10.6.0.1' },
      ],
    });
    const second = await add('web-0', 'net1');
    expect(second.ips).toEqual([{ address: '10.7.0.10/24' }]);
    expect(second.routes).toEqual([{ dst: '10.70.0.0/16', gw: '10.7.0.2' }]);
  });

  it('is asked about once: a repeated ADD has its answer', async () => {
    const facts = new Facts();
    facts.annotations = { [key('ippool')]: '{"ipv4":["office"]}' };
    const { add } = await world({ office }, facts);
    const first = await add('web-0', 'eth0');
    facts.annotations = { [key('ippool')]: 'broken' };
    expect(await add('web-0', 'eth0')).toEqual(first);
    expect(facts.asked).toBe(1);
  });

  it('falls back to the next pool when one is exhausted, and is told of all when none is left', async () => {
    const facts = new Facts();
    facts.annotations = { [key('ippool')]: '{"ipv4":["office","gone","blues","spare"]}' };
    const blues: PoolSpec = { subnet: '10.9.0.0/24', namespaceAffinity: { matchLabels: { tenant: 'blue' } } };
    const { add, refused } = await world({ office, blues, spare: { ...spare, ips: ['10.8.0.10'] } }, facts);
    const got = [await add('web-0', 'eth0'), await add('web-1', 'eth0'), await add('web-2', 'eth0')];
    expect(got.map(({ ips }) => ips?.[0]?.address)).toEqual(['10.6.0.10/24', '10.6.0.11/24', '10.8.0.10/24']);
    const none = await add('web-3', 'eth0');
    expect(none.code).toBe(100);
    expect(none.details?.split('\n')).toEqual([
      'pool "office": has 2 of 2 in use: every address is taken',
      'pool "spare": has 1 of 1 in use: every address is taken',
      'pool "gone": does not exist',
      'pool "blues": is for namespaces labelled tenant=blue, and namespace "shop" has tenant=red',
      'add a pool or a range, or look for leaks with ipam-cli check',
    ]);
    expect(refused).toEqual(['shop/web-3 pool-exhausted']);
  });

  it('has its annotations before those of its namespace, and these before the network', async () => {
    const facts = new Facts();
    const { add } = await world({ office, storage, spare }, facts);
    const config = { default_ipv4_ippool: ['storage'] };
    expect((await add('a', 'eth0', config)).ips?.[0]?.address).toBe('10.7.0.10/24');
    facts.namespace = { [key('default-ipv4-ippool')]: '["spare"]' };
    expect((await add('b', 'eth0', config)).ips?.[0]?.address).toBe('10.8.0.10/24');
    facts.annotations = { [key('ippool')]: '{"ipv4":["office"]}' };
    expect((await add('c', 'eth0', config)).ips?.[0]?.address).toBe('10.6.0.10/24');
  });

  it('leaves no address behind when nothing can be learned about it, and is told only what it can mend', async () => {
    const facts = new Facts();
    const { daemon, add, refused } = await world({ office: { ...office, default: true } }, facts);
    facts.refusal = new IpamError('store-unavailable', 'the API server does not answer');
    expect((await add('a', 'eth0')).code).toBe(11);
    facts.refusal = undefined;
    facts.annotations = { [key('ippools')]: '[{"interface":"net1","ipv4":["office"]}]' };
    expect((await add('b', 'eth0')).msg).toMatch(/no entry for interface eth0/);
    expect(daemon.administration.allocations()).toEqual([]);
    expect((await daemon.administration.pools())[0]?.used).toBe(0n);
    expect(refused).toEqual(['shop/b invalid-config']);
  });

  it('is not asked about for ranges of the network configuration', async () => {
    const facts = new Facts();
    const { add } = await world({}, facts);
    const config = { ranges: [[{ subnet: '10.5.0.0/24' }]] };
    expect((await add('a', 'eth0', config)).ips?.[0]?.address).toBe('10.5.0.2/24');
    expect(facts.asked).toBe(0);
  });

  it('is given the address of the ranges that it fixes, and none of pools that do not have it', async () => {
    const facts = new Facts();
    facts.annotations = { 'kube-ipam.ip': '10.5.0.216', 'kube-ipam.gateway': '10.5.0.1' };
    const { add, refused } = await world({ office: { ...office, default: true } }, facts);
    const config = { ranges: [[{ subnet: '10.5.0.0/24' }]] };
    expect(await add('a', 'eth0', config)).toMatchObject({ ips: [{ address: '10.5.0.216/24', gateway: '10.5.0.1' }] });
    expect((await add('b', 'eth0')).msg).toContain('10.5.0.216 is in none of the pools: "office" 10.6.0.0/24');
    expect(refused).toEqual(['shop/b address-not-allowed']);
  });

  // Spiderpool's D00002, with its way of making destinations.
  it('has the routes and the gateway that its pool has when it comes, and keeps those that it came with', async () => {
    const spec: PoolSpec = { subnet: 'fd00:192:1278::/64', ips: ['fd00:192:1278::10-fd00:192:1278::20'] };
    const { add, daemon } = await world({ six: spec });
    const config = { default_ipv6_ippool: ['six'] };
    const before = await add('old', 'eth0', config);
    const change = (more: Partial<PoolSpec>) =>
      daemon.resources.apply({
        apiVersion: spiderpoolVersion,
        kind: poolKind,
        metadata: { name: 'six' },
        spec: { ...spec, ...more },
      });
    const [gateway, dst, gw] = ['fd00:192:1278::1', 'fd00:192:1278::/32', 'fd00:192:1278::fe'];
    await expect(change({ gateway: 'fd11::1', routes: [{ dst, gw }] })).rejects.toThrow(
      'spec.gateway fd11::1 is outside',
    );
    await expect(change({ gateway, routes: [{ dst, gw: 'fd11::1' }] })).rejects.toThrow('gw fd11::1 of fd00:192::/32');
    await change({ gateway, routes: [{ dst, gw }] });
    expect((await add('new', 'eth0', config)).routes).toContainEqual({ dst: 'fd00:192::/32', gw });
    const kept = daemon.administration.ofContainer('old')[0]?.addresses[0];
    expect([before.routes ?? [], kept?.routes ?? []]).toEqual([[], []]);
  });

  // What Spiderpool's A00017 does to the networks of a stateful application's Pod.
  it('has an address of the pool that its network names by now, when it comes again', async () => {
    const { add, daemon } = await world({ office, storage, spare });
    const one = await add('web-0', 'net1', { default_ipv4_ippool: ['office'] });
    await daemon.ipam.release({ network: 'underlay', containerId: 'web-0', ifname: 'net1' });
    const other = await add('web-0', 'net1', { default_ipv4_ippool: ['storage'] });
    expect([one, other].map(({ ips }) => ips?.[0]?.address)).toEqual(['10.6.0.10/24', '10.7.0.10/24']);
    expect((await daemon.administration.pools()).map(({ name, used }) => [name, used])).toEqual([
      ['office', 0n],
      ['spare', 0n],
      ['storage', 1n],
    ]);
  });

  it('has the routes of its annotation with their host bits masked', async () => {
    const facts = new Facts();
    const routes = '[{"Dst":"10.200.3.4/16","gw":"10.6.0.1"}]';
    facts.annotations = { [key('ippools')]: '[{"IPv4":["office"],"cleanGateway":true}]', [key('routes')]: routes };
    const { add } = await world({ office }, facts);
    expect((await add('a', 'eth0')).routes).toEqual([{ dst: '10.200.0.0/16', gw: '10.6.0.1' }]);
  });
});

describe('where there is no Kubernetes to ask', () => {
  it('the pools of everybody are given as ever, and those of some Pods to nobody', async () => {
    const webs: PoolSpec = { subnet: '10.9.0.0/24', default: true, podAffinity: { matchLabels: { app: 'web' } } };
    const { add } = await world({ webs, office: { ...office, default: true } });
    expect((await add('a', 'eth0')).ips?.[0]?.address).toBe('10.6.0.10/24');
    const refusal = await add('b', 'eth0', { pools: ['webs'] });
    expect(refusal.code).toBe(7);
    expect(refusal.msg).toMatch(
      /"webs" is for Pods labelled app=web, and the labels of Pod "shop\/b" are not known here/,
    );
  });
});

describe("a network of Spiderpool's", () => {
  const pools = { office: { ...office, default: true }, storage };

  it.each<[string, object, object[]]>([
    ['a default route by the gateway', {}, [{ dst: '0.0.0.0/0', gw: '10.6.0.1' }]],
    ['none with clean_gateway', { clean_gateway: true }, []],
    [
      'its own routes, and no second default',
      { routes: [{ dst: '0.0.0.0/0', gw: '10.6.0.9' }] },
      [{ dst: '0.0.0.0/0', gw: '10.6.0.9' }],
    ],
    ['none as a network of ours', { type: 'ipam-plugin' }, []],
    [
      'one as a network of ours that names its pools',
      { type: 'ipam-plugin', default_ipv4_ippool: ['off*'] },
      [{ dst: '0.0.0.0/0', gw: '10.6.0.1' }],
    ],
  ])('gives %s', async (_what, ipam, routes) => {
    const { add } = await world(pools);
    expect((await add('a', 'eth0', ipam)).routes).toEqual(routes);
  });

  it.each<[string, object, RegExp]>([
    ['match_master_subnet', { match_master_subnet: true }, /ipam\.match_master_subnet: .*come with a later version/],
    ['a pattern that is none', { default_ipv4_ippool: ['a['] }, /ipam\.default_ipv4_ippool\.0: not a pattern/],
    [
      'pools named twice over',
      { default_ipv4_ippool: ['a'], pools: ['a'] },
      /ipam names pools and default_ipv4_ippool or default_ipv6_ippool; one/,
    ],
    ['a relative socket', { ipam_unix_socket_path: 'x.sock' }, /ipam_unix_socket_path: not an absolute path/],
    [
      'a pool that is not there',
      { default_ipv6_ippool: ['x'] },
      /^no IPv6 pool .*\(configuration of network "underlay"\): "x" does not exist/,
    ],
  ])('refuses %s', async (_what, ipam, says) => {
    const { add } = await world(pools);
    const refusal = await add('a', 'eth0', ipam);
    expect(refusal.code).toBe(7);
    expect(refusal.msg).toMatch(says);
  });

  it('may say where to log, in numbers or in texts', async () => {
    const { add } = await world(pools);
    const ipam = {
      log_level: 'DEBUG',
      log_file_path: '/var/log/x.log',
      log_file_max_size: '100',
      log_file_max_age: 30,
      log_file_max_count: 7,
      match_master_subnet: false,
      ipam_unix_socket_path: '/var/run/spidernet/spiderpool.sock',
    };
    expect((await add('a', 'eth0', ipam)).ips).toHaveLength(1);
  });
});
