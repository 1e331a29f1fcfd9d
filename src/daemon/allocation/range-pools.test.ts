import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import type { Allocation } from '../../ipam/allocation.ts';
import { sandboxDeadlineMs } from '../../ipam/reclaim/garbage.ts';
import type { AllocateRequest, InlineRange } from '../../ipam/request.ts';
import { claimKind } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { type PoolResource, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource } from '../../resources/resource.ts';
import type { Store } from '../../store/store.ts';
import type { Daemon } from '../daemon.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { tethered } from '../testing/tether.ts';
import { cooldownMs, daemonOver, pool, type TestClock, world } from '../testing/world.ts';

/** Longer than a pool of ranges is kept when nothing of it is held. */
const idleMs = 40_000;
/** Longer than between two looks at what is held. */
const lookMs = 6_000;

interface Range {
  readonly subnet: string;
  readonly start?: string;
  readonly end?: string;
  readonly gateway?: string;
}

function inline({ subnet, start, end, gateway }: Range): InlineRange {
  const prefix = parsePrefix(subnet);
  const first = { family: prefix.address.family, value: prefix.address.value + 1n };
  return {
    subnet: prefix,
    ...(start === undefined ? {} : { rangeStart: parseAddress(start) }),
    ...(end === undefined ? {} : { rangeEnd: parseAddress(end) }),
    gateway: gateway === undefined ? first : parseAddress(gateway),
  };
}

/** ADD on a network whose file says these ranges, each a set of its own. */
function add(daemon: Daemon, network: string, containerId: string, ranges: readonly Range[], networkName?: string) {
  const request: AllocateRequest = {
    attachment: { network, containerId, ifname: 'eth0' },
    netns: '',
    source: {
      kind: 'ranges',
      sets: ranges.map((range) => [inline(range)]),
      ...(networkName === undefined ? {} : { networkName }),
    },
    families: [],
    requested: [],
  };
  return daemon.ipam.allocate(request).then(textOf);
}

function textOf({ addresses }: Allocation): string {
  return addresses.map(({ address, gateway }) => `${address} via ${gateway}`).join(', ');
}

function del(daemon: Daemon, network: string, containerId: string) {
  return daemon.ipam.release({ network, containerId, ifname: 'eth0' });
}

async function poolNames(store: Store): Promise<readonly string[]> {
  const { items } = await store.list(poolKind);
  return items.map(({ metadata }) => metadata.name);
}

async function messageOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

/** Nothing of anything is held: all pools of ranges go. */
async function passIdle(clock: TestClock, ...daemons: readonly Daemon[]): Promise<void> {
  clock.advance(lookMs);
  for (const daemon of daemons) await daemon.maintenance.round();
  clock.advance(idleMs);
  for (const daemon of daemons) await daemon.maintenance.round();
}

/** Two daemons over one store. */
async function twoNodes() {
  const first = await world('');
  const { store, cut } = tethered(first.store);
  const node2 = daemonOver({ clock: first.clock, store, journal: new MemoryJournal() }, '', 28, 'node2');
  await node2.start();
  return { ...first, node1: first.daemon, node2, loseNode2: cut };
}

const conf = 'macvlan-conf';
const low: Range = { subnet: '10.45.0.0/24', start: '10.45.0.10', end: '10.45.0.11', gateway: '10.45.0.1' };
const high: Range = { subnet: '10.45.0.0/24', start: '10.45.0.30', end: '10.45.0.39', gateway: '10.45.0.254' };

describe('the ranges of one network that differ by node', () => {
  it('give each node its own addresses with its own gateway, whatever the order', async () => {
    const { node1, node2 } = await twoNodes();
    expect(await add(node1, conf, 'a', [low])).toBe('10.45.0.10 via 10.45.0.1');
    expect(await add(node2, conf, 'b', [high])).toBe('10.45.0.30 via 10.45.0.254');
    expect(await add(node1, conf, 'c', [low])).toBe('10.45.0.11 via 10.45.0.1');
    expect(await add(node2, conf, 'd', [high])).toBe('10.45.0.31 via 10.45.0.254');
    expect(await messageOf(add(node1, conf, 'e', [low]))).toMatch(
      /10\.45\.0\.10-10\.45\.0\.11 of network "macvlan-conf" has 2 of 2 in use/,
    );
    expect([await node1.administration.check(), await node2.administration.check()]).toEqual([[], []]);
  });

  it('give one address once where they overlap, and never a gateway that either names', async () => {
    const { node1, node2, store } = await twoNodes();
    const [one, other] = [
      { subnet: '10.46.0.0/29', gateway: '10.46.0.1' },
      { subnet: '10.46.0.0/29', gateway: '10.46.0.6' },
    ];
    await add(node1, conf, 'first-1', [one]);
    await add(node2, conf, 'first-2', [other]);
    const given: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      given.push(
        await messageOf(add(turn % 2 === 0 ? node1 : node2, conf, `c${turn}`, [turn % 2 === 0 ? one : other])),
      );
    }
    const { items } = await store.list(claimKind);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['10.46.0.2', '10.46.0.3', '10.46.0.4', '10.46.0.5']);
  });

  it('give one address once where every node has the same file', async () => {
    const { node1, node2 } = await twoNodes();
    const range = { subnet: '10.88.0.0/29' };
    const given = [
      await add(node1, 'podman', 'a', [range]),
      await add(node2, 'podman', 'b', [range]),
      await add(node1, 'podman', 'c', [range]),
      await add(node2, 'podman', 'd', [range]),
      await add(node1, 'podman', 'e', [range]),
    ];
    expect(new Set(given).size).toBe(5);
    expect(await messageOf(add(node2, 'podman', 'f', [range]))).toMatch(/has 5 of 5 in use/);
  });
});

describe('a network’s file that changes', () => {
  const changes: readonly [string, Range, Range, string][] = [
    ['widened', { subnet: '10.50.0.0/29' }, { subnet: '10.50.0.0/28' }, '10.50.0.3 via 10.50.0.1'],
    [
      'with a lower rangeEnd',
      { subnet: '10.50.0.0/24', end: '10.50.0.9' },
      { subnet: '10.50.0.0/24', end: '10.50.0.5' },
      '10.50.0.3 via 10.50.0.1',
    ],
    [
      'with a rangeEnd below what is out',
      { subnet: '10.50.0.0/24', start: '10.50.0.2', end: '10.50.0.9' },
      { subnet: '10.50.0.0/24', start: '10.50.0.8', end: '10.50.0.9' },
      '10.50.0.8 via 10.50.0.1',
    ],
    ['moved', { subnet: '10.50.0.0/24' }, { subnet: '10.51.0.0/24' }, '10.51.0.2 via 10.51.0.1'],
    [
      'with another gateway',
      { subnet: '10.50.0.0/24' },
      { subnet: '10.50.0.0/24', gateway: '10.50.0.254' },
      '10.50.0.3 via 10.50.0.254',
    ],
    ['cut smaller', { subnet: '10.50.0.0/24' }, { subnet: '10.50.0.0/25' }, '10.50.0.3 via 10.50.0.1'],
  ];
  it.each(changes)(
    '%s gives new addresses by the new file, and keeps what is out until its DEL',
    async (_, before, after, expected) => {
      const { daemon, store, clock, restart } = await world('');
      const first = await add(daemon, conf, 'old', [before]);
      expect(await add(daemon, conf, 'new', [after])).toBe(expected);
      const again = (await restart()).daemon;
      const held = again.ipam.find({ network: conf, containerId: 'old', ifname: 'eth0' });
      expect(held === undefined ? '' : textOf(held)).toBe(first);
      expect(await add(again, conf, 'more', [after])).not.toBe(first);
      expect(await again.administration.check()).toEqual([]);
      await del(again, conf, 'old');
      await passIdle(clock, again);
      const left = await poolNames(store);
      expect(left).toHaveLength(1);
      expect(await again.administration.check()).toEqual([]);
    },
  );

  it('works when its network is renamed, with and without addresses out', async () => {
    const { daemon, store, clock } = await world('');
    const range = { subnet: '10.52.0.0/24' };
    await add(daemon, 'before', 'a', [range]);
    expect(await add(daemon, 'after', 'b', [range])).toBe('10.52.0.3 via 10.52.0.1');
    await del(daemon, 'before', 'a');
    await passIdle(clock, daemon);
    expect(await poolNames(store)).toEqual([expect.stringMatching(/^cni-after-10\.52\.0\.0-24-/)]);
  });

  it('takes other, more, fewer or reordered sets', async () => {
    const { daemon } = await world('');
    const [four, six] = [{ subnet: '10.53.0.0/24' }, { subnet: 'fd53::/64' }];
    expect(await add(daemon, conf, 'a', [four])).toBe('10.53.0.2 via 10.53.0.1');
    expect(await add(daemon, conf, 'b', [four, six])).toBe('10.53.0.3 via 10.53.0.1, fd53::2 via fd53::1');
    expect(await add(daemon, conf, 'c', [six, four])).toBe('fd53::3 via fd53::1, 10.53.0.4 via 10.53.0.1');
    expect(await add(daemon, conf, 'd', [six])).toBe('fd53::4 via fd53::1');
  });

  it('leaves a former gateway alone for a cool-down after the last Pod that may use it', async () => {
    const { daemon, clock } = await world('');
    const before = { subnet: '10.54.0.0/29', gateway: '10.54.0.2' };
    const after = { subnet: '10.54.0.0/29', gateway: '10.54.0.6' };
    await add(daemon, conf, 'old', [before]);
    const given: string[] = [];
    for (const id of ['a', 'b', 'c']) given.push(await add(daemon, conf, id, [after]));
    expect(given.map((text) => text.split(' ')[0])).toEqual(['10.54.0.3', '10.54.0.4', '10.54.0.5']);
    expect(await messageOf(add(daemon, conf, 'd', [after]))).toMatch(/has 4 of 4 in use/);
    await del(daemon, conf, 'old');
    await passIdle(clock, daemon);
    // The former gateway cools down; the former Pod's address has.
    expect(daemon.administration.coolingDown().map(({ address }) => address)).toContain('10.54.0.2');
    expect(await add(daemon, conf, 'e', [after])).toBe('10.54.0.1 via 10.54.0.6');
    clock.advance(cooldownMs + 1);
    expect(await add(daemon, conf, 'f', [after])).toBe('10.54.0.2 via 10.54.0.6');
  });
});

describe('addresses that cool down', () => {
  it('do so in every pool that offers them, also over a restart', async () => {
    const { daemon, clock, restart } = await world('');
    const [before, after] = [{ subnet: '10.70.0.0/29' }, { subnet: '10.70.0.0/28' }];
    await add(daemon, conf, 'a', [before]);
    await add(daemon, conf, 'b', [after]);
    await del(daemon, conf, 'b');
    clock.advance(1);
    await del(daemon, conf, 'a');
    expect(await add((await restart()).daemon, conf, 'c', [after])).toBe('10.70.0.4 via 10.70.0.1');
  });
});

describe('a gateway outside its subnet', () => {
  it.each([
    ['2001:db8:5:333::/64', '2001:db8:5::1', '2001:db8:5:333::1'],
    ['2001:db8:5:334::/64', 'fe80::1', '2001:db8:5:334::1'],
    ['10.61.0.0/24', '169.254.1.1', '10.61.0.1'],
  ])('is given with the addresses of %s: %s', async (subnet, gateway, first) => {
    const { daemon } = await world('');
    expect(await add(daemon, conf, 'a', [{ subnet, gateway }])).toBe(`${first} via ${gateway}`);
    expect(await daemon.administration.check()).toEqual([]);
  });

  it('may be the link-local one of a router in any pool, and no other', async () => {
    const { daemon } = await world('');
    const routes = [{ dst: 'fd99::/64', gw: 'fe80::2' }];
    await daemon.resources.apply(pool('six', { subnet: 'fd62::/64', gateway: 'fe80::1', routes }));
    const far = daemon.resources.apply(pool('far', { subnet: 'fd63::/64', gateway: 'fd64::1' }));
    expect(await messageOf(far)).toMatch(/gateway fd64::1 is outside spec.subnet/);
    const four = daemon.resources.apply(pool('four', { subnet: '10.62.0.0/24', gateway: '10.63.0.1' }));
    expect(await messageOf(four)).toMatch(/gateway 10.63.0.1 is outside spec.subnet/);
  });
});

describe('networks whose names look alike', () => {
  it('have a pool each', async () => {
    const { daemon, store } = await world('');
    const names = ['a_b', 'a-b', 'A-B', 'Prod', 'prod', 'prod-1', 'x'.repeat(300)];
    const given: string[] = [];
    for (const [index, name] of names.entries()) {
      const start = `10.55.0.${10 * (index + 1)}`;
      given.push(await add(daemon, name, 'a', [{ subnet: '10.55.0.0/24', start, end: start }]));
    }
    expect(given.map((text) => text.split(' ')[0])).toEqual(names.map((_, index) => `10.55.0.${10 * (index + 1)}`));
    expect(await poolNames(store)).toHaveLength(names.length);
  });
});

describe('networks that never meet', () => {
  const range = { subnet: '10.41.0.0/29' };
  it('give the same addresses, each in its scope, over restarts, DEL, check and lookup', async () => {
    const { daemon, store, clock, restart } = await world('');
    expect(await add(daemon, 'blue', 'a', [range], 'blue')).toBe('10.41.0.2 via 10.41.0.1');
    expect(await add(daemon, 'red', 'b', [range], 'Red Net')).toBe('10.41.0.2 via 10.41.0.1');
    expect(await add(daemon, 'plain', 'c', [range])).toBe('10.41.0.2 via 10.41.0.1');
    expect(await add(daemon, 'blue-too', 'd', [range], 'blue')).toBe('10.41.0.3 via 10.41.0.1');
    const { items } = await store.list(claimKind);
    expect(items.map(({ metadata }) => metadata.name)).toEqual([
      '10.41.0.2',
      '10.41.0.2.scope-blue',
      expect.stringMatching(/^10\.41\.0\.2\.scope-red-net--[a-z2-7]{20}$/),
      '10.41.0.3.scope-blue',
    ]);
    const again = (await restart()).daemon;
    expect(again.administration.holdersOf(parseAddress('10.41.0.2'))).toHaveLength(3);
    expect(await again.administration.check()).toEqual([]);
    await del(again, 'red', 'b');
    expect(
      again.administration.coolingDown().map(({ address, pool: of }) => `${address} ${of.includes('.scope-red')}`),
    ).toEqual(['10.41.0.2 true']);
    expect(await add(again, 'red', 'e', [range], 'Red Net')).toBe('10.41.0.3 via 10.41.0.1');
    expect(await add(again, 'plain', 'f', [range])).toBe('10.41.0.3 via 10.41.0.1');
    clock.advance(sandboxDeadlineMs * 2);
    await again.maintenance.round();
    expect(await again.administration.check()).toEqual([]);
    expect((await store.list(claimKind)).items).toHaveLength(5);
  });
});

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

describe('pools that people make beside ranges', () => {
  it('keep their addresses: ranges over them are refused at the ADD, naming network, range and pool', async () => {
    const { daemon } = await world('');
    await daemon.resources.apply(pool('office', { subnet: '10.57.0.0/24', ips: ['10.57.0.10-10.57.0.20'] }));
    const message = await messageOf(add(daemon, conf, 'a', [{ subnet: '10.57.0.0/24' }]));
    expect(message).toMatch(
      /the ranges of network "macvlan-conf" on node "node1" overlaps? SpiderIPPool "office": both offer 10\.57\.0\.10-10\.57\.0\.20/,
    );
    expect(message).not.toContain('cni-');
  });

  it('may come over ranges where every address is claimed, with a warning, and not in blocks', async () => {
    const { daemon } = await world('');
    await add(daemon, conf, 'a', [{ subnet: '10.58.0.0/28' }]);
    const { warnings } = await daemon.resources.apply(pool('office', { subnet: '10.58.0.0/28' }));
    expect(warnings.join()).toMatch(
      /offers 10\.58\.0\.2-10\.58\.0\.14 as the ranges of network "macvlan-conf" on node "node1" do/,
    );
    const office = await daemon.ipam.allocate({
      attachment: { network: 'x', containerId: 'x', ifname: 'eth0' },
      netns: '',
      source: { kind: 'named', pools: ['office'] },
      families: [],
      requested: [],
    });
    expect(office.addresses[0]?.address).toBe('10.58.0.3');
    const blocks = daemon.resources.apply(pool('blocks', { subnet: '10.58.0.0/28', blockSize: 30 }));
    expect(await messageOf(blocks)).toMatch(/ranges of network "macvlan-conf" on node "node1"/);
  });

  it('let what becomes free of a change cool down: former gateways, exclusions, reservations, and a range that grows again', async () => {
    const { daemon, clock } = await world('');
    const office = (more: object) => pool('office', { subnet: '10.59.0.0/28', ips: ['10.59.0.1-10.59.0.6'], ...more });
    const next = async (id: string): Promise<string> => {
      const { addresses } = await daemon.ipam.allocate({
        attachment: { network: 'x', containerId: id, ifname: 'eth0' },
        netns: '',
        source: { kind: 'named', pools: ['office'] },
        families: [],
        requested: [],
      });
      await del(daemon, 'x', id);
      return addresses[0]?.address ?? '';
    };
    for (const [name, before, after, freed] of [
      ['a gateway', { gateway: '10.59.0.1', excludeIPs: ['10.59.0.1'] }, { gateway: '10.59.0.14' }, '10.59.0.1'],
      ['an exclusion', { excludeIPs: ['10.59.0.1-10.59.0.2'] }, {}, '10.59.0.1'],
      ['a range', { ips: ['10.59.0.3-10.59.0.6'] }, {}, '10.59.0.1'],
    ] as const) {
      await daemon.resources.apply(office(before));
      clock.advance(cooldownMs * 2);
      await daemon.maintenance.round();
      await daemon.resources.apply(office(after));
      const given: string[] = [];
      for (const id of ['1', '2', '3']) given.push(await next(`${name}${id}`));
      expect(given, name).not.toContain(freed);
    }
  });

  it('let a former gateway cool down also when the pool is deleted and made anew', async () => {
    const { daemon } = await world('');
    await daemon.resources.apply(pool('office', { subnet: '10.60.0.0/29', gateway: '10.60.0.2' }));
    await daemon.resources.delete({ kind: poolKind, name: 'office' });
    await daemon.resources.apply(pool('office', { subnet: '10.60.0.0/29', gateway: '10.60.0.1' }));
    const { addresses } = await daemon.ipam.allocate({
      attachment: { network: 'x', containerId: 'a', ifname: 'eth0' },
      netns: '',
      source: { kind: 'named', pools: ['office'] },
      families: [],
      requested: [],
    });
    expect(addresses[0]?.address).toBe('10.60.0.3');
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
