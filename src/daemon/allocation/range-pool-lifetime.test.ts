import { describe, expect, it } from 'vitest';
import { claimKind } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { type PoolResource, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource } from '../../resources/resource.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { add, conf, del, high, low, messageOf, passIdle, poolNames, twoNodes } from '../testing/ranges.ts';
import { daemonOver, world } from '../testing/world.ts';

describe('the pool that a network’s ranges became', () => {
  const range = { subnet: '10.56.0.0/24' };
  async function made() {
    const one = await world('');
    await add(one.daemon, conf, 'a', [range]);
    const [present] = (await one.store.list(poolKind)).items;
    if (present === undefined) throw new Error('no pool was made');
    const { name, labels, annotations } = present.metadata;
    const manifest: Resource = {
      ...present,
      metadata: { name, labels: { ...labels }, annotations: { ...annotations } },
    };
    return { ...one, present, manifest };
  }

  it('cannot be changed by hand, and the refusal names the file', async () => {
    const { daemon, manifest } = await made();
    const apply = (resource: Resource) => messageOf(daemon.resources.apply(resource));
    const spec = manifest.spec as object;
    const wrong =
      /the ranges of network "macvlan-conf" on node "node\d" are what the CNI configuration of the node says/;
    for (const change of [
      { gateway: '10.56.0.254' },
      { disable: true },
      { excludeIPs: ['10.56.0.9'] },
      { nodeName: ['node2'] },
      { nodeName: [] },
      { default: true },
    ]) {
      expect(await apply({ ...manifest, spec: { ...spec, ...change } })).toMatch(wrong);
    }
    expect(await apply({ ...manifest, metadata: { name: manifest.metadata.name } })).toMatch(wrong);
    expect(await apply(manifest)).toBe('accepted');
    const key = { kind: poolKind, name: manifest.metadata.name };
    expect(await messageOf(daemon.resources.delete(key))).toMatch(
      /the ranges of network "macvlan-conf" on node "node1" still have addresses in use: 10\.56\.0\.2/,
    );
    expect(await add(daemon, conf, 'b', [range])).toBe('10.56.0.3 via 10.56.0.1');
  });

  it('is put right by the next ADD, whatever was made of it behind the rules', async () => {
    const { daemon, store, present, restart } = await made();
    await store.update({ ...present, spec: { ...(present.spec as object), disable: true, gateway: '10.56.0.254' } });
    while (daemon.pool(present.metadata.name)?.disabled !== true) await new Promise(setImmediate);
    expect(await add(daemon, conf, 'b', [range])).toBe('10.56.0.3 via 10.56.0.1');
    expect(await add((await restart()).daemon, conf, 'c', [range])).toBe('10.56.0.4 via 10.56.0.1');
  });

  it('is made anew by the next ADD after it was deleted, or was gone for want of use', async () => {
    const { daemon, store, clock } = await made();
    await del(daemon, conf, 'a');
    await passIdle(clock, daemon);
    expect(await poolNames(store)).toEqual([]);
    expect(await add(daemon, conf, 'b', [range])).toBe('10.56.0.2 via 10.56.0.1');
    await del(daemon, conf, 'b');
    const [name = ''] = await poolNames(store);
    await daemon.resources.delete({ kind: poolKind, name });
    expect(await add(daemon, conf, 'c', [range])).toBe('10.56.0.3 via 10.56.0.1');
  });

  it('is not deleted while another node’s, or an ADD under way, needs it', async () => {
    const { node1, node2, store, clock } = await twoNodes();
    await add(node1, conf, 'a', [low]);
    await add(node2, conf, 'b', [high]);
    await del(node2, conf, 'b');
    await passIdle(clock, node1);
    expect(await poolNames(store)).toHaveLength(2);
    await passIdle(clock, node1, node2);
    expect(await poolNames(store)).toHaveLength(1);
    for (let round = 0; round < 50; round += 1) {
      const [got] = await Promise.all([add(node2, conf, `c${round}`, [high]), passIdle(clock, node2)]);
      expect(got).toMatch(/^10\.45\.0\.3/);
      await del(node2, conf, `c${round}`);
    }
    expect(await node2.administration.check()).toEqual([]);
  });

  it('goes with a node that is forgotten', async () => {
    const { node1, node2, store, loseNode2 } = await twoNodes();
    await add(node2, conf, 'b', [high]);
    loseNode2();
    await node1.administration.forgetNode('node2');
    expect([await poolNames(store), (await store.list(claimKind)).items]).toEqual([[], []]);
  });

  it('goes with a node that is forgotten although a reservation that cannot be read closes its family', async () => {
    const { node2, clock, store, loseNode2 } = await twoNodes();
    await add(node2, conf, 'b', [high]);
    loseNode2();
    const [name = ''] = await poolNames(store);
    await store.create({
      apiVersion: spiderpoolVersion,
      kind: reservedIPKind,
      metadata: { name: 'spoilt' },
      spec: { ips: ['banana'] },
    });
    const node3 = daemonOver({ clock, store, journal: new MemoryJournal() }, '', 28, 'node3');
    await node3.start();
    expect(node3.pool(name)?.disabled).toBe(true);
    await node3.administration.forgetNode('node2');
    expect(await poolNames(store)).toEqual([]);
  });

  it('is let go by whoever keeps it when a node is forgotten, and nobody is told to come again for it', async () => {
    const { node1, node2, store, loseNode2 } = await twoNodes();
    await add(node2, conf, 'b', [high]);
    loseNode2();
    const [present] = (await store.list<PoolResource>(poolKind)).items;
    if (present === undefined) throw new Error('there is no pool');
    await store.update({ ...present, metadata: { ...present.metadata, finalizers: ['example.com/kept'] } });
    await node1.administration.forgetNode('node2');
    const [left] = (await store.list(poolKind)).items;
    expect(left?.metadata.deletionTimestamp).toBeDefined();
    while (node1.pool(present.metadata.name)?.disabled !== true) await new Promise(setImmediate);
    expect(await messageOf(node1.administration.forgetNode('node2', true))).toBe('accepted');
  });

  it('is said to be there still while a migration has it, and goes when the node is forgotten again', async () => {
    const { node1, node2, store, loseNode2 } = await twoNodes();
    await add(node2, conf, 'b', [high]);
    loseNode2();
    const [present] = (await store.list<PoolResource>(poolKind)).items;
    if (present === undefined) throw new Error('there is no pool');
    const { name } = present.metadata;
    const frozen = await store.update({ ...present, spec: { ...present.spec, disable: true } });
    while (node1.pool(name)?.disabled !== true) await new Promise(setImmediate);
    expect(await messageOf(node1.administration.forgetNode('node2'))).toMatch(
      /^pool "cni-.*" of the node's ranges is disabled or frozen by a migration, and is there still/,
    );
    await store.update({ ...frozen, spec: present.spec });
    while (node1.pool(name)?.disabled !== false) await new Promise(setImmediate);
    await node1.administration.forgetNode('node2', true);
    expect(await poolNames(store)).toEqual([]);
  });

  it('is said to be there still when the store does not answer, and goes when the node is forgotten again', async () => {
    const { node1, node2, store, loseNode2 } = await twoNodes();
    await add(node2, conf, 'b', [high]);
    loseNode2();
    const remove = store.delete.bind(store);
    store.delete = (key, version) =>
      key.kind === poolKind
        ? Promise.reject(new IpamError('store-unavailable', 'it does not answer'))
        : remove(key, version);
    expect(await messageOf(node1.administration.forgetNode('node2'))).toMatch(/does not answer/);
    store.delete = remove;
    await node1.administration.forgetNode('node2');
    expect(await poolNames(store)).toEqual([]);
  });
});

describe('pools of ranges that the former version made', () => {
  it('keep what is out until its DEL, give nothing more, and go when they are empty', async () => {
    const first = await world('');
    const { store, clock, journal } = first;
    // As commit dcd7d21 wrote them, for two nodes.
    const name = 'cni-macvlan-conf-10.45.0.0-24';
    await store.create({
      apiVersion: spiderpoolVersion,
      kind: poolKind,
      metadata: { name, labels: { 'berth.network/cni-network': conf } },
      spec: { ipVersion: 4, subnet: '10.45.0.0/24', ips: ['10.45.0.10-10.45.0.19'], gateway: '10.45.0.1' },
    });
    const old = { network: conf, containerId: 'old', ifname: 'eth0' };
    for (const [node, address, attachment] of [
      ['node1', '10.45.0.10', old],
      ['node2', '10.45.0.11', { ...old, containerId: 'other' }],
    ] as const) {
      await store.create({
        apiVersion: 'berth.network/v1alpha1',
        kind: claimKind,
        metadata: { name: address },
        spec: { address, pool: name, node, daemon: node, ...attachment },
      });
    }
    const held = { address: '10.45.0.10', prefixLength: 24, gateway: '10.45.0.1', pool: name, routes: [] };
    await journal.commit([
      { type: 'hold', allocation: { attachment: old, node: 'node1', netns: '', addresses: [held], createdAt: 1 } },
    ]);
    const { daemon } = await first.restart();
    const range = { ...low, end: '10.45.0.19' };
    expect(await add(daemon, conf, 'old', [range])).toBe('10.45.0.10 via 10.45.0.1');
    expect(await add(daemon, conf, 'new', [range])).toBe('10.45.0.12 via 10.45.0.1');
    expect(await daemon.administration.check()).toEqual([]);
    await del(daemon, conf, 'old');
    expect((await store.list(claimKind)).items.map(({ metadata }) => metadata.name)).toEqual([
      '10.45.0.11',
      '10.45.0.12',
    ]);
    await passIdle(clock, daemon);
    expect(await poolNames(store)).toContain(name);
    await store.delete({ kind: claimKind, name: '10.45.0.11' }, undefined);
    await passIdle(clock, daemon);
    expect(await poolNames(store)).toEqual([expect.stringMatching(/^cni-macvlan-conf-10\.45\.0\.0-24-/)]);
  });
});
