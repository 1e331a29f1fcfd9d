import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { callDelegate } from './attach.ts';
import { needsNodes } from './binaries.ts';
import { hasCondition, type Pod, podManifest } from './pod.ts';
import { asks, pool, Underlay } from './underlay.ts';
import { workload } from './workload.ts';

const reason = needsNodes();
const networksAnnotation = 'k8s.v1.cni.cncf.io/networks';

describe('interfaces of Pods', () => {
  const underlay = new Underlay({ ipam: () => ({ type: 'spiderpool' }) });
  const { cluster } = underlay;
  const v4 = (n: number): string => cluster.ground.address(n);
  const v6 = (n: number): string => cluster.ground.address6(n);
  const pool4 = (name: string, spec: object): object => pool(name, { subnet: `${v4(0)}/24`, ...spec });
  const pool6 = (name: string, spec: object): object => pool(name, { subnet: `${v6(0)}/64`, ...spec });

  skipEach(reason);
  beforeAll(async () => {
    if (reason === '') await underlay.start();
  }, 300_000);
  afterAll(() => underlay.stop());

  /** Lines of `ip route` in a Pod. */
  async function routes(pod: string, family: 4 | 6): Promise<readonly string[]> {
    const text = await cluster.exec(pod, ['ip', `-${family}`, 'route', 'show']);
    return text.split('\n').map((line) => line.trim().replaceAll(/ +/g, ' '));
  }

  /** Addresses of one interface, as the Pod sees them. */
  async function addresses(pod: string, ifname: string): Promise<readonly string[]> {
    const text = await cluster.exec(pod, ['ip', '-o', 'address', 'show', 'dev', ifname]).catch(() => '');
    return [...text.matchAll(/ inet6? ([^/ ]+)\//g)]
      .map(([, address]) => address ?? '')
      .filter((address) => !address.startsWith('fe80:'));
  }

  it('get none that is gateway, excluded or reserved, and all routes, over IPv4, IPv6 and both', async () => {
    // Of eight addresses the first is the gateway, two are excluded, three reserved: two are left.
    const block = (at: (n: number) => string, first: number): { spec: object; reserved: string[]; left: string[] } => ({
      spec: {
        ips: [`${at(first)}-${at(first + 7)}`],
        gateway: at(first),
        excludeIPs: [`${at(first + 1)}-${at(first + 2)}`],
        routes: [{ dst: at === v4 ? '10.66.0.0/16' : 'fd00:66::/48', gw: at(first + 1) }],
      },
      reserved: [`${at(first + 3)}-${at(first + 4)}`, at(first + 7)],
      left: [at(first + 5), at(first + 6)],
    });
    const blocks = { only4: block(v4, 96), both4: block(v4, 104), only6: block(v6, 0x200), both6: block(v6, 0x210) };
    const { only4, only6, both4, both6 } = blocks;
    const reservation = (name: string, ips: readonly string[]): object => ({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderReservedIP',
      metadata: { name },
      spec: { ips },
    });
    await cluster.apply(
      reservation('reserved4', [...only4.reserved, ...both4.reserved]),
      reservation('reserved6', [...only6.reserved, ...both6.reserved]),
      pool4('only4', only4.spec),
      pool4('both4', both4.spec),
      pool6('only6', only6.spec),
      pool6('both6', both6.spec),
    );
    const cases = [
      { name: 'four', pools: { ipv4: ['only4'] }, left: only4.left },
      { name: 'six', pools: { ipv6: ['only6'] }, left: only6.left },
      { name: 'both', pools: { ipv4: ['both4'], ipv6: ['both6'] }, left: [...both4.left, ...both6.left] },
    ];
    await cluster.apply(
      ...cases.map(({ name, pools }) => workload('Deployment', { name, replicas: 3, annotations: asks(pools) })),
    );
    for (const { name, pools, left } of cases) {
      // The third finds nothing, and says so.
      await underlay.refusal(`app=${name}`, `"${Object.values(pools)[0]}" has 2 of 2 in use`);
      const ready = await waitFor(
        `two Pods of ${name}`,
        async () => {
          const pods = (await underlay.pods(`app=${name}`)).filter((pod) => hasCondition(pod, 'Ready'));
          return pods.length === 2 ? pods : undefined;
        },
        120_000,
        200,
      );
      const given = await Promise.all(ready.map((pod) => underlay.claimedBy(pod)));
      expect(given.flat().sort()).toEqual(left.toSorted());
      const [pod = ''] = ready.map(({ metadata }) => metadata.name);
      if (pools.ipv4 !== undefined) {
        const first = name === 'four' ? 96 : 104;
        expect(await routes(pod, 4)).toEqual(
          expect.arrayContaining([`default via ${v4(first)} dev eth0`, `10.66.0.0/16 via ${v4(first + 1)} dev eth0`]),
        );
      }
      if (pools.ipv6 !== undefined) {
        const first = name === 'six' ? 0x200 : 0x210;
        const shown = (await routes(pod, 6)).join('\n');
        expect(shown).toContain(`default via ${v6(first)} dev eth0`);
        expect(shown).toContain(`fd00:66::/48 via ${v6(first + 1)} dev eth0`);
      }
    }
    await cluster.kubectl('delete', '--wait=false', 'deployment', ...cases.map(({ name }) => name));
    await underlay.settled(0);
  });

  it('take both addresses from one VLAN', async () => {
    await cluster.apply(
      pool4('vlan10', { ips: [`${v4(120)}-${v4(121)}`], vlan: 10 }),
      pool6('vlan20', { ips: [`${v6(0x300)}-${v6(0x301)}`], vlan: 20 }),
      pool6('vlan10-6', { ips: [`${v6(0x310)}-${v6(0x311)}`], vlan: 10 }),
    );
    await cluster.apply(
      podManifest({
        name: 'mixed',
        labels: { app: 'mixed' },
        annotations: asks({ ipv4: ['vlan10'], ipv6: ['vlan20'] }),
      }),
      podManifest({ name: 'agreed', annotations: asks({ ipv4: ['vlan10'], ipv6: ['vlan20', 'vlan10-6'] }) }),
    );
    await underlay.refusal('app=mixed', /"vlan20" is in VLAN 20, and .* VLAN 10/);
    await cluster.podReady('agreed');
    const pools = (await underlay.claims())
      .filter(({ spec }) => spec.podName === 'agreed')
      .map(({ spec }) => spec.pool);
    expect(pools.sort()).toEqual(['vlan10', 'vlan10-6']);
    await cluster.kubectl('delete', '--wait=false', 'pods', 'mixed', 'agreed');
  });

  const delegate = (name: string) => ({
    cniVersion: '1.0.0',
    name,
    type: 'macvlan',
    master: 'eth0',
    mode: 'bridge',
    ipam: { type: 'spiderpool' },
  });

  async function start(name: string, annotations: Readonly<Record<string, string>>): Promise<Pod> {
    await cluster.apply(podManifest({ name, annotations }));
    return cluster.podReady(name);
  }

  it('have pools of their own, by name, and DEL of one leaves the other', async () => {
    await cluster.apply(
      pool4('front', { ips: [`${v4(130)}-${v4(133)}`], gateway: v4(1) }),
      pool('storage', {
        subnet: '10.77.0.0/24',
        ips: ['10.77.0.10-10.77.0.13'],
        gateway: '10.77.0.1',
        routes: [{ dst: '10.78.0.0/16', gw: '10.77.0.1' }],
      }),
      pool('storage6', { subnet: 'fd00:77::/64', ips: ['fd00:77::10-fd00:77::13'], gateway: 'fd00:77::1' }),
    );
    const pod = await start('two-nics', {
      ...asks([
        { interface: 'eth0', ipv4: ['front'] },
        { interface: 'net1', ipv4: ['storage'], ipv6: ['storage6'], cleangateway: true },
      ]),
      'ipam.spidernet.io/routes': JSON.stringify([
        { dst: '10.79.0.0/16', gw: v4(1) },
        { dst: '10.80.0.0/16', gw: '10.77.0.2' },
      ]),
      [networksAnnotation]: 'storage-net',
    });
    const sandbox = await underlay.sandbox(pod);
    const result = await callDelegate('ADD', sandbox, 'net1', delegate('storage-net'));
    expect(result.ips?.map(({ gateway }) => gateway)).toEqual([undefined, undefined]);

    expect(await addresses('two-nics', 'eth0')).toEqual(await underlay.claimedBy(pod, 'eth0'));
    const second = await addresses('two-nics', 'net1');
    expect([...second].sort()).toEqual([...(await underlay.claimedBy(pod, 'net1'))].sort());
    expect(second).toEqual([expect.stringMatching(/^10\.77\.0\.1[0-3]$/), expect.stringMatching(/^fd00:77::1[0-3]$/)]);
    const table = await routes('two-nics', 4);
    // One way out, and each route of the Pod on the interface that reaches its gateway.
    expect(table.filter((line) => line.startsWith('default'))).toEqual([`default via ${v4(1)} dev eth0`]);
    expect(table).toEqual(
      expect.arrayContaining([
        `10.79.0.0/16 via ${v4(1)} dev eth0`,
        '10.78.0.0/16 via 10.77.0.1 dev net1',
        '10.80.0.0/16 via 10.77.0.2 dev net1',
      ]),
    );
    expect((await routes('two-nics', 6)).filter((line) => line.startsWith('default'))).toEqual([]);

    const eth0 = await underlay.claimedBy(pod, 'eth0');
    await callDelegate('DEL', sandbox, 'net1', delegate('storage-net'));
    await callDelegate('DEL', sandbox, 'net1', delegate('storage-net'));
    expect(await underlay.claimedBy(pod)).toEqual(eth0);
    expect(await addresses('two-nics', 'eth0')).toEqual(eth0);
    expect(await addresses('two-nics', 'net1')).toEqual([]);
    await cluster.kubectl('delete', '--wait=false', 'pod', 'two-nics');
    await underlay.settled(0);
  });

  it('have pools of their own by their order, as many as there are', async () => {
    const numbers = [0, 1, 2];
    await cluster.apply(
      ...numbers.map((n) => pool(`nic${n}`, { subnet: `10.8${n}.0.0/24`, ips: [`10.8${n}.0.10-10.8${n}.0.12`] })),
    );
    const pod = await start('three-nics', {
      ...asks(numbers.map((n) => ({ ipv4: [`nic${n}`] }))),
      [networksAnnotation]: JSON.stringify([{ name: 'red' }, { name: 'blue', interface: 'store0' }]),
    });
    const sandbox = await underlay.sandbox(pod);
    await callDelegate('ADD', sandbox, 'net1', delegate('red'));
    await callDelegate('ADD', sandbox, 'store0', delegate('blue'));
    for (const [n, ifname] of ['eth0', 'net1', 'store0'].entries())
      expect(await addresses('three-nics', ifname)).toEqual([expect.stringMatching(new RegExp(`^10\\.8${n}\\.0\\.1`))]);
    // Nobody tells us of the two any more: what a Pod held goes when the Pod is gone for good. Here they are told.
    for (const [ifname, name] of [
      ['store0', 'blue'],
      ['net1', 'red'],
    ] as const)
      await callDelegate('DEL', sandbox, ifname, delegate(name));
    await cluster.kubectl('delete', '--wait=false', 'pod', 'three-nics');
    await underlay.settled(0);
  });

  // The page on layered networks of kube-ipam: the web is reached on eth0, databases by their fixed addresses on net1.
  it('are random on eth0 and fixed on net1, in layers as kube-ipam has them, and both again after a delete', async () => {
    await cluster.apply(pool4('web', { ips: [`${v4(160)}-${v4(169)}`], gateway: v4(1) }));
    const layer = {
      ...delegate('k8snet2'),
      cniVersion: '0.3.1',
      ipam: {
        type: 'kube-ipam',
        subnet: '10.188.0.0/16',
        fixedStart: '10.188.0.10',
        fixedEnd: '10.188.0.255',
        rangeStart: '10.188.1.0',
        rangeEnd: '10.188.255.254',
        gateway: '10.188.0.1',
      },
    };
    const database = (name: string, ip: string) =>
      workload('StatefulSet', {
        name,
        annotations: {
          ...asks({ ipv4: ['web'] }),
          'kube-ipam.ip': ip,
          'kube-ipam.netmask': '255.255.0.0',
          'kube-ipam.gateway': '10.188.0.1',
          [networksAnnotation]: 'k8snet2',
        },
      });
    await cluster.apply(database('database-1', '10.188.0.218'), database('database-2', '10.188.0.219'));
    const attached = async (name: string): Promise<readonly string[]> => {
      const pod = await cluster.podReady(name);
      const sandbox = await underlay.sandbox(pod);
      await callDelegate('ADD', sandbox, 'net1', layer);
      return [...(await addresses(name, 'eth0')), ...(await addresses(name, 'net1'))];
    };
    const [first, second] = [await attached('database-1-0'), await attached('database-2-0')];
    expect([first, second]).toEqual([
      [expect.stringMatching(/\.16\d$/), '10.188.0.218'],
      [expect.stringMatching(/\.16\d$/), '10.188.0.219'],
    ]);
    await waitFor('net1 to reach net1', async () => {
      const said = await cluster.exec('database-1-0', ['ping', '-c', '1', '-W', '5', '10.188.0.219']).catch(() => '');
      return said.includes(' 0% packet loss') || undefined;
    });
    // Multus would send the DEL of net1; eth0's is the runtime's.
    const gone = await cluster.podReady('database-2-0');
    await callDelegate('DEL', await underlay.sandbox(gone), 'net1', layer);
    await cluster.kubectl('delete', 'pod', 'database-2-0');
    expect(await attached('database-2-0')).toEqual(second);
    for (const name of ['database-1-0', 'database-2-0'])
      await callDelegate('DEL', await underlay.sandbox(await cluster.podReady(name)), 'net1', layer);
    await cluster.kubectl('delete', 'statefulset', 'database-1', 'database-2');
    // No controller runs that would free what is kept for them.
    const kept = await waitFor('their claims to be parked', async () => {
      const own = (await underlay.claims()).filter(({ spec }) => spec.podName?.startsWith('database-'));
      return own.every(({ spec }) => spec.parkedAt !== undefined) ? own : undefined;
    });
    await cluster.kubectl('delete', 'ipclaims', ...kept.map(({ metadata }) => metadata.name));
  });

  it('get default pools that are for their Multus networks', async () => {
    await cluster.apply(
      pool('for-red', { subnet: '10.91.0.0/24', ips: ['10.91.0.10-10.91.0.12'], default: true, multusName: ['red'] }),
      pool('for-blue', {
        subnet: '10.92.0.0/24',
        ips: ['10.92.0.10-10.92.0.12'],
        default: true,
        multusName: ['default/blue'],
      }),
    );
    const pod = await start('by-network', {
      'v1.multus-cni.io/default-network': 'kube-system/red',
      [networksAnnotation]: 'default/blue',
    });
    await callDelegate('ADD', await underlay.sandbox(pod), 'net1', delegate('blue'));
    expect(await addresses('by-network', 'eth0')).toEqual([expect.stringMatching(/^10\.91\./)]);
    expect(await addresses('by-network', 'net1')).toEqual([expect.stringMatching(/^10\.92\./)]);
  });
});
