import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { sandboxDeadlineMs } from '../../ipam/reclaim/garbage.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import { both, cluster, events } from '../testing/cluster.ts';

describe("a StatefulSet's Pod", () => {
  it('has its addresses of both families again on another node, for one write each way and address (A00018)', async () => {
    const { c, one, two } = await cluster();
    const given = await one.add('web-0', 'c1', both);
    expect(c.writes).toBe(2);
    await one.del('c1');
    expect([await c.claims(), c.writes]).toEqual([given.map((address) => `${address} parked`).sort(), 4]);
    // Others churn meanwhile, and get none of it.
    for (const id of ['x1', 'x2', 'x3']) expect(given).not.toContain((await two.add('api-x', id))[0]);
    for (const id of ['x1', 'x2', 'x3']) await two.del(id);
    c.writes = 0;
    expect(await two.add('web-0', 'c2', both)).toEqual(given);
    expect(c.writes).toBe(2);
    expect((await c.claim(given[0] ?? '')).spec).toMatchObject({
      node: 'node2',
      daemon: 'node2',
      podUid: 'uid-of-c2',
      controlledBy: 'apps/v1 StatefulSet web uid-web',
    });
    expect((await c.claim((await two.add('lone', 'x4'))[0] ?? '')).spec).toMatchObject({ controlledBy: 'Pod' });
    expect([await one.check(), await two.check()]).toEqual([[], []]);
  });

  it('has them again on its own node, and after restarts of its daemon', async () => {
    const { c, one } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    one.die();
    const restarted = await c.node('node1');
    expect(await restarted.add('web-0', 'c2')).toEqual(given);
    restarted.die();
    const again = await c.node('node1');
    expect(await again.check()).toEqual([]);
    await again.del('c2');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
  });

  it('has the address of each interface again', async () => {
    const { one, two } = await cluster();
    const [first] = await one.add('web-0', 'c1');
    const [second] = await one.add('web-0', 'c1', ['office'], 'net1');
    await one.del('c1', 'net1');
    await one.del('c1');
    expect(await two.add('web-0', 'c2', ['office'], 'net1')).toEqual([second]);
    expect(await two.add('web-0', 'c2')).toEqual([first]);
  });

  it('loses nothing by a late DEL of its former container, sent to either node', async () => {
    const { c, one, two } = await cluster();
    const [address = ''] = await one.add('web-0', 'c1');
    await one.del('c1');
    await one.del('c1');
    expect(await c.claims()).toEqual([`${address} parked`]);
    await two.add('web-0', 'c2');
    c.writes = 0;
    await one.del('c1');
    await two.del('c1');
    expect([await c.claims(), c.writes]).toEqual([[`${address} c2`], 0]);
  });

  it('of two nodes that race for it one has it, and the other is told', async () => {
    const { c, one, two } = await cluster();
    const [address] = await one.add('web-0', 'c1');
    await one.del('c1');
    const answers = await Promise.allSettled([one.add('web-0', 'c2'), two.add('web-0', 'c3')]);
    const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    expect(given).toEqual([address]);
    const refused = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: 'not-ready' });
    expect(await c.claims()).toHaveLength(1);
  });

  it('of two containers of one node that ask at once one has it, and the other is told', async () => {
    const { c, one } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    const update = c.store.update.bind(c.store);
    const isThrough = Promise.withResolvers<void>();
    c.store.update = async (resource) => {
      await isThrough.promise;
      return update(resource);
    };
    c.netns.add('/run/netns/c2');
    const first = one.add('web-0', 'c2');
    for (let turn = 0; turn < 10; turn += 1) await events();
    const second = one.add('web-0', 'c3').catch((error) => error);
    for (let turn = 0; turn < 20; turn += 1) await events();
    isThrough.resolve();
    expect(await first).toEqual(given);
    expect(await second).toMatchObject({ code: 'not-ready' });
    expect(await c.claims()).toEqual([`${given[0]} c2`]);
  });

  it('moves when its pools have changed, and what it had is free', async () => {
    const { c, one, two } = await cluster();
    await one.add('web-0', 'c1');
    await one.del('c1');
    const [moved] = await two.add('web-0', 'c2', ['lab']);
    expect(moved).toMatch(/^10\.6\.0\./);
    expect(await c.claims()).toEqual([`${moved} c2`]);
  });

  it('keeps what it had as long as any pool that it asks for has it', async () => {
    const { one, two } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    expect(await two.add('web-0', 'c2', ['lab', 'office'])).toEqual(given);
  });

  it('moves when its address is in quarantine', async () => {
    const { c, one, two } = await cluster();
    const [address = ''] = await one.add('web-0', 'c1');
    await one.del('c1');
    await two.daemon.administration.quarantine(parseAddress(address), 'somebody else answers for it');
    const [moved = ''] = await two.add('web-0', 'c2');
    expect(moved).not.toBe(address);
    expect(await c.claims()).toEqual([`${moved} c2`]);
  });

  it('keeps its addresses to its own end when its StatefulSet has left it', async () => {
    const { c, one } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    c.facts.orphans.add('web-0');
    const pod = { namespace: 'shop', name: 'web-0', uid: 'uid-of-c1' };
    const source = { kind: 'named', pools: ['office'] } as const;
    const attachment = { network: 'net', containerId: 'c2', ifname: 'eth0' };
    const again = await one.daemon.ipam.allocate({ attachment, pod, netns: '', source, families: [], requested: [] });
    expect(again.addresses.map(({ address }) => address)).toEqual(given);
    await one.del('c2');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
    // Another Pod of the name, of nobody: it is no more of the StatefulSet's than any.
    expect(await one.add('web-0', 'c3')).not.toEqual(given);
  });

  it('has another address each time where enableStatefulSet is false', async () => {
    const { c } = await cluster();
    const three = await c.node('node3', { enableStatefulSet: false });
    await three.add('web-0', 'c1');
    await three.del('c1');
    expect(await c.claims()).toEqual([]);
  });
});

describe('a parked address', () => {
  it('is no garbage, of no node, and breaks no promise', async () => {
    const { c, one, two } = await cluster();
    const [address = ''] = await one.add('web-0', 'c1');
    await one.del('c1');
    c.clock.advance(2 * sandboxDeadlineMs);
    for (const node of [one, two]) {
      await node.daemon.maintenance.round();
      await node.daemon.ipam.collect('net', []);
      expect([await node.check(), await node.daemon.administration.leftovers()]).toEqual([[], []]);
    }
    expect(await c.claims()).toEqual([`${address} parked`]);
    const absent = await c.node('node3', { isPresent: async () => false });
    expect(await absent.daemon.administration.leftovers()).toEqual([]);
    expect(await codeOf(absent.daemon.administration.forgetNode('node1'))).toBe('not-found');
  });

  it('is counted and told as what it is, on every node', async () => {
    const { c, one, two } = await cluster();
    const [address = ''] = await one.add('web-0', 'c1');
    await one.add('web-1', 'c2');
    await one.del('c1');
    const since = new Date(c.clock.now()).toISOString();
    for (const { daemon } of [one, two]) {
      expect(await daemon.administration.stateOf(parseAddress(address))).toEqual({
        state: 'parked',
        pool: 'office',
        message: `${address} of pool "office" is kept for eth0 of Pod shop/web-0 of StatefulSet "web", and no container has it since ${since}`,
      });
      const pools = await daemon.administration.pools();
      expect(pools.find(({ name }) => name === 'office')).toMatchObject({ used: 2n, parked: 1 });
    }
    await two.add('web-0', 'c3');
    expect(await one.daemon.administration.stateOf(parseAddress(address))).toMatchObject({
      state: 'held',
      node: 'node2',
    });
    expect(await one.daemon.administration.pools()).toContainEqual(
      expect.objectContaining({ name: 'office', parked: 0 }),
    );
  });

  it('beside another that its Pod was given breaks invariant 3, after a while', async () => {
    const { c, one } = await cluster();
    const [address = ''] = await one.add('web-0', 'c1');
    await one.del('c1');
    const { spec, ...claim } = await c.claim(address);
    const { parkedAt: _, ...held } = spec;
    const other = { ...held, address: '10.5.0.200', containerId: 'c2', node: 'node9', daemon: 'node9' };
    await c.store.create({ ...claim, metadata: { name: other.address }, spec: other });
    await events();
    c.clock.advance(120_001);
    expect(await one.check()).toEqual([]);
    c.clock.advance(sandboxDeadlineMs);
    expect(await one.check()).toMatchObject([
      { invariant: 3, subject: address, message: expect.stringContaining('which has 10.5.0.200') },
    ]);
  });

  it('stays when the node that had it is forgotten, and is taken over on another', async () => {
    const { c, one, two } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.add('api-x', 'x1');
    one.die();
    expect(await two.daemon.administration.forgetNode('node1')).toEqual({ blocks: 0, claims: 2 });
    await events();
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
    expect(await two.add('web-0', 'c2')).toEqual(given);
  });
});

it("a ReplicaSet's Pod gives its address back for good", async () => {
  const { c, one } = await cluster();
  await one.add('api-x', 'c1');
  await one.del('c1');
  expect(await c.claims()).toEqual([]);
});
