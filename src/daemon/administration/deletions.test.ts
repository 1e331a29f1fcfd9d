import { describe, expect, it } from 'vitest';
import { blockKind } from '../../resources/block.ts';
import { claimKind, newClaim } from '../../resources/claim.ts';
import { poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { spiderpoolFinalizer } from '../../resources/published.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { subnetKind } from '../../resources/subnet.ts';
import { codeOf, refusalOf } from '../../resources/testing/refusal.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { PoolFence } from '../allocation/pool-fence.ts';
import { Daemon } from '../daemon.ts';
import { MemoryJournal } from '../journal/memory-journal.ts';
import { addressesOf, attachment, cooldownMs, pool, request, TestClock, type World, world } from '../testing/world.ts';

const office = pool('office', { subnet: '10.5.0.0/24' });
const key = { kind: poolKind, name: 'office' };
const named = { source: { kind: 'named', pools: ['office'] } } as const;

async function withOffice(spec: object = office.spec as object): Promise<World> {
  const w = await world('');
  await w.daemon.resources.apply(pool('office', spec));
  return w;
}

describe('a pool that is deleted', () => {
  it('is gone at once when nothing of it is out, however many there are', async () => {
    const w = await world('');
    const names = Array.from({ length: 10 }, (_, n) => `pool-${n}`);
    for (const [n, name] of names.entries()) await w.daemon.resources.apply(pool(name, { subnet: `10.5.${n}.0/24` }));
    for (const name of names) await w.daemon.resources.delete({ kind: poolKind, name });
    expect((await w.store.list(poolKind)).items).toEqual([]);
    expect(await w.daemon.administration.pools()).toEqual([]);
  });

  it('stays while something of it is out, gives nothing more out, and shows that it goes', async () => {
    const w = await withOffice();
    await addressesOf(w, 'a', named);
    await w.daemon.resources.delete(key);
    const marked = await w.store.get(key);
    expect(marked?.metadata).toMatchObject({
      deletionTimestamp: expect.any(String),
      finalizers: [spiderpoolFinalizer],
    });
    expect(await w.daemon.administration.pools()).toMatchObject([{ name: 'office', isTerminating: true, used: 1n }]);
    expect(await codeOf(w.daemon.ipam.allocate(request('b', named)))).toBeDefined();
    await w.daemon.maintenance.round();
    expect(await w.store.get(key)).toBeDefined();
    expect(await w.daemon.administration.check()).toEqual([]);
  });

  it('is not looked for in the store while this daemon knows of a block of it that is in use', async () => {
    const w = await withOffice({ subnet: '10.5.0.0/24', blockSize: 28 });
    await addressesOf(w, 'a', named);
    await w.daemon.resources.delete(key);
    const listed: string[] = [];
    const list = w.store.list.bind(w.store);
    w.store.list = (kind) => {
      listed.push(kind);
      return list(kind);
    };
    await w.daemon.maintenance.round();
    expect(listed).not.toContain('IPBlock');
    expect(listed).not.toContain('IPClaim');
    expect(await w.store.get(key)).toBeDefined();
  });

  it.each([
    ['block', blockKind, { subnet: '10.5.0.0/24', blockSize: 28 }],
    ['claim', claimKind, { subnet: '10.5.0.0/24' }],
  ])('stays while something of it is out whose %s cannot be used any more', async (_what, kind, spec) => {
    const before = await withOffice(spec);
    await addressesOf(before, 'a', named);
    await before.daemon.resources.delete(key);
    const [stored] = (await before.store.list(kind)).items;
    await before.store.update({ ...(stored as Stored<Resource>), spec: null });
    const w = await before.restart();
    await w.daemon.maintenance.round();
    expect(await w.store.get(key)).toBeDefined();
    await w.daemon.resources.delete({ kind, name: stored?.metadata.name ?? '' });
    await w.daemon.maintenance.round();
    expect(await w.store.get(key)).toBeDefined();
    expect(await w.daemon.administration.check()).toEqual([]);
  });

  it('goes with the last address of it, also when that cools down', async () => {
    const w = await withOffice();
    await addressesOf(w, 'a', named);
    await w.daemon.resources.delete(key);
    await w.daemon.ipam.release(attachment('a'));
    await w.daemon.maintenance.round();
    expect(await w.store.get(key)).toBeUndefined();
    await w.daemon.resources.apply(office);
    // The address cools down all the same, whatever the pool is called.
    expect(await addressesOf(w, 'b', named)).toEqual(['10.5.0.2']);
  });

  it('may be deleted again, and again', async () => {
    const w = await withOffice();
    await addressesOf(w, 'a', named);
    for (let time = 0; time < 3; time += 1) await w.daemon.resources.delete(key);
    expect(await w.store.get(key)).toBeDefined();
    await w.daemon.ipam.release(attachment('a'));
    await w.daemon.resources.delete(key);
    expect(await w.store.get(key)).toBeUndefined();
    expect(await codeOf(w.daemon.resources.delete(key))).toBe('not-found');
  });

  it('is not changed any more, nor made anew under its name while it is there', async () => {
    const w = await withOffice();
    await addressesOf(w, 'a', named);
    await w.daemon.resources.delete(key);
    for (const spec of [office.spec as object, { subnet: '10.5.0.0/24', disable: true }]) {
      expect(await refusalOf(w.daemon.resources.apply(pool('office', spec)))).toMatch(
        /^SpiderIPPool "office" is being deleted, since .*; it goes when nothing of it is out any more: apply again then/,
      );
    }
  });

  it('hands back blocks without addresses, and goes when the last block has cooled down', async () => {
    const w = await withOffice({ subnet: '10.5.0.0/24', blockSize: 28 });
    await addressesOf(w, 'a', named);
    await w.daemon.administration.leaseBlock('node1', 'office');
    await w.daemon.resources.delete(key);
    expect((await w.store.list('IPBlock')).items).toHaveLength(1);
    await w.daemon.ipam.release(attachment('a'));
    w.clock.advance(cooldownMs);
    await w.daemon.maintenance.round();
    expect([(await w.store.list('IPBlock')).items, await w.store.get(key)]).toEqual([[], undefined]);
  });

  it('goes after a restart, too', async () => {
    const w = await withOffice();
    await addressesOf(w, 'a', named);
    await w.daemon.resources.delete(key);
    const after = await w.restart();
    await after.daemon.ipam.release(attachment('a'));
    await after.daemon.maintenance.round();
    expect(await w.store.get(key)).toBeUndefined();
  });

  it('stays for finalizers of others', async () => {
    const w = await world('');
    await w.daemon.resources.apply({ ...office, metadata: { name: 'office', finalizers: ['example.com/hold'] } });
    await w.daemon.resources.delete(key);
    expect((await w.store.get(key))?.metadata.finalizers).toEqual(['example.com/hold']);
  });
});

describe('a subnet that is deleted', () => {
  const subnet = {
    apiVersion: spiderpoolVersion,
    kind: subnetKind,
    metadata: { name: 'floor' },
    spec: { subnet: '10.5.0.0/24' },
  };

  it('stays while it has pools, and goes with the last of them', async () => {
    const w = await world('');
    await w.daemon.resources.apply(subnet);
    await w.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.9'] }));
    await w.daemon.resources.delete({ kind: subnetKind, name: 'floor' });
    await w.daemon.maintenance.round();
    expect((await w.store.list(subnetKind)).items).toHaveLength(1);
    await w.daemon.resources.delete(key);
    await w.daemon.maintenance.round();
    expect((await w.store.list(subnetKind)).items).toEqual([]);
  });
});

describe('a pool that two daemons share', () => {
  let uids = 0;

  async function two() {
    const clock = new TestClock();
    const store = new MemoryStore({ now: () => clock.now(), newUid: () => `u-${++uids}` });
    const start = async (node: string): Promise<Daemon> => {
      const daemon = new Daemon({
        node,
        store,
        journal: new MemoryJournal(),
        clock,
        log: silentLog,
        cooldownMs,
        preleaseThreshold: 0.2,
        maintenanceIntervalMs: 1_000,
        isShared: true,
        fence: new PoolFence({ store, elapsed: () => clock.now() }),
        clusterCidrs: [],
        blockSizes: { 4: 28, 6: 120 },
      });
      await daemon.start();
      return daemon;
    };
    const [one, other] = [await start('one'), await start('other')];
    await one.resources.apply(office);
    await other.resources.apply(office);
    return { store, one, other };
  }

  it('stays until the other has given back what it has', async () => {
    const { store, one, other } = await two();
    await other.ipam.allocate(request('a', named));
    await one.resources.delete(key);
    await one.maintenance.round();
    expect((await store.get(key))?.metadata.deletionTimestamp).toBeDefined();
    await other.ipam.release(attachment('a'));
    await one.maintenance.round();
    expect(await store.get(key)).toBeUndefined();
  });

  it('is not used after it is gone by a daemon that looked at it a moment before', async () => {
    const { store, one, other } = await two();
    await other.ipam.allocate(request('a', named));
    await other.ipam.release(attachment('a'));
    // As if its watch were late: the pool goes between its choice and its claim.
    const create = store.create.bind(store);
    store.create = async (resource, uid) => {
      store.create = create;
      await one.resources.delete(key);
      return create(resource, uid);
    };
    expect(await codeOf(other.ipam.allocate(request('b', named)))).toBe('not-ready');
    expect([(await store.list('IPClaim')).items, await store.get(key)]).toEqual([[], undefined]);
  });

  it('stays for a claim by hand', async () => {
    const { store, one } = await two();
    const spec = {
      address: '10.5.0.9',
      pool: 'office',
      node: 'n',
      daemon: 'n',
      network: 'net',
      containerId: 'c',
      ifname: 'eth0',
    };
    await store.create(newClaim(spec));
    await one.resources.delete(key);
    expect(await store.get(key)).toBeDefined();
  });
});
