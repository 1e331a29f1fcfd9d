import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelled } from '../../src/ipam/claim/claim-labels.ts';
import { newClaim } from '../../src/resources/claim.ts';
import { type CniResult, cni } from '../kit/cni.ts';
import { type DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { needsControlPlane } from './binaries.ts';
import { ControlPlane } from './control-plane.ts';
import type { ControllerProcess } from './controller-process.ts';
import { daemonFor, install } from './installed.ts';
import { startPublisher } from './publisher.ts';

const reason = needsControlPlane();
const nodes = ['node-one', 'node-two'];
const pools = [
  // What is excluded no Pod gets: a test leaves a claim of it behind.
  pool('red', { subnet: '10.31.0.0/24', gateway: '10.31.0.1', excludeIPs: ['10.31.0.77'], default: true }),
  pool('blue', {
    subnet: '10.32.0.0/24',
    gateway: '10.32.0.1',
    namespaceAffinity: { matchLabels: { tenant: 'blue' } },
  }),
  pool('rack2', { subnet: '10.33.0.0/24', nodeAffinity: { matchLabels: { rack: 'two' } } }),
  pool('tiny', { subnet: '10.34.0.0/29', gateway: '10.34.0.1' }),
  pool('crowd', { subnet: '10.36.0.0/27', gateway: '10.36.0.1' }),
  pool('stay', { subnet: '10.37.0.0/29', gateway: '10.37.0.1' }),
  pool('few', { subnet: '10.35.0.0/24', namespaceQuota: 3 }),
];

/** What has no record behind it is garbage after a second. */
const hasty = (claims: string): string => `allocation:\n  sandboxDeadline: 1s\n  goneAfter: 1s\n  claims: ${claims}\n`;

/** Whether they watch the claims of all, or know their own and ask for the rest (decision 51), is no difference to a Pod. */
const title = 'daemons that keep their state in a Kubernetes API server, claims: %s';
describe.each(['all', 'own'] as const)(title, (known) => {
  const controlPlane = new ControlPlane();
  let daemons: readonly DaemonProcess[] = [];
  let publisher: ControllerProcess | undefined;
  let next = 0;

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await install(controlPlane);
    await controlPlane.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { tenant: 'red' } } },
      ...['one', 'two'].map((rack) => ({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: `node-${rack}`, labels: { rack } },
      })),
      ...pools,
    );
    if (known === 'own') publisher = await startPublisher(controlPlane);
    daemons = await Promise.all(nodes.map((node) => daemonFor(controlPlane, node, hasty(known))));
    await Promise.all(daemons.map((daemon) => daemon.start()));
  });
  afterAll(async () => {
    for (const daemon of daemons) await daemon.remove();
    await publisher?.remove();
    await controlPlane.stop();
  });

  const daemon = (index: number): DaemonProcess => daemons[index] as DaemonProcess;

  async function addPod(name: string, node: string, metadata: object = {}): Promise<string> {
    const { text } = await controlPlane.request('POST', '/api/v1/namespaces/shop/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...metadata },
      spec: { nodeName: node, containers: [{ name: 'main', image: 'none' }] },
    });
    return (JSON.parse(text) as { metadata: { uid: string } }).metadata.uid;
  }

  function call(
    command: 'ADD' | 'DEL',
    index: number,
    pod: { name: string; uid: string; id: string },
  ): Promise<CniResult> {
    const config = {
      cniVersion: '1.0.0',
      name: 'net',
      type: 'macvlan',
      ipam: { type: 'ipam-plugin', daemonSocket: daemon(index).socket },
    };
    const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${pod.name};K8S_POD_UID=${pod.uid}`;
    return cni('ipam-plugin', config, { command, containerId: pod.id, netns: '/var/run/netns/x', args });
  }

  async function add(index: number, annotations: Record<string, string> = {}) {
    const name = `pod-${next++}`;
    const uid = await addPod(name, nodes[index] ?? '', { annotations });
    const pod = { name, uid, id: `c-${name}` };
    return { pod, result: await call('ADD', index, pod) };
  }

  /** A wave of Pods that want an address of one pool, on both nodes in turns. @returns who got one, and where */
  async function wave(pool: string, count: number) {
    const annotations = { 'ipam.spidernet.io/ippool': JSON.stringify({ ipv4: [pool] }) };
    const all = Array.from({ length: count }, async (_, n) => ({ node: n % 2, ...(await add(n % 2, annotations)) }));
    return Promise.all(all);
  }

  const addressOf = ({ json }: CniResult): string => json.ips?.[0]?.address ?? `${json.msg}`;

  const claims = async (): Promise<{ metadata: { name: string }; spec: { podUid?: string; node: string } }[]> =>
    (await controlPlane.get<{ items: never[] }>('/apis/berth.network/v1alpha1/ipclaims'))?.items ?? [];

  it('give a Pod an address of the default pool, by one claim of its name, and take it back', async () => {
    const { pod, result } = await add(0);
    expect(result).toMatchObject({ exit: 0, json: { ips: [{ gateway: '10.31.0.1' }] } });
    const address = result.json.ips?.[0]?.address.split('/')[0] ?? '';
    expect(await claims()).toMatchObject([
      { metadata: { name: address }, spec: { podUid: pod.uid, node: 'node-one' } },
    ]);
    expect(await call('DEL', 0, pod)).toMatchObject({ exit: 0 });
    expect(await claims()).toEqual([]);
  });

  it('choose pools by the Pod, its namespace and its node, and say on the Pod why there is none', async () => {
    const asked = { 'ipam.spidernet.io/ippool': JSON.stringify({ ipv4: ['blue', 'rack2'] }) };
    const here = await add(1, asked);
    expect(here.result.json.ips?.[0]?.address).toMatch(/^10\.33\.0\./);
    const { pod, result } = await add(0, asked);
    expect(result.exit).not.toBe(0);
    for (const text of ['"blue"', '"rack2"', 'tenant=blue', 'rack=two']) {
      expect(`${result.json.msg} ${result.json.details}`).toContain(text);
    }
    const event = await waitFor('an Event on the Pod', async () => {
      const path = `/api/v1/namespaces/shop/events?fieldSelector=involvedObject.uid=${pod.uid}`;
      return (await controlPlane.get<{ items: { message: string; reason: string; count: number }[] }>(path))?.items[0];
    });
    expect(event).toMatchObject({ reason: 'FailedIPAllocation', message: expect.stringContaining('"rack2"') });
    // A repetition that comes before the answer to the first write is told with the one after it.
    await waitFor('the daemon to know that it is written', async () => {
      const text = await httpText(daemon(0).socket, '/metrics');
      return /^ipam_api_requests_total\{verb="create",resource="events",code="201"\} 1$/m.test(text) || undefined;
    });
    await call('ADD', 0, pod);
    await waitFor('the Event to count up', async () => {
      const path = `/api/v1/namespaces/shop/events?fieldSelector=involvedObject.uid=${pod.uid}`;
      const items = (await controlPlane.get<{ items: { count: number }[] }>(path))?.items ?? [];
      return items.length === 1 && items[0]?.count === 2 ? true : undefined;
    });
    await call('DEL', 1, here.pod);
  });

  it('explain why a Pod has no address, and what would come of a try for one that nobody has tried yet', async () => {
    const asked = { 'ipam.spidernet.io/ippool': JSON.stringify({ ipv4: ['blue', 'rack2'] }) };
    const { pod, result } = await add(0, asked);
    expect(result.exit).not.toBe(0);
    const explained = async (name: string) =>
      JSON.parse((await daemon(0).cli('explain', `shop/${name}`, '-o', 'json')).stdout);
    const pools = [
      { pool: 'blue', reason: expect.stringContaining('tenant=blue, and namespace "shop" has tenant=red') },
      { pool: 'rack2', reason: expect.stringContaining('rack=two, and node "node-one" has rack=one') },
    ];
    expect(await explained(pod.name)).toMatchObject({
      addresses: [],
      tries: [{ node_id: 'node-one', problem: { code: 'not-found' }, pools }],
      prospects: [{ node_id: 'node-one', refusal: expect.stringContaining('no IPv4 pool'), pools }],
    });
    const name = `pod-${next++}`;
    await addPod(name, 'node-one', { annotations: asked });
    const untried = await waitFor('the daemon to know of the Pod', async () => {
      const answer = await explained(name);
      return answer.prospects.length > 0 ? answer : undefined;
    });
    expect(untried).toMatchObject({ tries: [], prospects: [{ node_id: 'node-one', pools }] });
  });

  it('write on a Pod what an operator did to its addresses, and why', async () => {
    const { pod, result } = await add(0);
    const [address = ''] = (result.json.ips?.[0]?.address ?? '').split('/');
    const path = `/api/v1/namespaces/shop/events?fieldSelector=involvedObject.uid=${pod.uid}`;
    const eventOf = (reason: string) =>
      waitFor(`Event ${reason}`, async () =>
        (await controlPlane.get<{ items: { message: string; reason: string }[] }>(path))?.items.find(
          (one) => one.reason === reason,
        ),
      );
    expect(await daemon(0).cli('release', address, '--force', '--reason', 'a drill')).toMatchObject({ exit: 0 });
    expect((await eventOf('IPReleasedByHand')).message).toBe(`${address} of eth0 released by hand: a drill`);
    const words = ['set', address, '--pod', `shop/${pod.name}`, '--container', pod.id, '--network', 'net'];
    expect(await daemon(0).cli(...words, '--force', '--reason', 'it runs on')).toMatchObject({ exit: 0 });
    expect((await eventOf('IPSetByHand')).message).toBe(`${address} of eth0 put on record by hand: it runs on`);
    expect((await claims()).filter(({ metadata: { name } }) => name === address)).toMatchObject([
      { spec: { podUid: pod.uid } },
    ]);
    await call('DEL', 0, pod);
  });

  it('show in metrics what is their own, in few series, and leave the pools to the controller', async () => {
    const texts = await Promise.all([0, 1].map((n) => httpText(daemon(n).socket, '/metrics')));
    for (const [n, text] of texts.entries()) {
      expect(text.split('\n').filter((line) => /^[a-z]/.test(line)).length).toBeLessThan(300);
      const nodes = new Set([...text.matchAll(/node="([^"]*)"/g)].map(([, node]) => node));
      expect([...nodes]).not.toContain(['node-two', 'node-one'][n]);
      expect(text).not.toContain('ipam_pool_ips{');
    }
  });

  it('find the last free address at once, from whichever node', async () => {
    const tiny = { 'ipam.spidernet.io/ippool': JSON.stringify({ ipv4: ['tiny'] }) };
    const all = await Promise.all([0, 1, 0, 1, 0].map((index) => add(index, tiny)));
    const addresses = all.map(({ result }) => result.json.ips?.[0]?.address);
    expect(new Set(addresses)).toEqual(new Set(['2', '3', '4', '5', '6'].map((last) => `10.34.0.${last}/29`)));
    const { pod: sixth, result } = await add(0, tiny);
    expect(result.json.msg).toContain('no IPv4 address left');
    // Which addresses the other daemon has taken, it hears a moment later.
    await waitFor('all five to be counted', async () => {
      const { json } = await call('ADD', 0, sixth);
      return json.msg?.includes('no IPv4 address left: "tiny" has 5 of 5 in use') || undefined;
    });
    const [first, ...others] = all.map(({ pod }, index) => ({ pod, node: [0, 1, 0, 1, 0][index] ?? 0 }));
    if (known === 'own' && first !== undefined) {
      // The page says for a second or two that it is taken: all claims of the pool are asked for then.
      await call('DEL', first.node, first.pod);
      const { pod, result } = await add(1, tiny);
      expect(addressOf(result)).toBe(addressOf(all[0]?.result as CniResult));
      await call('DEL', 1, pod);
    }
    for (const { pod, node } of others) await call('DEL', node, pod);
  });

  it('give each address of a pool once when more Pods than it has want one at the same moment on both nodes', async () => {
    const all = await wave('crowd', 36);
    const given = all.filter(({ result }) => result.exit === 0);
    const addresses = given.map(({ result }) => addressOf(result)).sort();
    expect(addresses).toEqual(Array.from({ length: 29 }, (_, n) => `10.36.0.${n + 2}/27`).sort());
    for (const { result } of all.filter((one) => !given.includes(one)))
      expect(result.json.msg).toContain('no IPv4 address left');
    for (const [n, { pod, result }] of given.entries()) {
      const { stdout } = await daemon(n % 2).cli('lookup', addressOf(result).split('/')[0] ?? '');
      expect(stdout).toContain(pod.name);
      if (n === 3) break;
    }
    await Promise.all(given.map(({ node, pod }) => call('DEL', node, pod)));
    for (const index of [0, 1])
      expect((await daemon(index).cli('check', '--local')).stdout).toContain('all invariants hold');
  });

  it('keep the address of a StatefulSet’s Pod for it, and give it to that on the other node', async () => {
    const path = '/apis/apps/v1/namespaces/shop/statefulsets';
    const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'main', image: 'none' }] } };
    const { text } = await controlPlane.request('POST', path, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: { replicas: 1, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template },
    });
    const { uid } = (JSON.parse(text) as { metadata: { uid: string } }).metadata;
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid, controller: true };
    const annotations = { 'ipam.spidernet.io/ippool': JSON.stringify({ ipv4: ['stay'] }) };
    const start = async (node: number, id: string) => {
      const pod = {
        name: 'db-0',
        id,
        uid: await addPod('db-0', nodes[node] ?? '', { annotations, ownerReferences: [owner] }),
      };
      return { pod, result: await call('ADD', node, pod) };
    };
    const end = async (node: number, pod: Parameters<typeof call>[2]): Promise<void> => {
      expect(await call('DEL', node, pod)).toMatchObject({ exit: 0 });
      await controlPlane.request('DELETE', '/api/v1/namespaces/shop/pods/db-0?gracePeriodSeconds=0');
    };
    const first = await start(0, 'first');
    expect(addressOf(first.result)).toMatch(/^10\.37\.0\./);
    await end(0, first.pod);
    const others = await wave('stay', 6);
    const given = others.filter(({ result }) => result.exit === 0);
    expect(new Set(given.map(({ result }) => addressOf(result))).size).toBe(4);
    expect(given.map(({ result }) => addressOf(result))).not.toContain(addressOf(first.result));
    const second = await start(1, 'second');
    expect(addressOf(second.result)).toBe(addressOf(first.result));
    await daemon(1).crash();
    await daemon(1).start();
    await end(1, second.pod);
    const third = await start(0, 'third');
    expect(addressOf(third.result)).toBe(addressOf(first.result));
    const kept = (await claims()).filter(({ metadata }) => metadata.name === addressOf(first.result).split('/')[0]);
    expect(kept).toMatchObject([{ spec: { podUid: third.pod.uid, node: 'node-one' } }]);
    await end(0, third.pod);
    await Promise.all(given.map(({ node, pod }) => call('DEL', node, pod)));
  });

  it('go on through a restart of the API server, and lose nothing', async () => {
    const before = await add(0);
    await controlPlane.apiServer.crash();
    expect(await call('DEL', 0, before.pod)).toMatchObject({ exit: 0 });
    await controlPlane.apiServer.start();
    const after = await add(1);
    expect(after.result).toMatchObject({ exit: 0 });
    expect((await daemon(1).cli('check', '--local')).stdout).toContain('all invariants hold');
    await call('DEL', 1, after.pod);
  });

  it('start while the API server is away, answer what is on record, and give again when it is back', async () => {
    const held = await add(0);
    const other = await add(0);
    await call('DEL', 0, other.pod);
    await daemon(0).crash();
    await controlPlane.apiServer.crash();
    await daemon(0).start();
    expect((await call('ADD', 0, held.pod)).json.ips).toEqual(held.result.json.ips);
    expect((await call('ADD', 0, other.pod)).json).toMatchObject({ code: 11 });
    // Requests are repeated for some seconds before the API server counts as away.
    await waitFor('the daemon to say so', async () =>
      (await httpText(daemon(0).socket, '/readyz')).includes('"degraded"') ? true : undefined,
    );
    expect(await call('DEL', 0, held.pod)).toMatchObject({ exit: 0 });
    await controlPlane.apiServer.start();
    const given = async (): Promise<true | undefined> => (await call('ADD', 0, other.pod)).exit === 0 || undefined;
    await waitFor('an address', given);
    const address = held.result.json.ips?.[0]?.address.split('/')[0];
    await waitFor('the claim that was given back meanwhile to go', async () =>
      (await claims()).some(({ metadata }) => metadata.name === address) ? undefined : true,
    );
    expect(await call('DEL', 0, other.pod)).toMatchObject({ exit: 0 });
  });

  it('keep the claims of Pods that live when a disk is lost, and free them when the Pods are gone', async () => {
    const { pod, result } = await add(0);
    const address = result.json.ips?.[0]?.address.split('/')[0];
    await daemon(0).crash();
    rmSync(daemon(0).dataDir, { recursive: true });
    // A round of garbage collection has passed when this one, which was left behind, is gone.
    await leaveClaim('10.31.0.77');
    await daemon(0).start();
    const other = await add(0);
    await waitFor('an orphaned claim to go', async () =>
      (await claims()).some(({ metadata }) => metadata.name === '10.31.0.77') ? undefined : true,
    );
    expect((await claims()).map(({ metadata }) => metadata.name)).toContain(address);
    expect((await call('ADD', 0, pod)).json.ips).toEqual(result.json.ips);
    await daemon(0).crash();
    rmSync(daemon(0).dataDir, { recursive: true });
    await daemon(0).start();
    await controlPlane.request('DELETE', `/api/v1/namespaces/shop/pods/${pod.name}?gracePeriodSeconds=0`);
    await waitFor('the claim of a Pod that is gone to go', async () =>
      (await claims()).some(({ metadata }) => metadata.name === address) ? undefined : true,
    );
    await call('DEL', 0, other.pod);
  });

  /** As a daemon leaves it that dies between claim and record, of a Pod that nobody made again. */
  async function leaveClaim(address: string): Promise<void> {
    const [network, containerId, ifname] = ['net', 'lost', 'eth0'];
    const pod = { podNamespace: 'shop', podName: 'nobody', podUid: 'gone' };
    const spec = { address, pool: 'red', node: 'node-one', daemon: 'node-one', network, containerId, ifname, ...pod };
    await controlPlane.apply(labelled(newClaim(spec)));
  }

  it('refuse a Pod that does not exist, and one that another of the same name has replaced', async () => {
    const { pod, result } = await add(0);
    expect(result.exit).toBe(0);
    const gone = await call('ADD', 0, { name: 'nobody', uid: 'u', id: 'c-nobody' });
    expect(gone.json.msg).toContain('there is no Pod shop/nobody with uid u');
    const replaced = await call('ADD', 0, { name: pod.name, uid: 'former', id: 'c-former' });
    expect(replaced.json.msg).toContain(`there is no Pod shop/${pod.name} with uid former`);
    await call('DEL', 0, pod);
  });

  it('let a namespace hold as many addresses of a pool as its quota says, on both nodes together, and as the Namespace says', async () => {
    const few = { 'ipam.spidernet.io/ippool': JSON.stringify({ ipv4: ['few'] }) };
    const isOfFew = ({ metadata }: { metadata: { name: string } }): boolean => metadata.name.startsWith('10.35.');
    const all = await wave('few', 8);
    // Daemons that ask for the claims of others may both be refused that race for the last place, and kubelet has them come again.
    const again = known === 'own' ? all.filter(({ result }) => result.exit !== 0) : [];
    for (const one of again) one.result = await call('ADD', one.node, one.pod);
    const held = all.filter(({ result }) => result.exit === 0);
    expect(held).toHaveLength(3);
    for (const { result } of all.filter((one) => !held.includes(one))) {
      expect(result.json).toMatchObject({
        code: 107,
        // Others that were refused at this moment may have had theirs still.
        msg: expect.stringMatching(/^namespace "shop" holds [3-8] addresses of pool "few", and may hold 3 /),
      });
    }
    expect((await claims()).filter(isOfFew)).toHaveLength(3);
    for (const { pod, node } of held) expect(await call('DEL', node, pod)).toMatchObject({ exit: 0 });
    await controlPlane.kubectl('annotate', 'namespace', 'shop', 'berth.network/address-quota=few=0');
    await waitFor('a daemon to know what the Namespace says', async () => {
      const { pod, result } = await add(0, few);
      if (result.exit === 0) await call('DEL', 0, pod);
      return `${result.json.msg}`.includes('may hold 0 (annotation berth.network/address-quota)') || undefined;
    });
    await controlPlane.kubectl('annotate', 'namespace', 'shop', 'berth.network/address-quota-');
    expect((await claims()).filter(isOfFew)).toEqual([]);
  });
});

function pool(name: string, spec: object): object {
  return { apiVersion: 'spiderpool.spidernet.io/v2beta1', kind: 'SpiderIPPool', metadata: { name }, spec };
}
