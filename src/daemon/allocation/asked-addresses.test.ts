import { describe, expect, it } from 'vitest';
import { createCniHandler } from '../../cni/handler.ts';
import type { PodRef } from '../../ipam/attachment.ts';
import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';
import type { PoolSpec } from '../../resources/pool.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import { silentLog } from '../../telemetry/log.ts';
import type { Daemon } from '../daemon.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { Cluster, events } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

/** The configuration of kube-ipam's README, but for the comma that is missing there. */
const published = {
  cniVersion: '0.3.1',
  name: 'k8snetwork',
  type: 'macvlan',
  master: 'eth1',
  ipam: {
    name: 'kube-subnet',
    type: 'kube-ipam',
    kubeConfig: '/etc/kubernetes/pki/kubectl.kubeconfig',
    etcdConfig: {
      etcdURL: 'https://192.168.1.50:2379,https://192.168.1.58:2379,https://192.168.1.63:2379',
      etcdCertFile: '/etc/kubernetes/pki/etcd.pem',
      etcdKeyFile: '/etc/kubernetes/pki/etcd-key.pem',
      etcdTrustedCAFileFile: '/etc/kubernetes/pki/ca.pem',
    },
    subnet: '10.188.0.0/16',
    rangeStart: '10.188.0.10',
    rangeEnd: '10.188.0.200',
    gateway: '10.188.0.1',
    routes: [{ dst: '0.0.0.0/0' }],
  },
};
const fixedIp = {
  'kube-ipam.ip': '10.188.0.216',
  'kube-ipam.netmask': '255.255.0.0',
  'kube-ipam.gateway': '10.188.0.1',
};
const office: PoolSpec = {
  subnet: '10.6.0.0/24',
  ips: ['10.6.0.10-10.6.0.20'],
  fixedIPs: ['10.6.0.100-10.6.0.109'],
  gateway: '10.6.0.1',
};

/** Pods by name: `web-5d8f-x` is of Deployment web, `db-0` of StatefulSet db, `lone` of nobody. */
class Applications implements PodFactsSource {
  /** Of each owner's template. */
  readonly templates = new Map<string, Record<string, string>>();

  async podOf({ name, uid }: PodRef): Promise<PodFacts['pod']> {
    const parts = name.split('-');
    const [owner = ''] = parts;
    const annotations = this.templates.get(owner) ?? {};
    const of = { uid, labels: {}, annotations };
    if (parts.length === 1) return of;
    const isDeployment = parts.length === 3;
    const kept = isDeployment
      ? { kind: 'ReplicaSet', name: parts.slice(0, 2).join('-') }
      : { kind: 'StatefulSet', name: owner };
    const labels = isDeployment ? { 'pod-template-hash': parts[1] ?? '' } : {};
    return { ...of, labels, controller: { apiVersion: 'apps/v1', uid: `uid-${owner}`, ...kept } };
  }

  async factsOf(pod: PodRef): Promise<PodFacts> {
    return { pod: await this.podOf(pod), namespace: { labels: {}, annotations: {} }, node: { labels: {} } };
  }
}

interface Answer {
  readonly code?: number;
  readonly msg?: string;
  readonly details?: string;
  readonly ips?: readonly { readonly address: string; readonly gateway?: string }[];
}

/** A node's runtime. */
class Runtime {
  readonly daemon: Daemon;
  readonly #handle: ReturnType<typeof createCniHandler>;

  constructor(daemon: Daemon) {
    this.daemon = daemon;
    this.#handle = createCniHandler({ ipam: daemon.ipam, log: silentLog, readFile: async () => '' });
  }

  async call(verb: string, podName: string, more: { network?: object; ifname?: string; id?: string } = {}) {
    const { network = published, ifname = 'eth0', id = podName } = more;
    const environment = new Map([
      ['CNI_COMMAND', verb],
      ['CNI_CONTAINERID', id],
      ['CNI_IFNAME', ifname],
      ['CNI_NETNS', `/run/netns/${id}`],
      ['CNI_ARGS', `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${podName};K8S_POD_UID=uid-of-${id}`],
    ]);
    const stdin = Buffer.from(JSON.stringify(network));
    const execution = { id: '', interface: 'absent' } as const;
    const answer = await this.#handle({
      program: 'kube-ipam',
      environment,
      stdin,
      execution,
      canRead: false,
      ran: undefined,
    });
    await events();
    if (answer.type !== 'print') throw new Error(`it asks for ${answer.type}`);
    return (answer.stdout === '' ? {} : JSON.parse(answer.stdout)) as Answer;
  }

  async add(podName: string, more?: Parameters<Runtime['call']>[2]): Promise<string> {
    const { ips, msg, details } = await this.call('ADD', podName, more);
    if (ips === undefined) return details === undefined ? `${msg}` : `${msg}; ${details}`;
    return ips.map(({ address, gateway }) => `${address} via ${gateway}`).join(', ');
  }

  async del(podName: string, more?: Parameters<Runtime['call']>[2]): Promise<void> {
    await this.call('DEL', podName, more);
  }
}

async function world(options: Partial<DaemonOptions> = {}) {
  const c = new Cluster();
  const apps = new Applications();
  const told = { podFacts: apps, ...options };
  const [one, two] = [await c.node('node1', told), await c.node('node2', told)];
  await one.daemon.resources.apply(pool('office', { ...office, default: true }));
  await events();
  return { c, apps, one: new Runtime(one.daemon), two: new Runtime(two.daemon) };
}

const plain = { cniVersion: '1.0.0', name: 'plain', type: 'macvlan', ipam: { type: 'ipam-plugin' } };

describe("kube-ipam's configuration, as its README has it", () => {
  it('gives addresses of its range, and the fixed one outside of it, on whichever node and after a delete', async () => {
    const { c, apps, one, two } = await world();
    expect(await one.add('api-77-a')).toMatch(/^10\.188\.0\.(1\d|[2-9]\d|1\d\d|200)\/16 via 10\.188\.0\.1$/);
    apps.templates.set('web', fixedIp);
    expect(await one.add('web-5d8f-dbbsd')).toBe('10.188.0.216/16 via 10.188.0.1');
    await one.del('web-5d8f-dbbsd');
    expect(await c.claims()).toContain('10.188.0.216 parked');
    expect(await two.add('web-5d8f-xjhek')).toBe('10.188.0.216/16 via 10.188.0.1');
    expect((await c.claim('10.188.0.216')).spec).toMatchObject({
      ownerKind: 'Deployment',
      ownerName: 'web',
      node: 'node2',
      podName: 'web-5d8f-xjhek',
      podUid: 'uid-of-web-5d8f-xjhek',
    });
    expect([await one.daemon.administration.check(), await two.daemon.administration.check()]).toEqual([[], []]);
  });

  it('never gives at random what is to be asked for', async () => {
    const { one } = await world();
    const ipam = { ...published.ipam, rangeStart: '10.188.0.10', rangeEnd: '10.188.0.11' };
    const network = { ...published, ipam };
    const given = [await one.add('a', { network }), await one.add('b', { network })];
    expect(given.sort()).toEqual(['10.188.0.10/16 via 10.188.0.1', '10.188.0.11/16 via 10.188.0.1']);
    expect(await one.add('c', { network })).toMatch(
      /^no IPv4 address left: range 10\.188\.0\.10-10\.188\.0\.11 of network "k8snetwork" has 2 of 2 in use/,
    );
  });

  it('takes several subnets with fixedStart and fixedEnd, and a fixed address of either', async () => {
    const { apps, one } = await world();
    const { subnet: _, rangeStart: __, rangeEnd: ___, gateway: ____, ...rest } = published.ipam;
    const ranges = [
      [
        {
          subnet: '10.188.0.0/16',
          fixedStart: '10.188.0.10',
          fixedEnd: '10.188.3.155',
          rangeStart: '10.188.3.156',
          rangeEnd: '10.188.255.254',
          gateway: '10.188.0.1',
        },
        { subnet: '10.199.0.0/16', fixedStart: '10.199.0.10', fixedEnd: '10.199.0.255' },
      ],
    ];
    const network = { ...published, ipam: { ...rest, ranges } };
    apps.templates.set('web', { 'kube-ipam.ip': '10.199.0.77' });
    expect(await one.add('web-5d8f-a', { network })).toBe('10.199.0.77/16 via 10.199.0.1');
    apps.templates.set('web', { 'kube-ipam.ip': '10.199.1.0' });
    expect(await one.add('web-77aa-b', { network })).toBe('10.199.1.0/16 via 10.199.0.1');
    apps.templates.set('web', { 'kube-ipam.ip': '10.188.0.9' });
    expect(await one.add('web-88aa-c', { network })).toMatch(
      /^address 10\.188\.0\.9 of range .* is never given out: it is in none of its ranges/,
    );
  });
});

describe('the addresses of an application', () => {
  const two = { 'kube-ipam.ip': '10.188.0.216,10.188.0.220-10.188.0.221' };

  it('are one for each of its Pods, and the same again through a rolling update with one to spare', async () => {
    const { c, apps, one, two: other } = await world();
    apps.templates.set('web', two);
    const given = [await one.add('web-aa-1'), await other.add('web-aa-2')];
    expect(given).toEqual(['10.188.0.216/16 via 10.188.0.1', '10.188.0.220/16 via 10.188.0.1']);
    expect(await other.add('web-bb-1')).toBe('10.188.0.221/16 via 10.188.0.1');
    await one.del('web-aa-1');
    expect(await one.add('web-bb-2')).toBe('10.188.0.216/16 via 10.188.0.1');
    await other.del('web-aa-2');
    expect(await c.claims()).toEqual(['10.188.0.216 web-bb-2', '10.188.0.220 parked', '10.188.0.221 web-bb-1']);
  });

  it('are the same where daemons know their own claims only', async () => {
    const { c, apps, one, two: other } = await world({ knowsOnlyOwnClaims: true });
    apps.templates.set('web', two);
    expect([await one.add('web-aa-1'), await other.add('web-aa-2')]).toEqual([
      '10.188.0.216/16 via 10.188.0.1',
      '10.188.0.220/16 via 10.188.0.1',
    ]);
    await one.del('web-aa-1');
    expect(await other.add('web-bb-1')).toBe('10.188.0.216/16 via 10.188.0.1');
    expect(await c.claims()).toEqual(['10.188.0.216 web-bb-1', '10.188.0.220 web-aa-2']);
    apps.templates.set('api', { 'kube-ipam.ip': '10.188.0.216' });
    expect(await one.add('api-cc-1')).toMatch(
      /^address 10\.188\.0\.216 is held by Pod shop\/web-bb-1 of Deployment shop\/web on node "node2"/,
    );
  });

  it('say what to change when a rolling update finds none to spare', async () => {
    const { apps, one, two: other } = await world();
    apps.templates.set('web', fixedIp);
    await one.add('web-aa-1');
    expect(await other.add('web-bb-1')).toBe(
      'address 10.188.0.216 is held by Pod shop/web-aa-1 of Deployment shop/web on node "node1" (annotation kube-ipam.ip of Pod "shop/web-bb-1"); all of them are in use by its own Pods: name one more address than there are replicas, or set strategy.rollingUpdate.maxSurge to 0 (or strategy.type to Recreate), so that an old Pod ends before a new one begins',
    );
    await one.del('web-aa-1');
    expect(await other.add('web-bb-1')).toBe('10.188.0.216/16 via 10.188.0.1');
  });

  it('are each for one of many Pods that come at once, on either node', async () => {
    const { c, apps, one, two: other } = await world();
    apps.templates.set('web', { 'kube-ipam.ip': '10.188.1.0-10.188.1.19' });
    const names = Array.from({ length: 20 }, (_, index) => index);
    const addAll = (hash: string) =>
      Promise.all(names.map((index) => (index % 2 === 0 ? one : other).add(`web-${hash}-${index}`)));
    const first = await addAll('aa');
    expect(new Set(first).size).toBe(20);
    for (const index of names) await (index % 2 === 0 ? one : other).del(`web-aa-${index}`);
    expect((await c.claims()).filter((claim) => claim.endsWith(' parked'))).toHaveLength(20);
    const left: string[] = [];
    // A runtime asks again for what was refused because another node was faster.
    for (let round = 0; round < 5 && left.length < 20; round += 1) {
      for (const answer of await addAll(`b${round}`)) if (answer.startsWith('10.')) left.push(answer);
    }
    expect(left.sort()).toEqual(first.toSorted());
  });

  it('go when it asks for others, and stay with a StatefulSet in the order of its Pods', async () => {
    const { c, apps, one } = await world();
    apps.templates.set('web', fixedIp);
    await one.add('web-aa-1');
    await one.del('web-aa-1');
    apps.templates.set('web', { 'kube-ipam.ip': '10.188.0.217' });
    await one.add('web-bb-1');
    expect(await c.claims()).toEqual(['10.188.0.217 web-bb-1']);
    apps.templates.set('db', two);
    expect(await one.add('db-1')).toBe('10.188.0.220/16 via 10.188.0.1');
    expect(await one.add('db-0')).toBe('10.188.0.216/16 via 10.188.0.1');
    await one.del('db-1');
    expect(await one.add('db-2')).toBe('10.188.0.221/16 via 10.188.0.1');
    expect(await one.add('db-1', { id: 'again' })).toBe('10.188.0.220/16 via 10.188.0.1');
  });

  it("are given of pools that people make as well, by Calico's annotation too", async () => {
    const { c, apps, one } = await world();
    apps.templates.set('web', { 'cni.projectcalico.org/ipAddrs': '["10.6.0.100"]' });
    expect(await one.add('web-aa-1', { network: plain })).toBe('10.6.0.100/24 via 10.6.0.1');
    await one.del('web-aa-1', { network: plain });
    expect(await c.claims()).toEqual(['10.6.0.100 parked']);
    apps.templates.set('db', { 'kube-ipam.ip': '10.6.0.15', 'kube-ipam.gateway': '10.6.0.2' });
    expect(await one.add('db-0', { network: plain })).toBe('10.6.0.15/24 via 10.6.0.2');
  });

  it("are the other interface's where a Pod has several networks", async () => {
    const { apps, one } = await world();
    apps.templates.set('db', { ...fixedIp, 'k8s.v1.cni.cncf.io/networks': 'k8snetwork' });
    expect(await one.add('db-0', { network: plain })).toMatch(/^10\.6\.0\.1\d\/24 via 10\.6\.0\.1$/);
    expect(await one.add('db-0', { ifname: 'net1' })).toBe('10.188.0.216/16 via 10.188.0.1');
  });
});

describe('an address that an annotation asks for', () => {
  it.each<[string, Record<string, string>, object, RegExp]>([
    [
      'is outside of the subnet',
      { 'kube-ipam.ip': '10.189.0.9' },
      published,
      /^requested address 10\.189\.0\.9 is in none of the pools: .* 10\.188\.0\.0\/16 \(annotation kube-ipam\.ip of Pod "shop\/lone"\)$/,
    ],
    [
      'is outside of the subnet, one of a list',
      { 'kube-ipam.ip': '10.188.0.216,10.189.0.9' },
      published,
      /^requested address 10\.189\.0\.9 is in none of the pools/,
    ],
    [
      "is outside of the subnet of the only network of kube-ipam's",
      { 'kube-ipam.ip': '10.189.0.9', 'k8s.v1.cni.cncf.io/networks': 'b' },
      published,
      /^requested address 10\.189\.0\.9 is in none of the pools/,
    ],
    [
      'is the gateway',
      { 'kube-ipam.ip': '10.188.0.1' },
      published,
      /^address 10\.188\.0\.1 of range .* is never given out: it is its gateway/,
    ],
    [
      'is the broadcast address',
      { 'kube-ipam.ip': '10.188.255.255' },
      published,
      /it is a network or broadcast address/,
    ],
    ['is reserved', { 'kube-ipam.ip': '10.6.0.101' }, plain, /it is reserved by SpiderReservedIP "kept"/],
    [
      'is in quarantine',
      { 'kube-ipam.ip': '10.6.0.102' },
      plain,
      /^address 10\.6\.0\.102 of pool "office" is in quarantine: answers ARP/,
    ],
    [
      'is in none of the ranges',
      { 'kube-ipam.ip': '10.6.0.50' },
      plain,
      /it is in none of its ranges \(spec\.ips\) .*list it in spec\.ips, or in spec\.fixedIPs/,
    ],
    [
      'is held by another Pod',
      { 'kube-ipam.ip': '10.6.0.103' },
      plain,
      /^address 10\.6\.0\.103 is held by Pod shop\/other on node "node1"/,
    ],
    [
      'is kept for another application',
      { 'kube-ipam.ip': '10.6.0.104' },
      plain,
      /^address 10\.6\.0\.104 is kept for Pods of Deployment shop\/web \(eth0\), which come again/,
    ],
    [
      "all of a list are somebody's",
      { 'kube-ipam.ip': '10.6.0.103-10.6.0.104' },
      plain,
      /^no IPv4 address is left of 10\.6\.0\.103-10\.6\.0\.104 \(annotation .*\): address 10\.6\.0\.103 is held by .*; address 10\.6\.0\.104 is kept for /,
    ],
    [
      'has a netmask of another subnet',
      { 'kube-ipam.ip': '10.188.0.216', 'kube-ipam.netmask': '255.255.255.0' },
      published,
      /has subnet 10\.188\.0\.0\/16, and 10\.188\.0\.216 is asked for with \/24/,
    ],
    [
      'has a gateway of elsewhere',
      { 'kube-ipam.ip': '10.188.0.216', 'kube-ipam.gateway': '10.1.0.1' },
      published,
      /has subnet 10\.188\.0\.0\/16, which has no gateway 10\.1\.0\.1/,
    ],
    [
      'has a gateway that Pods may have',
      { 'kube-ipam.ip': '10.188.0.216', 'kube-ipam.gateway': '10.188.0.20' },
      published,
      /gives 10\.188\.0\.20 to Pods, and it is asked for as a gateway/,
    ],
    [
      'comes by two annotations',
      { 'kube-ipam.ip': '10.6.0.100', 'cni.projectcalico.org/ipAddrs': '["10.6.0.100"]' },
      plain,
      /Calico and kube-ipam both say which addresses they are/,
    ],
    [
      'comes by the call as well',
      { 'kube-ipam.ip': '10.6.0.100' },
      { ...plain, args: { cni: { ips: ['10.6.0.105'] } } },
      /^Pod "shop\/lone": the call asks for 10\.6\.0\.105 .*, and annotation kube-ipam\.ip of Pod "shop\/lone" for 10\.6\.0\.100/,
    ],
  ])('is refused when it %s', async (_, annotations, network, says) => {
    const { apps, one } = await world();
    const { resources } = one.daemon;
    const kept = { apiVersion: pool('x', {}).apiVersion, kind: reservedIPKind, metadata: { name: 'kept' } };
    await resources.apply({ ...kept, spec: { ips: ['10.6.0.101'] } });
    await one.daemon.administration.quarantine({ family: 4, value: 0x0a060066n }, 'answers ARP');
    apps.templates.set('other', { 'kube-ipam.ip': '10.6.0.103' });
    await one.add('other', { network: plain });
    apps.templates.set('web', { 'kube-ipam.ip': '10.6.0.104' });
    await one.add('web-aa-1', { network: plain });
    await one.del('web-aa-1', { network: plain });
    apps.templates.set('lone', annotations);
    expect((await one.add('lone', { network })).replaceAll('\n', ' ')).toMatch(says);
    expect(await one.daemon.administration.check()).toEqual([]);
  });

  it('is refused in a pool with blocks, which no claim keeps', async () => {
    const { apps, one } = await world();
    await one.daemon.resources.apply(pool('blocks', { subnet: '10.7.0.0/16', blockSize: 24 }));
    apps.templates.set('lone', { 'kube-ipam.ip': '10.7.0.9' });
    const network = { ...plain, ipam: { type: 'ipam-plugin', pools: ['blocks'] } };
    expect(await one.add('lone', { network })).toMatch(
      /"blocks" leases blocks, and a fixed address \(annotation kube-ipam\.ip of Pod "shop\/lone"\) is given by a pool without blockSize/,
    );
  });
});
