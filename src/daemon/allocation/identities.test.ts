import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import type { PodRef } from '../../ipam/attachment.ts';
import { parkedSpec } from '../../ipam/bind/kept-claim.ts';
import type { Stay } from '../../ipam/bind/stay.ts';
import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import { exactly } from '../../ipam/requested-address.ts';
import type { ControllerReference } from '../../resources/controlled-by.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import { both, type Cluster, cluster, events, type Node } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

const db: Stay = { identity: 'db', for: 'released', origin: 'CNI_ARGS' };

/** @returns the addresses */
async function add(node: Node, containerId: string, more: Partial<AllocateRequest> = {}): Promise<readonly string[]> {
  const { addresses } = await node.daemon.ipam.allocate({
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    netns: `/run/netns/${containerId}`,
    source: { kind: 'named', pools: ['office'] },
    families: [],
    requested: [],
    ...more,
  });
  await events();
  return addresses.map(({ address }) => address);
}

/** Two nodes of a cluster that knows of no Pods, as with the engines `embedded` and `etcd`. */
async function plain(): Promise<{ readonly c: Cluster; readonly one: Node; readonly two: Node }> {
  const { c, one, two } = await cluster();
  one.die();
  two.die();
  return {
    c,
    one: await c.node('node1'),
    two: await c.node('node2'),
  };
}

describe('an identity that the caller names', () => {
  it('has its addresses of both families again on another node, for one write each way and address', async () => {
    const { c, one, two } = await plain();
    const asked = { stay: db, source: { kind: 'named', pools: both } } as const;
    const given = await add(one, 'c1', asked);
    expect([given.length, c.writes]).toEqual([2, 2]);
    await one.del('c1');
    expect([await c.claims(), c.writes]).toEqual([given.map((address) => `${address} parked`).sort(), 4]);
    for (const id of ['x1', 'x2', 'x3']) expect(given).not.toContain((await add(two, id))[0]);
    c.writes = 0;
    expect(await add(two, 'c2', asked)).toEqual(given);
    expect(c.writes).toBe(2);
    expect((await c.claim(given[0] ?? '')).spec).toMatchObject({
      node: 'node2',
      ownerKind: 'Identity',
      ownerName: 'db',
    });
    expect([await one.check(), await two.check()]).toEqual([[], []]);
  });

  it('loses nothing by a late DEL, and is the same whatever Pod of the namespace has it', async () => {
    const { c, one, two } = await plain();
    const pod = (name: string) => ({ namespace: 'shop', name, uid: `uid-${name}` });
    const given = await add(one, 'c1', { stay: db, pod: pod('db-a') });
    await one.del('c1');
    expect(await add(two, 'c2', { stay: db, pod: pod('db-b') })).toEqual(given);
    c.writes = 0;
    await one.del('c1');
    await two.del('c1');
    expect([await c.claims(), c.writes]).toEqual([[`${given[0]} c2`], 0]);
    // Of another namespace it is another.
    expect(await add(one, 'c3', { stay: db, pod: { ...pod('db-a'), namespace: 'lab' } })).not.toEqual(given);
  });

  it('is kept by its own daemon over restarts', async () => {
    const { c, one } = await plain();
    const given = await add(one, 'c1', { stay: db });
    one.die();
    const again = await c.node('node1');
    await again.del('c1');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
    expect(await add(again, 'c2', { stay: db })).toEqual(given);
  });

  it('is taken back by the container that has it, when a hand has parked it', async () => {
    const { c, one } = await plain();
    const given = await add(one, 'c1', { stay: db });
    const claim = await c.claim(given[0] ?? '');
    await c.store.update({ ...claim, spec: parkedSpec(claim.spec, c.clock.now()) });
    await events();
    await one.daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
  });

  it('is told who has its address until that container has given it back', async () => {
    const { one, two } = await plain();
    const [address] = await add(one, 'c1', { stay: db });
    await expect(add(two, 'c2', { stay: db })).rejects.toMatchObject({
      code: 'not-ready',
      message: `${address} stays with Identity db, and container c1 on node "node1" has not given it back yet`,
    });
  });

  it('of two nodes that race for one that nobody had before one has it, and the other is told', async () => {
    const { c, one, two } = await plain();
    const answers = await Promise.allSettled([add(one, 'c1', { stay: db }), add(two, 'c2', { stay: db })]);
    await events();
    const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect([given.length, refused.length]).toEqual([1, 1]);
    expect(refused[0]).toMatchObject({ code: 'not-ready', facts: { address: given[0] } });
    expect(await c.claims()).toHaveLength(1);
  });

  it('goes with the container that says so, and is nobody’s then', async () => {
    const { c, one, two } = await plain();
    const given = await add(one, 'c1', { stay: db });
    await one.del('c1');
    expect(await add(two, 'c2', { stay: { ...db, for: 'container' } })).toEqual(given);
    await two.del('c2');
    expect(await c.claims()).toEqual([]);
  });

  it('is kept for the time that was asked, and no longer', async () => {
    const { c, one } = await plain();
    const [address] = await add(one, 'c1', { stay: { ...db, for: 3_600_000 } });
    await one.del('c1');
    c.clock.advance(3_590_000);
    await one.daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${address} parked`]);
    c.clock.advance(20_000);
    await one.daemon.maintenance.round();
    expect(await c.claims()).toEqual([]);
  });

  it('is refused of pools that lease blocks, where it could not be kept', async () => {
    const { one } = await plain();
    await one.daemon.resources.apply(pool('blocks', { subnet: '10.9.0.0/24', blockSize: 28 }));
    await events();
    const asking = add(one, 'c1', { stay: db, source: { kind: 'named', pools: ['blocks'] } });
    await expect(asking).rejects.toMatchObject({
      code: 'unsupported',
      message:
        'an address is to stay with Identity db, and an address of a block goes with its node: "blocks" leases blocks',
    });
  });
});

describe('what is kept', () => {
  const released = (node: Node, subject: Parameters<Node['daemon']['administration']['unkeep']>[0]) =>
    node.daemon.administration.unkeep(subject);

  it('is let go by name on any node, once no container has it', async () => {
    const { c, one, two } = await plain();
    const given = await add(one, 'c1', { stay: db });
    const subject = { kind: 'identity', namespace: '', name: 'db' } as const;
    await expect(released(two, subject)).rejects.toMatchObject({
      code: 'in-use',
      message: `${given[0]} is kept for Identity db, and container c1 on node "node1" has it`,
    });
    await one.del('c1');
    expect(await codeOf(released(two, { ...subject, namespace: 'shop' }))).toBe('not-found');
    expect(await released(two, subject)).toEqual(given);
    await events();
    expect(await c.claims()).toEqual([]);
    await expect(released(two, subject)).rejects.toMatchObject({ message: 'nothing is kept for identity db' });
  });

  it('is told for whom, to who looks and to who asks for it', async () => {
    const { one } = await plain();
    const [address = ''] = await add(one, 'c1', { stay: db });
    await one.del('c1');
    const state = await one.daemon.administration.stateOf(parseAddress(address));
    expect(state.message).toContain('is kept for eth0 of Identity db, and no container has it since');
    const asking = add(one, 'c2', { requested: [exactly(parseAddress(address))] });
    await expect(asking).rejects.toMatchObject({
      code: 'address-taken',
      message: `address ${address} is kept for Identity db (eth0)`,
    });
  });

  it('is let go by the name of its Pod', async () => {
    const { one, two } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    expect(await released(two, { kind: 'pod', namespace: 'shop', name: 'web-0' })).toEqual(given);
  });
});

/** Pods of one controller, or of none. */
class Told implements PodFactsSource {
  controller: ControllerReference | undefined;
  readonly annotations: Record<string, string> = {};

  async podOf({ uid }: PodRef): Promise<PodFacts['pod']> {
    const { annotations, controller } = this;
    return { uid, labels: {}, annotations, ...(controller === undefined ? {} : { controller }) };
  }

  async factsOf(pod: PodRef): Promise<PodFacts> {
    return { pod: await this.podOf(pod), namespace: { labels: {}, annotations: {} }, node: { labels: {} } };
  }
}

async function told(controller?: ControllerReference, annotations: Record<string, string> = {}) {
  const { c, one, two } = await cluster();
  one.die();
  two.die();
  const podFacts = new Told();
  podFacts.controller = controller;
  Object.assign(podFacts.annotations, annotations);
  return { c, podFacts, one: await c.node('node1', { podFacts }), two: await c.node('node2', { podFacts }) };
}

const keep = 'berth.network/keep-address';

describe('a Pod that asks by its annotation', () => {
  it('has its address again by its name, though nobody keeps it', async () => {
    const { c, one, two } = await told(undefined, { [keep]: 'true' });
    const given = await one.add('lone', 'c1');
    await one.del('c1');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
    expect(await two.add('other', 'x1')).not.toEqual(given);
    expect(await two.add('lone', 'c2')).toEqual(given);
  });

  it('says for how long', async () => {
    const { c, one } = await told(undefined, { [keep]: '2h' });
    const [address = ''] = await one.add('lone', 'c1');
    expect((await c.claim(address)).spec).toMatchObject({ ownerKind: 'Pod', ownerName: 'lone', keptFor: '7200s' });
  });

  it('asks for nothing by false', async () => {
    const { c, one } = await told(undefined, { [keep]: 'false' });
    await one.add('lone', 'c1');
    await one.del('c1');
    expect(await c.claims()).toEqual([]);
  });

  it.each([
    [
      'a word that says nothing',
      'forever',
      undefined,
      `annotation ${keep} of Pod "shop/lone": its value "forever" says`,
    ],
    [
      'one of many with names of the moment',
      'true',
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'lone-5d8f', uid: 'u' },
      'is of ReplicaSet "lone-5d8f", which gives each Pod another name',
    ],
    [
      'a Pod of a Job',
      'true',
      { apiVersion: 'batch/v1', kind: 'Job', name: 'lone', uid: 'u' },
      'is of Job "lone", which gives each Pod another name',
    ],
  ])('is refused for %s', async (_, value, controller, message) => {
    const { one } = await told(controller, { [keep]: value });
    await expect(one.add('lone', 'c1')).rejects.toMatchObject({
      code: 'invalid-config',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe("a Pod of somebody else's controller, named after it with an ordinal", () => {
  const kruise = { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 'u' };
  const own = { apiVersion: 'berths.example.org/v1', kind: 'Fleet', name: 'web', uid: 'u' };

  it.each([
    ["OpenKruise's StatefulSet", kruise, 'StatefulSet.apps.kruise.io'],
    ['a controller that nobody knows', own, 'Fleet.berths.example.org'],
  ])('keeps its address: %s', async (_, controller, kind) => {
    const { c, one, two } = await told(controller);
    const given = await one.add('web-1', 'c1');
    expect((await c.claim(given[0] ?? '')).spec).toMatchObject({ ownerKind: kind, ownerName: 'web' });
    await one.del('c1');
    c.writes = 0;
    expect([await two.add('web-1', 'c2'), c.writes]).toEqual([given, 1]);
  });

  it.each([
    ['a Pod of another name', kruise, 'other-1', true],
    ['a name of the moment', own, 'web-x7k2p', true],
    ['enableStatefulSet is false', kruise, 'web-1', false],
  ])('keeps none: %s', async (_, controller, name, enableStatefulSet) => {
    const { c, one, podFacts } = await told(controller);
    one.die();
    const node = await c.node('node1', { podFacts, enableStatefulSet });
    await node.add(name, 'c1');
    await node.del('c1');
    expect(await c.claims()).toEqual([]);
  });

  it('is another than a StatefulSet of the same name', async () => {
    const { one, two, podFacts } = await told(kruise);
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    podFacts.controller = { ...kruise, apiVersion: 'apps/v1' };
    expect(await two.add('web-0', 'c2')).not.toEqual(given);
  });
});
