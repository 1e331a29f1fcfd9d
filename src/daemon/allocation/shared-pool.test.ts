import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { sandboxDeadlineMs } from '../../ipam/reclaim/garbage.ts';
import { newClaim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import { addressesOf, attachment, pool, request, type World, world } from '../testing/world.ts';

/** Lets others go on until it is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a shared pool', () => {
  const shared = { source: { kind: 'named', pools: ['office'] } } as const;
  const withPool = async (spec: object): Promise<World> => {
    const w = await world('');
    await w.daemon.resources.apply(pool('office', spec));
    return w;
  };

  it('has one claim for each address, and gives the last free one at once (known failure 10)', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    const given = await Promise.all(Array.from({ length: 254 }, (_, index) => addressesOf(w, `c${index}`, shared)));
    expect(new Set(given.flat()).size).toBe(254);
    expect(await codeOf(w.daemon.ipam.allocate(request('more', shared)))).toBe('pool-exhausted');
    await w.daemon.ipam.release(attachment('c77'));
    expect(await addressesOf(w, 'more', shared)).toEqual(given[77]);
    expect(await w.daemon.administration.check()).toEqual([]);
    expect((await w.store.list('IPClaim')).items).toHaveLength(254);
  });

  it('gives another address than the one that goes into quarantine while its claim is being made', async () => {
    const w = await withPool({ subnet: '10.5.0.0/29', gateway: '10.5.0.1' });
    const create = w.store.create.bind(w.store);
    const [isAsked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    w.store.create = async (resource, uid) => {
      if (resource.metadata.name !== '10.5.0.2') return create(resource, uid);
      isAsked.resolve();
      await goOn.promise;
      return create(resource, uid);
    };
    const given = addressesOf(w, 'a', shared);
    await isAsked.promise;
    await w.daemon.administration.quarantine(parseAddress('10.5.0.2'), 'a printer has it');
    goOn.resolve();
    expect(await given).toEqual(['10.5.0.3']);
    expect((await w.store.list('IPClaim')).items.map(({ metadata }) => metadata.name)).toEqual(['10.5.0.3']);
  });

  it('is claimed of both families at once, and given back when one of them has nothing', async () => {
    const w = await withPool({ subnet: '10.5.0.0/30', gateway: '10.5.0.1' });
    await w.daemon.resources.apply(pool('office6', { subnet: 'fd05::/64' }));
    const both = { source: { kind: 'named', pools: ['office', 'office6'] } } as const;
    const create = w.store.create.bind(w.store);
    const asked: string[] = [];
    const goOn = Promise.withResolvers<void>();
    w.store.create = async (resource, uid) => {
      asked.push(resource.metadata.name);
      await goOn.promise;
      return create(resource, uid);
    };
    const given = addressesOf(w, 'a', both);
    await until(() => asked.length === 2);
    goOn.resolve();
    expect((await given)[0]).toBe('10.5.0.2');
    expect((await w.store.list('IPClaim')).items).toHaveLength(2);
    // Nothing is written for one family when the other is known to be exhausted.
    expect(await codeOf(w.daemon.ipam.allocate(request('b', both)))).toBe('pool-exhausted');
    expect(asked).toHaveLength(2);
    await w.daemon.ipam.release(attachment('a'));
    w.store.create = async (resource, uid) => {
      if (resource.metadata.name === '10.5.0.2') throw new IpamError('storage-full', 'no room');
      return create(resource, uid);
    };
    expect(await codeOf(w.daemon.ipam.allocate(request('c', both)))).toBe('storage-full');
    expect((await w.store.list('IPClaim')).items).toEqual([]);
  });

  it('picks another address when another node was faster', async () => {
    const w = await withPool({ subnet: '10.5.0.0/29', gateway: '10.5.0.1' });
    // Another node's claims, made behind this daemon's back.
    for (const address of ['10.5.0.2', '10.5.0.3']) {
      await w.store.create(
        newClaim({
          address,
          pool: 'office',
          node: 'node2',
          daemon: 'node2',
          network: 'n',
          containerId: 'x',
          ifname: 'eth0',
        }),
      );
    }
    expect(await addressesOf(w, 'a', shared)).toEqual(['10.5.0.4']);
    expect(await addressesOf(w, 'b', shared)).toEqual(['10.5.0.5']);
    expect(await addressesOf(w, 'c', shared)).toEqual(['10.5.0.6']);
    expect(await codeOf(w.daemon.ipam.allocate(request('d', shared)))).toBe('pool-exhausted');
  });

  it('uses the claim that a crash left behind, or reclaims it when it is old (known failures 2 and 6)', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    const left = (containerId: string, address: string) =>
      newClaim({ address, pool: 'office', node: 'node1', daemon: 'node1', ...attachment(containerId) });
    await w.store.create(left('a', '10.5.0.9'));
    await w.store.create(left('b', '10.5.0.10'));
    await w.store.create({ ...left('c', '10.5.0.11'), spec: { ...left('c', '10.5.0.11').spec, daemon: 'node2' } });
    const after = await w.restart();
    expect(await addressesOf(after, 'a', shared)).toEqual(['10.5.0.9']);
    await after.daemon.maintenance.round();
    expect((await w.store.list('IPClaim')).items).toHaveLength(3);
    after.clock.advance(sandboxDeadlineMs + 1);
    await after.daemon.maintenance.round();
    const kept = (await w.store.list<ReturnType<typeof newClaim>>('IPClaim')).items.map(({ spec }) => spec.containerId);
    expect(kept.sort()).toEqual(['a', 'c']);
  });

  it('reclaims at once the claim of an ADD that failed because the answer of its create was lost', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    const create = w.store.create.bind(w.store);
    w.store.create = async (resource, uid) => {
      await create(resource, uid);
      throw new IpamError('store-unavailable', 'the answer was lost');
    };
    expect(await codeOf(addressesOf(w, 'a', shared))).toBe('store-unavailable');
    w.store.create = create;
    expect(await addressesOf(w, 'b', shared)).toHaveLength(1);
    expect((await w.store.list('IPClaim')).items).toHaveLength(2);
    await w.daemon.maintenance.round();
    const kept = (await w.store.list<ReturnType<typeof newClaim>>('IPClaim')).items.map(({ spec }) => spec.containerId);
    expect(kept).toEqual(['b']);
  });

  it("takes a claim that a hand gave to another container for that one's", async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    const made = newClaim({ address: '10.5.0.9', pool: 'office', node: 'node2', daemon: 'node2', ...attachment('a') });
    const stored = await w.store.create(made);
    await w.store.update({ ...stored, spec: { ...stored.spec, containerId: 'b' } });
    await new Promise(setImmediate);
    expect(await addressesOf(w, 'a', shared)).not.toEqual(['10.5.0.9']);
  });

  it('reclaims at once the claim that a DEL could not delete', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    await addressesOf(w, 'a', shared);
    const remove = w.store.delete.bind(w.store);
    w.store.delete = () => Promise.reject(new IpamError('store-unavailable', 'it is unreachable'));
    await w.daemon.ipam.release(attachment('a'));
    w.store.delete = remove;
    expect((await w.store.list('IPClaim')).items).toHaveLength(1);
    await w.daemon.maintenance.round();
    expect((await w.store.list('IPClaim')).items).toEqual([]);
  });

  it('waits once for a store that is unreachable, however many claims a DEL deletes', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    await w.daemon.resources.apply(pool('office6', { subnet: 'fd05::/120' }));
    const both = { source: { kind: 'named', pools: ['office', 'office6'] } } as const;
    expect(await addressesOf(w, 'a', both)).toHaveLength(2);
    const away = Promise.withResolvers<never>();
    let asked = 0;
    w.store.delete = () => {
      asked += 1;
      return away.promise;
    };
    const releasing = w.daemon.ipam.release(attachment('a'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(2);
    away.reject(new IpamError('store-unavailable', 'it is unreachable'));
    await releasing;
    expect((await w.store.list('IPClaim')).items).toHaveLength(2);
  });

  it('does not reclaim an old claim that an ADD under way has taken over', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    await w.store.create(
      newClaim({ address: '10.5.0.9', pool: 'office', node: 'node1', daemon: 'node1', ...attachment('a') }),
    );
    const after = await w.restart();
    after.clock.advance(sandboxDeadlineMs + 1);
    const disk = Promise.withResolvers<void>();
    const commit = after.journal.commit.bind(after.journal);
    after.journal.commit = async (changes) => {
      await disk.promise;
      await commit(changes);
    };
    const adding = addressesOf(after, 'a', shared);
    const round = after.daemon.maintenance.round();
    await new Promise((resolve) => setImmediate(resolve));
    disk.resolve();
    expect(await adding).toEqual(['10.5.0.9']);
    await round;
    expect(await after.daemon.administration.check()).toEqual([]);
  });

  it('claims again what its journal has and the store has lost', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    const [address = ''] = await addressesOf(w, 'a', shared);
    await w.store.delete({ kind: 'IPClaim', name: address }, undefined);
    const after = await w.restart();
    expect((await w.store.list('IPClaim')).items).toHaveLength(1);
    expect(await after.daemon.administration.check()).toEqual([]);
  });

  it('takes again at once what a hand deleted while the watch was interrupted, and gives on meanwhile', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    const [lost] = await addressesOf(w, 'a', shared);
    await addressesOf(w, 'b', shared);
    const store = w.store as MemoryStore;
    store.lose(({ kind, metadata }) => kind === 'IPClaim' && metadata.name === lost);
    await new Promise(setImmediate);
    expect((await store.list('IPClaim')).items.map(({ metadata }) => metadata.name)).toContain(lost);
    expect(await addressesOf(w, 'c', shared)).toHaveLength(1);
    expect(w.daemon.history.times).toBe(0);
    expect(await w.daemon.administration.check()).toEqual([]);
  });

  it('keeps what a migration brought outside of its addresses until the DEL, and breaks no promise by it', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.20'] });
    const by = { node: 'node1', daemon: 'node1', ...attachment('old') };
    const claim = (address: string, containerId: string, annotations = {}) => {
      const made = newClaim({ address, pool: 'office', ...by, containerId });
      return { ...made, metadata: { ...made.metadata, annotations } };
    };
    await w.store.create(claim('10.5.0.200', 'old', { 'berth.network/migration': 'm1' }));
    await w.store.create(claim('10.5.0.201', 'strange'));
    for (const [containerId, address] of [
      ['old', '10.5.0.200'],
      ['strange', '10.5.0.201'],
    ] as const) {
      const addresses = [{ address, prefixLength: 24, pool: 'office', routes: [] }];
      const { node } = by;
      const allocation = { attachment: attachment(containerId), node, netns: '', addresses, createdAt: 0 };
      await w.journal.commit([{ type: 'hold', allocation }]);
    }
    const after = await w.restart();
    const { administration } = after.daemon;
    expect(await administration.check()).toMatchObject([{ invariant: 4, subject: '10.5.0.201' }]);
    expect(await administration.leftovers()).toMatchObject([
      { subject: '10.5.0.200', message: 'held since before a migration, and pool "office" does not offer it' },
    ]);
  });

  it('gives nobody an address whose claim is gone and whose container is there, also before it is claimed again', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.11'] });
    const [lost] = await addressesOf(w, 'a', shared);
    await addressesOf(w, 'b', shared);
    const store = w.store as MemoryStore;
    const create = store.create.bind(store);
    store.create = () => Promise.reject(new IpamError('store-unavailable', 'it does not answer'));
    store.lose(({ kind, metadata }) => kind === 'IPClaim' && metadata.name === lost);
    await new Promise(setImmediate);
    store.create = create;
    expect(await codeOf(w.daemon.ipam.allocate(request('c', shared)))).toBe('pool-exhausted');
    await w.daemon.maintenance.round();
    expect(await w.daemon.administration.check()).toEqual([]);
  });

  it('lays itself out anew when the pool changes, and keeps who holds what', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.12'] });
    expect(await addressesOf(w, 'a', shared)).toEqual(['10.5.0.10']);
    await w.daemon.resources.apply(
      pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.11', '10.5.0.20'] }),
    );
    expect(await addressesOf(w, 'b', shared)).toEqual(['10.5.0.11']);
    expect(await addressesOf(w, 'c', shared)).toEqual(['10.5.0.20']);
    expect(await codeOf(w.daemon.ipam.allocate(request('d', shared)))).toBe('pool-exhausted');
    expect(
      await codeOf(w.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.11-10.5.0.30'] }))),
    ).toBe('in-use');
  });

  it('gives nothing out once somebody deletes it, and takes back what is out', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    await addressesOf(w, 'a', shared);
    const present = (await w.store.get({ kind: poolKind, name: 'office' })) as Stored<Resource>;
    await w.store.update({ ...present, metadata: { ...present.metadata, finalizers: ['spiderpool.spidernet.io'] } });
    await w.store.delete({ kind: poolKind, name: 'office' }, undefined);
    expect((await w.store.get({ kind: poolKind, name: 'office' }))?.metadata.deletionTimestamp).toBeDefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await codeOf(w.daemon.ipam.allocate(request('b', shared)))).toBe('not-found');
    await w.daemon.ipam.release(request('a').attachment);
    expect((await w.store.list('IPClaim')).items).toEqual([]);
  });

  it('is deleted at once where no controller waits for it, whatever its manifest says', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    const office = pool('office', { subnet: '10.5.0.0/24' });
    const present = (await w.store.get({ kind: poolKind, name: 'office' })) as Stored<Resource>;
    await w.store.update({ ...present, metadata: { ...present.metadata, finalizers: ['spiderpool.spidernet.io'] } });
    await w.daemon.resources.delete({ kind: poolKind, name: 'office' });
    expect(await w.store.get({ kind: poolKind, name: 'office' })).toBeUndefined();
    expect((await w.daemon.resources.apply(office)).outcome).toBe('created');
  });
});
