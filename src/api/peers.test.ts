import { afterEach, describe, expect, it } from 'vitest';
import type { Node } from '../daemon/testing/cluster.ts';
import { parseAddress } from '../ip/address.ts';
import type { Told } from '../ipam/cluster-port.ts';
import { IpamError } from '../resources/errors.ts';
import { PeeredCluster } from './testing/peered-cluster.ts';

const names = ['node1', 'node2', 'node3'];
const usedIn = ({ value, unanswered }: Told<readonly { used: bigint; unknown: bigint; node?: string }[]>) => ({
  used: value.map(({ used, unknown }) => (unknown === 0n ? Number(used) : '?')),
  silent: unanswered.map(({ node }) => node),
});

describe('what is asked of the whole cluster', () => {
  let peered: PeeredCluster;

  afterEach(() => peered.close());

  const clusterOf = (name: string) => peered.get(name).daemon.administration.cluster;
  const address = (text: string) => ({ kind: 'address', address: parseAddress(text) }) as const;

  /** Two Pods of blocks on node1, one on node2, and one of a shared pool on each of node2 and node3. */
  const filled = async (): Promise<Record<string, string>> => {
    peered = await new PeeredCluster().open(names);
    const add = async (node: Node, pod: string, pool: string) => (await node.add(pod, `c-${pod}`, [pool]))[0] ?? '';
    const [one, two, three] = names.map((name) => peered.get(name)) as [Node, Node, Node];
    return {
      a: await add(one, 'a', 'blocks'),
      b: await add(one, 'b', 'blocks'),
      c: await add(two, 'c', 'blocks'),
      d: await add(two, 'd', 'office'),
      e: await add(three, 'e', 'office'),
    };
  };

  it('is answered alike by each daemon: blocks, pools, addresses, an address, a container, a Pod, a check', async () => {
    const held = await filled();
    for (const name of names) {
      const cluster = clusterOf(name);
      expect(usedIn(await cluster.blocks()).used.toSorted(), name).toEqual([1, 2]);
      expect(usedIn(await cluster.pools()), name).toEqual({ used: [3, 2], silent: [] });
      const page = await cluster.page({ filter: {}, after: undefined, limit: 10 });
      expect(page.value).toMatchObject({ isLast: true, total: 5 });
      const listed = page.value.allocations.flatMap(({ addresses }) => addresses.map((one) => one.address));
      expect(new Set(listed)).toEqual(new Set(Object.values(held)));
      for (const [pod, text] of Object.entries(held)) {
        const { value, unanswered } = await cluster.find(address(text));
        expect(unanswered).toEqual([]);
        expect(value).toMatchObject({ state: { state: 'held' }, allocations: [{ pod: { name: pod } }] });
      }
      expect((await cluster.find({ kind: 'container', id: 'c-c' })).value.allocations).toHaveLength(1);
      expect((await cluster.find({ kind: 'pod', namespace: 'shop', name: 'a' })).value.allocations).toHaveLength(1);
      const { value: report } = await cluster.check();
      expect(report).toMatchObject({ violations: [], allocations: 5, nodes: names });
    }
  });

  it('is unknown where a daemon does not answer, and never nothing', async () => {
    const held = await filled();
    peered.endpoints.set('node1', '127.0.0.1:1');
    for (const name of ['node2', 'node3']) {
      const cluster = clusterOf(name);
      expect(usedIn(await cluster.blocks()).used.toSorted(), name).toEqual([1, '?']);
      expect(usedIn(await cluster.pools()), name).toEqual({ used: ['?', 2], silent: ['node1'] });
      const page = await cluster.page({ filter: {}, after: undefined, limit: 10 });
      expect(page).toMatchObject({ value: { total: 3 }, unanswered: [{ node: 'node1' }] });
      const { value, unanswered } = await cluster.find(address(held.a ?? ''));
      expect(value).toMatchObject({ state: { state: 'unknown' }, allocations: [] });
      expect(value.state?.message).toContain('only the daemon of node "node1" knows');
      expect(unanswered).toMatchObject([{ node: 'node1' }]);
      expect(await cluster.find({ kind: 'pod', namespace: 'shop', name: 'a' })).toMatchObject({
        value: { allocations: [] },
        unanswered: [{ node: 'node1' }],
      });
      expect((await cluster.check()).unanswered).toMatchObject([{ node: 'node1' }]);
      // Of what others know nothing is missing.
      expect((await cluster.find(address(held.c ?? ''))).unanswered).toEqual([]);
      expect((await cluster.page({ filter: { pool: 'office' }, after: undefined, limit: 9 })).unanswered).toEqual([]);
    }
  });

  it('is told from claims of shared pools where a daemon is not there, and says why it is missing', async () => {
    const held = await filled();
    peered.endpoints.delete('node2');
    const cluster = clusterOf('node1');
    const page = await cluster.page({ filter: {}, after: undefined, limit: 10 });
    expect(page.value.allocations.map(({ pod }) => pod?.name)).toEqual(['a', 'b', 'd', 'e']);
    expect(page.unanswered).toEqual([{ node: 'node2', reason: 'no ipam-daemon of that node is there' }]);
    expect(await cluster.find(address(held.d ?? ''))).toMatchObject({
      value: { state: { state: 'held' }, allocations: [{ node: 'node2', pod: { name: 'd' } }] },
      unanswered: [],
    });
    expect((await cluster.find({ kind: 'pod', namespace: 'shop', name: 'd' })).value.allocations).toHaveLength(1);
    peered.endpoints.set('node2', '');
    // The list of a second ago is used again.
    expect((await clusterOf('node3').blocks()).unanswered[0]?.reason).toContain('grpc.bindAddr is off');
  });

  it('is of before while the store is away, but for what the daemon has on its own record', async () => {
    const held = await filled();
    const { store } = peered.cluster;
    const create = store.create;
    store.create = () => Promise.reject(new IpamError('store-unavailable', 'away'));
    await peered
      .get('node1')
      .add('f', 'c-f', ['office'])
      .catch(() => {});
    const { cluster } = peered.get('node1').daemon.administration;
    const away = [{ node: '', reason: expect.stringContaining('has been unreachable since') }];
    for (const told of [cluster.blocks(), cluster.pools(), cluster.check()]) {
      expect((await told).unanswered).toEqual(away);
    }
    expect((await cluster.page({ filter: {}, after: undefined, limit: 9 })).unanswered).toEqual(away);
    for (const text of [held.d ?? '', '10.30.0.200']) {
      expect((await cluster.find(address(text))).unanswered, text).toEqual(away);
    }
    for (const text of [held.a ?? '', held.c ?? '']) {
      const found = { value: { state: { state: 'held' } }, unanswered: [] };
      expect(await cluster.find(address(text)), text).toMatchObject(found);
    }
    store.create = create;
    await peered.get('node1').add('f', 'c-g', ['office']);
    expect((await cluster.blocks()).unanswered).toEqual([]);
  });

  it('tells who holds what is in quarantine or reserved, before it calls it withheld', async () => {
    const { a = '' } = await filled();
    const other = peered.get('node3').daemon.administration;
    await other.quarantine(parseAddress(a), 'seen elsewhere');
    expect((await other.cluster.find(address(a))).value.state?.state).toBe('held');
    peered.endpoints.delete('node1');
    const { value, unanswered } = await clusterOf('node2').find(address(a));
    expect(value.state?.state).toBe('quarantined');
    expect(value.state?.message).toContain('whether somebody has it only the daemon of node "node1" knows');
    expect(unanswered).toHaveLength(1);
  });

  it('comes in pages that have each allocation once, in the order of addresses', async () => {
    peered = await new PeeredCluster().open(names);
    for (const [index, name] of names.entries()) {
      for (let n = 0; n < 12 + index; n += 1) await peered.get(name).add(`p${n}`, `${name}-${n}`, ['blocks']);
    }
    const { cluster } = peered.get('node2').daemon.administration;
    const seen: string[] = [];
    let after: Parameters<typeof cluster.page>[0]['after'];
    for (let isLast = false; !isLast; ) {
      const { value } = await cluster.page({ filter: {}, after, limit: 5 });
      expect(value.total).toBe(39);
      seen.push(...value.allocations.map(({ addresses }) => addresses[0]?.address ?? ''));
      const last = value.allocations.at(-1)?.addresses[0]?.address;
      if (last !== undefined) after = { first: parseAddress(last), scope: '' };
      ({ isLast } = value);
    }
    expect(seen).toHaveLength(39);
    expect(new Set(seen).size).toBe(39);
    const values = seen.map((text) => parseAddress(text).value);
    expect(values).toEqual(values.toSorted((x, y) => (x < y ? -1 : 1)));
    expect((await cluster.page({ filter: { node: 'node3' }, after: undefined, limit: 50 })).value.total).toBe(14);
  });

  it('is shown by Pods where daemons have no way to one another, as far as that goes', async () => {
    const shown = new Map<string, readonly string[]>();
    const pod = { namespace: 'shop', name: 'a', uid: 'u' };
    const onNode = async (node: string) => [{ pod, addresses: ['no address', ...(shown.get(node) ?? [])] }];
    peered = await new PeeredCluster().open(names, { podAddresses: { onNode } });
    const [a = ''] = await peered.get('node1').add('a', 'c-a', ['blocks']);
    const [b = ''] = await peered.get('node1').add('b', 'c-b', ['blocks']);
    peered.endpoints.clear();
    shown.set('node1', [a]);
    const cluster = clusterOf('node2');
    const { value, unanswered } = await cluster.blocks();
    // Both Pods' addresses are in it; of one of them the API server knows.
    expect(value).toMatchObject([{ node: 'node1', used: 1n, unknown: (value[0]?.total ?? 0n) - 1n }]);
    expect(unanswered).toHaveLength(1);
    expect(await cluster.find(address(a))).toMatchObject({
      value: { state: { state: 'held', node: 'node1' }, allocations: [{ pod }] },
      unanswered: [],
    });
    expect((await cluster.find(address(b))).value.state?.state).toBe('unknown');
    expect((await cluster.page({ filter: {}, after: undefined, limit: 9 })).value.allocations).toMatchObject([{ pod }]);
  });
});
