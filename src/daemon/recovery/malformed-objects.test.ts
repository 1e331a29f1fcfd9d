import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { countAddresses, formatRangeSet } from '../../ip/range-set.ts';
import { blockKind } from '../../resources/block.ts';
import { claimKind } from '../../resources/claim.ts';
import { problemOf } from '../../resources/malformed.ts';
import { poolKind } from '../../resources/pool.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import { sieve } from '../../store/cache/sieve.ts';
import { silentLog } from '../../telemetry/log.ts';
import { addressesOf, attachment, pool, request, type World, world } from '../testing/world.ts';
import { MalformedObjects } from './malformed-objects.ts';

const shared = { source: { kind: 'named', pools: ['office'] } } as const;
const claimSpec = { pool: 'office', node: 'n', daemon: 'n', network: '', containerId: 'c', ifname: 'eth0' };
const blockSpec = { pool: 'cluster-ipv4', node: 'n', daemon: 'n' };

/** Written past all rules, as by kubectl before there was a pattern, or by etcdctl. */
const object = (kind: string, name: string, spec: unknown): Resource => ({
  apiVersion: 'berth.network/v1alpha1',
  kind,
  metadata: { name },
  spec,
});

const malformed: readonly (readonly [what: string, resource: Resource, withheld: readonly string[]])[] = [
  ['a claim of no address', object(claimKind, '10.5.0.4', { ...claimSpec, address: 'banana' }), ['10.5.0.4']],
  ['a claim without a spec', object(claimKind, '10.5.0.4', undefined), ['10.5.0.4']],
  ['a claim whose spec is null', object(claimKind, '10.5.0.4', null), ['10.5.0.4']],
  ['a claim whose spec is a list', object(claimKind, '10.5.0.4', []), ['10.5.0.4']],
  ['a claim whose spec is a text', object(claimKind, '10.5.0.4', '10.5.0.5'), ['10.5.0.4']],
  [
    'a claim of another address than its name says',
    object(claimKind, '10.5.0.4', { ...claimSpec, address: '10.5.0.5' }),
    ['10.5.0.4', '10.5.0.5'],
  ],
  [
    'a claim whose name is no address',
    object(claimKind, 'banana', { ...claimSpec, address: '10.5.0.4' }),
    ['10.5.0.4'],
  ],
  ['a claim of a number', object(claimKind, '10.5.0.4', { ...claimSpec, address: 5 }), ['10.5.0.4']],
  [
    'a claim of no pool',
    object(claimKind, '10.5.0.4', { ...claimSpec, address: '10.5.0.4', pool: undefined }),
    ['10.5.0.4'],
  ],
  [
    'a claim of a pool that is a list',
    object(claimKind, '10.5.0.4', { ...claimSpec, address: '10.5.0.4', pool: ['office'] }),
    ['10.5.0.4'],
  ],
  [
    'a claim of an empty node',
    object(claimKind, '10.5.0.4', { ...claimSpec, address: '10.5.0.4', node: '' }),
    ['10.5.0.4'],
  ],
  [
    'a claim of a Pod that is a number',
    object(claimKind, '10.5.0.4', { ...claimSpec, address: '10.5.0.4', podName: 7 }),
    ['10.5.0.4'],
  ],
  [
    'a claim of a container with an enormous name',
    object(claimKind, '10.5.0.4', { ...claimSpec, address: '10.5.0.4', containerId: 'c'.repeat(100_000) }),
    ['10.5.0.4'],
  ],
  ['a claim with nothing that can be read', object(claimKind, 'banana', { ...claimSpec, address: {} }), []],
  ['a block of no prefix', object(blockKind, '10.0.0.0-28', { ...blockSpec, cidr: 'banana' }), ['10.0.0.2']],
  ['a block without a spec', object(blockKind, '10.0.0.0-28', undefined), ['10.0.0.2']],
  ['a block with host bits', object(blockKind, 'banana', { ...blockSpec, cidr: '10.0.0.5/28' }), ['10.0.0.2']],
  [
    'a block of another prefix than its name says',
    object(blockKind, '10.0.0.0-28', { ...blockSpec, cidr: '10.0.0.16/28' }),
    ['10.0.0.2', '10.0.0.18'],
  ],
  ['a block of an enormous length', object(blockKind, '10.0.0.0-99', { ...blockSpec, cidr: '10.0.0.0/99' }), []],
  ['a pool of no subnet', pool('broken', { subnet: 'banana' }), []],
  ['a pool without a spec', { ...pool('broken', {}), spec: undefined }, []],
];

/** A pool of six addresses, beside the blocks of `cluster-ipv4`. */
async function office(): Promise<World> {
  const w = await world('10.0.0.0/26');
  await w.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/29' }));
  return w;
}

/** ADDs until the pool refuses. */
async function fill(w: World, more: object, prefix: string): Promise<string[]> {
  const given: string[] = [];
  for (let index = 0; ; index += 1) {
    const code = await codeOf(w.daemon.ipam.allocate(request(`${prefix}${index}`, more)));
    if (code !== undefined) {
      expect(code).toBe('pool-exhausted');
      return given;
    }
    given.push(...(w.daemon.ipam.find(attachment(`${prefix}${index}`))?.addresses ?? []).map(({ address }) => address));
  }
}

const settle = () => new Promise(setImmediate);

describe('an object of the store that cannot be used', () => {
  it.each(malformed)(
    'neither ends a start nor makes ADDs fail, and keeps its addresses from use: %s',
    async (_what, resource, withheld) => {
      const before = await office();
      await before.store.create(resource);
      const w = await before.restart();
      const given = [...(await fill(w, shared, 's')), ...(await fill(w, { source: { kind: 'default' } }, 'b'))];
      expect(given.length).toBeGreaterThan(20);
      for (const address of withheld) {
        expect(given).not.toContain(address);
        const { state } = await w.daemon.administration.stateOf(parseAddress(address));
        expect(state).toBe('unknown');
      }
      const found = (await w.daemon.administration.check()).map(({ subject }) => subject);
      expect(found).toEqual([`${resource.kind}/${resource.metadata.name}`]);
    },
  );

  it.each(malformed)('does not end the watch of a daemon that runs: %s', async (_what, resource, withheld) => {
    const w = await office();
    const stored = await w.store.create(resource);
    // What comes later on the same watch still arrives.
    await w.daemon.resources.apply(pool('later', { subnet: '10.6.0.0/29' }));
    await settle();
    const given = [...(await fill(w, shared, 's')), ...(await fill(w, { source: { kind: 'default' } }, 'b'))];
    for (const address of withheld) expect(given).not.toContain(address);
    expect(await addressesOf(w, 'later', { source: { kind: 'named', pools: ['later'] } })).toHaveLength(1);
    expect((await w.daemon.administration.check()).map(({ subject }) => subject)).toEqual([
      `${resource.kind}/${resource.metadata.name}`,
    ]);
    expect(w.daemon.malformed.counts()).toEqual(new Map([[resource.kind, 1]]));

    await w.daemon.resources.delete({ kind: resource.kind, name: stored.metadata.name });
    await settle();
    expect(await w.daemon.administration.check()).toEqual([]);
    expect(w.daemon.malformed.counts()).toEqual(new Map([[resource.kind, 0]]));
  });

  it('leaves the former state of a claim, block or pool in force when a hand spoils it', async () => {
    const w = await office();
    const [held = ''] = await addressesOf(w, 'a', shared);
    const [fromBlock = ''] = await addressesOf(w, 'b');
    await settle();
    for (const kind of [claimKind, blockKind, poolKind]) {
      for (const stored of (await w.store.list(kind)).items) {
        await w.store.update({ ...stored, spec: { ...(stored.spec as object), address: 'x', cidr: 'x', subnet: 'x' } });
      }
    }
    await settle();
    expect(await addressesOf(w, 'a', shared)).toEqual([held]);
    const given = [...(await fill(w, shared, 's')), ...(await fill(w, { source: { kind: 'default' } }, 'p'))];
    expect(given.length).toBeGreaterThan(20);
    expect(given).not.toContain(held);
    expect(given).not.toContain(fromBlock);
    expect(new Set(given).size).toBe(given.length);
  });

  it('keeps its address from being taken out of the pool, whoever looks: what it means may be held', async () => {
    const before = await office();
    const [address] = await addressesOf(before, 'held', shared);
    const claim = (await before.store.get({ kind: claimKind, name: address ?? '' })) as Stored<Resource>;
    await before.store.update({ ...claim, spec: null });
    const w = await before.restart();
    const excluding = pool('office', { subnet: '10.5.0.0/29', excludeIPs: [address] });
    expect(await codeOf(w.daemon.resources.apply(excluding))).toBe('in-use');
  });

  it.each([
    ['a block', blockKind, undefined],
    ['a claim', claimKind, shared],
  ])(
    'is had again at once by whoever has its addresses on record, when it is taken away: %s',
    async (_, kind, more) => {
      const before = await office();
      await addressesOf(before, 'a', more);
      const [stored] = (await before.store.list(kind)).items;
      const { name, uid } = stored?.metadata ?? {};
      await before.store.update({ ...(stored as Stored<Resource>), spec: null });
      const w = await before.restart();
      await w.daemon.resources.delete({ kind, name: name ?? '' });
      await expect
        .poll(async () => w.store.get({ kind, name: name ?? '' }))
        .toMatchObject({ spec: { daemon: 'node1' } });
      expect((await w.store.get({ kind, name: name ?? '' }))?.metadata.uid).not.toBe(uid);
      await expect.poll(() => w.daemon.administration.check()).toEqual([]);
    },
  );

  it('can be made whole by an apply, a pool for one', async () => {
    const w = await office();
    await w.store.create(pool('broken', { subnet: 'banana' }));
    await settle();
    await w.daemon.resources.apply(pool('broken', { subnet: '10.7.0.0/29' }));
    expect(await addressesOf(w, 'a', { source: { kind: 'named', pools: ['broken'] } })).toHaveLength(1);
    expect(await w.daemon.administration.check()).toEqual([]);
  });
});

describe('many objects that cannot be used', () => {
  const many = 2_000;
  const claims = Array.from({ length: many }, (_, n): Stored<Resource> => {
    const name = `10.6.${Math.floor(n / 250)}.${n % 250}`;
    const metadata = { name, uid: name, resourceVersion: String(n + 1), creationTimestamp: '' };
    return { ...object(claimKind, name, null), metadata };
  });

  function sieved() {
    const found = new MalformedObjects(silentLog);
    const changes: bigint[] = [];
    found.onChange = () => void changes.push(countAddresses(found.withheld));
    const gone: (readonly [meant: bigint, withheldStill: bigint])[] = [];
    found.onGone = (meant) => void gone.push([countAddresses(meant), countAddresses(found.withheld)]);
    const nothing = { replace: () => {}, put: () => {}, remove: () => {} };
    const options = { problemOf, former: () => undefined, found };
    return { found, changes, gone, through: sieve<Resource>(claimKind, nothing, options) };
  }

  it('change what is withheld once for each list, before what is left of it is gone by', () => {
    const { found, changes, through } = sieved();
    through.replace(claims, '1');
    through.replace(claims, '2');
    through.replace(claims.slice(0, 7), '3');
    expect(changes).toEqual([BigInt(many), 7n]);
    expect(found.counts()).toEqual(new Map([[claimKind, 7]]));
  });

  it('are told of once for each list that lacks them, while they are withheld still', () => {
    const { found, gone, through } = sieved();
    through.replace(claims, '1');
    through.replace(claims.slice(0, 7), '2');
    through.remove(claims[0] as Stored<Resource>);
    expect(gone).toEqual([
      [BigInt(many - 7), BigInt(many)],
      [1n, 7n],
    ]);
    expect(countAddresses(found.withheld)).toBe(6n);
  });

  it('are withheld one by one as they come, and until each is gone', () => {
    const { found, changes, through } = sieved();
    const [first, second, third] = claims as [Stored<Resource>, Stored<Resource>, Stored<Resource>];
    for (const one of [second, third, first]) through.put(one);
    through.put({ ...third, spec: { address: '10.7.0.1' } });
    through.remove(third);
    expect(changes).toEqual([1n, 2n, 3n, 4n, 2n]);
    expect(formatRangeSet(found.withheld)).toEqual(['10.6.0.0-10.6.0.1']);
  });
});

describe('a reservation that cannot be read', () => {
  const reservation = (spec: unknown, name = 'kept') => ({
    ...object(reservedIPKind, name, spec),
    apiVersion: pool('x', {}).apiVersion,
  });
  const reserved = reservation({ ips: ['10.5.0.1-10.5.0.3'] });

  it('goes on reserving what it did before a hand spoiled it', async () => {
    const w = await office();
    const stored = (await w.store.create(reserved)) as Stored<Resource>;
    await settle();
    await w.store.update({ ...stored, spec: { ips: ['10.5.0.1-banana'] } });
    await settle();
    expect(await fill(w, shared, 's')).toEqual(['10.5.0.4', '10.5.0.5', '10.5.0.6']);
  });

  it('reserves what of it can be read, and closes nothing, when it is made while a daemon looks', async () => {
    const w = await office();
    await w.store.create(reservation({ ips: ['10.5.0.1', '10.5.0.2-banana'] }));
    await settle();
    expect(await fill(w, shared, 's')).toEqual(['10.5.0.2', '10.5.0.3', '10.5.0.4', '10.5.0.5', '10.5.0.6']);
  });

  it.each([
    ['a range of it', { ips: ['10.5.0.1', 'banana'] }],
    ['its list', { ips: 5 }],
    ['its spec', null],
  ])(
    'closes the pools that it may touch to a daemon that never saw it whole, when this cannot be read: %s',
    async (_what, spec) => {
      const before = await office();
      await addressesOf(before, 'held', shared);
      await before.store.create(reservation(spec));
      const w = await before.restart();
      expect(await codeOf(w.daemon.ipam.allocate(request('a', shared)))).toBe('not-found');
      expect(await codeOf(w.daemon.ipam.allocate(request('b')))).toBe('not-found');
      // What is out is answered as ever.
      expect(await addressesOf(w, 'held', shared)).toHaveLength(1);
      await w.daemon.resources.delete({ kind: reservedIPKind, name: 'kept' });
      expect(await addressesOf(w, 'a', shared)).toHaveLength(1);
    },
  );

  it.each([
    ['of the other family', { ipVersion: 6, ips: ['banana'] }],
    ['that breaks a rule, all of whose ranges can be read', { ips: ['10.5.0.1'], colour: 'red' }],
  ])('closes no pool that it cannot touch: one %s', async (_what, spec) => {
    const before = await office();
    await before.store.create(reservation(spec));
    const w = await before.restart();
    expect(await addressesOf(w, 'a', shared)).toHaveLength(1);
  });
});
