import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { sandboxDeadlineMs } from '../ipam/reclaim.ts';
import type { AllocateRequest } from '../ipam/request.ts';
import { newClaim } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { poolKind, spiderpoolVersion } from '../resources/pool.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';
import { silentLog } from '../telemetry/log.ts';
import type { Clock } from './clock.ts';
import { Daemon } from './daemon.ts';
import { MemoryJournal } from './memory-journal.ts';

const cooldownMs = 30_000;

/** Time that passes only when told to; pauses last until it does, or until they are aborted. */
class TestClock implements Clock {
  #now = 1_700_000_000_000;

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  pause(_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve());
    });
  }
}

interface World {
  readonly clock: TestClock;
  readonly store: Store;
  readonly journal: MemoryJournal;
  readonly daemon: Daemon;
  /** A new daemon over the same state, as after a crash: the old one just stops being used. */
  restart(): Promise<World>;
}

let uids = 0;

async function world(
  cidrs = '10.0.0.0/24',
  blockSize = 28,
  from?: Pick<World, 'clock' | 'store' | 'journal'>,
): Promise<World> {
  const clock = from?.clock ?? new TestClock();
  const store = from?.store ?? new MemoryStore({ now: () => clock.now(), newUid: () => `uid-${++uids}` });
  const journal = from?.journal ?? new MemoryJournal();
  const daemon = daemonOver({ clock, store, journal }, cidrs, blockSize);
  await daemon.start();
  return { clock, store, journal, daemon, restart: () => world(cidrs, blockSize, { clock, store, journal }) };
}

function daemonOver(
  { clock, store, journal }: Pick<World, 'clock' | 'store' | 'journal'>,
  cidrs: string,
  blockSize: number,
): Daemon {
  return new Daemon({
    node: 'node1',
    store,
    journal,
    clock,
    log: silentLog,
    cooldownMs,
    preleaseThreshold: 0.2,
    maintenanceIntervalMs: 1_000,
    clusterCidrs: cidrs === '' ? [] : cidrs.split(',').map(parsePrefix),
    blockSizes: { 4: blockSize, 6: 120 },
  });
}

function request(containerId: string, more: Partial<AllocateRequest> = {}): AllocateRequest {
  return {
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    netns: '',
    source: { kind: 'default' },
    families: [],
    requested: [],
    ...more,
  };
}

const attachment = (containerId: string) => request(containerId).attachment;

function pool(name: string, spec: object): Resource {
  return { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec };
}

async function addressesOf(
  { daemon }: World,
  containerId: string,
  more: Partial<AllocateRequest> = {},
): Promise<string[]> {
  const { addresses } = await daemon.ipam.allocate(request(containerId, more));
  return addresses.map(({ address }) => address);
}

async function codeOf(action: Promise<unknown>): Promise<string | undefined> {
  try {
    await action;
    return undefined;
  } catch (error) {
    if (error instanceof IpamError) return error.code;
    throw error;
  }
}

describe('a daemon that starts', () => {
  it('answers what is asked meanwhile as soon as it has started', async () => {
    const before = await world();
    const { addresses } = await before.daemon.ipam.allocate(request('a'));
    const [block] = await before.daemon.administration.blocks();
    const daemon = daemonOver(before, '10.0.0.0/24', 28);
    const repeated = daemon.ipam.allocate(request('a'));
    const released = daemon.ipam.release(request('b').attachment);
    const returned = daemon.administration.returnBlock('node1', parsePrefix(block?.cidr ?? ''));
    const leased = daemon.administration.leaseBlock('node2');
    returned.catch(() => {});
    await daemon.start();
    expect((await repeated).addresses).toEqual(addresses);
    expect(await released).toBeUndefined();
    await expect(returned).rejects.toMatchObject({ code: 'in-use' });
    expect((await leased).node).toBe('node2');
  });

  it('and is stopped before it has, refuses it', async () => {
    const daemon = daemonOver(
      {
        clock: new TestClock(),
        store: new MemoryStore({ now: () => 0, newUid: () => 'uid' }),
        journal: new MemoryJournal(),
      },
      '',
      28,
    );
    const asked = daemon.ipam.allocate(request('a'));
    await daemon.stop();
    await expect(asked).rejects.toMatchObject({ code: 'not-ready' });
  });
});

describe('the daemon', () => {
  it('gives the first Pod of a block the address after the gateway, never the gateway (known failure 11)', async () => {
    const { daemon } = await world('10.0.0.0/24,fd00::/112');
    const { addresses } = await daemon.ipam.allocate(request('a'));
    expect(addresses).toMatchObject([
      { address: '10.0.0.2', prefixLength: 28, gateway: '10.0.0.1', block: '10.0.0.0/28' },
      { address: 'fd00::2', prefixLength: 120, gateway: 'fd00::1', block: 'fd00::/120' },
    ]);
  });

  it('gives a repeated ADD the same addresses, also after a crash (known failure 12)', async () => {
    const before = await world();
    const first = await addressesOf(before, 'a');
    expect(await addressesOf(before, 'a')).toEqual(first);
    const after = await before.restart();
    expect(await addressesOf(after, 'a')).toEqual(first);
    expect(await after.daemon.administration.check()).toEqual([]);
  });

  it('serves one call per attachment at a time, so that a doubled ADD gets one address', async () => {
    const { daemon } = await world();
    const both = await Promise.all([daemon.ipam.allocate(request('a')), daemon.ipam.allocate(request('a'))]);
    expect(both[0]).toEqual(both[1]);
    expect(daemon.administration.allocations()).toHaveLength(1);
  });

  it('gives nothing out that is not on record', async () => {
    const { daemon, journal } = await world();
    journal.failure = new IpamError('storage-full', 'full');
    expect(await codeOf(daemon.ipam.allocate(request('a')))).toBe('storage-full');
    expect(daemon.ipam.find(attachment('a'))).toBeUndefined();
    journal.failure = undefined;
    expect(await daemon.administration.check()).toEqual([]);
    // The address that was taken back is fresh again: nobody has seen it.
    expect((await daemon.ipam.allocate(request('b'))).addresses[0]?.address).toBe('10.0.0.3');
    expect((await daemon.administration.blocks())[0]).toMatchObject({ used: 1n, resting: 0 });
  });

  it('keeps the addresses of a DEL that could not be recorded', async () => {
    const { daemon, journal } = await world();
    await daemon.ipam.allocate(request('a'));
    journal.failure = new IpamError('storage-full', 'full');
    expect(await codeOf(daemon.ipam.release(attachment('a')))).toBe('storage-full');
    expect(daemon.ipam.find(attachment('a'))).toBeDefined();
  });

  it('lets a released address rest, also over a restart, and gives it when nothing else is left', async () => {
    const before = await world('10.0.0.0/29', 29);
    const [first = ''] = await addressesOf(before, 'a');
    await before.daemon.ipam.release(attachment('a'));
    const after = await before.restart();
    const given: string[] = [];
    for (let index = 0; index < 5; index += 1) given.push(...(await addressesOf(after, `x${index}`)));
    // All others came first; the resting one only because the pool was exhausted.
    expect(given.indexOf(first)).toBe(4);
    expect(await codeOf(after.daemon.ipam.allocate(request('y')))).toBe('pool-exhausted');
    expect(after.daemon.administration.resting()).toEqual([]);
  });

  it('forgets a rest that is over', async () => {
    const { daemon, clock, journal } = await world();
    await daemon.ipam.allocate(request('a'));
    await daemon.ipam.release(attachment('a'));
    expect(journal.load().resting).toHaveLength(1);
    clock.advance(cooldownMs);
    await daemon.maintenance.round();
    expect(journal.load().resting).toEqual([]);
  });

  it('leases the next block, its neighbour, before the first is full, and hands empty ones back', async () => {
    const w = await world('10.0.0.0/24', 28);
    for (let index = 0; index < 11; index += 1) await w.daemon.ipam.allocate(request(`a${index}`));
    const blocks = async (): Promise<string[]> => (await w.daemon.administration.blocks()).map(({ cidr }) => cidr);
    await expect.poll(blocks).toEqual(['10.0.0.0/28', '10.0.0.16/28']);
    for (let index = 0; index < 11; index += 1) await w.daemon.ipam.release(attachment(`a${index}`));
    await w.daemon.maintenance.round();
    // While its neighbour's addresses rest they are free all the same; the empty block goes.
    expect(await blocks()).toEqual(['10.0.0.0/28']);
    expect(await w.daemon.administration.check()).toEqual([]);
  });

  it('hands the last block of a disabled pool back, once its addresses are free and have rested', async () => {
    const w = await world('10.0.0.0/24', 28);
    const blocks = async (): Promise<string[]> => (await w.daemon.administration.blocks()).map(({ cidr }) => cidr);
    await w.daemon.ipam.allocate(request('a'));
    const [pool] = (await w.store.list(poolKind)).items;
    if (pool === undefined) throw new Error('there is no pool');
    await w.daemon.resources.apply({ ...pool, spec: { ...(pool.spec as object), disable: true } });
    await w.daemon.maintenance.round();
    expect(await blocks()).toEqual(['10.0.0.0/28']);
    await w.daemon.ipam.release(attachment('a'));
    await w.daemon.maintenance.round();
    expect(await blocks()).toEqual(['10.0.0.0/28']);
    w.clock.advance(cooldownMs);
    await w.daemon.maintenance.round();
    expect(await blocks()).toEqual([]);
  });

  it('gives 64 callers at once 64 addresses, over several leases', async () => {
    const w = await world('10.0.0.0/24', 28);
    const given = await Promise.all(Array.from({ length: 64 }, (_, index) => addressesOf(w, `c${index}`)));
    expect(new Set(given.flat()).size).toBe(64);
    expect(await w.daemon.administration.check()).toEqual([]);
  });

  it('collects what a runtime no longer knows, of its network and node only (known failure 4)', async () => {
    const { daemon } = await world();
    await daemon.ipam.allocate(request('kept'));
    await daemon.ipam.allocate(request('gone'));
    await daemon.ipam.allocate(request('elsewhere', { node: 'node2' }));
    const released = await daemon.ipam.collect('net', [{ containerId: 'kept', ifname: 'eth0' }]);
    expect(released.map((one) => one.attachment.containerId)).toEqual(['gone']);
    expect(daemon.administration.allocations()).toHaveLength(2);
  });

  it('gives an exact address, and says who has it, or that nobody may', async () => {
    const w = await world();
    const exactly = (text: string) => ({ requested: [parseAddress(text)] });
    expect(await addressesOf(w, 'a', exactly('10.0.0.37'))).toEqual(['10.0.0.37']);
    expect(await codeOf(w.daemon.ipam.allocate(request('b', exactly('10.0.0.37'))))).toBe('address-taken');
    expect(await codeOf(w.daemon.ipam.allocate(request('b', exactly('10.0.0.33'))))).toBe('address-not-allowed');
    expect(await codeOf(w.daemon.ipam.allocate(request('b', { node: 'node2', ...exactly('10.0.0.40') })))).toBe(
      'address-taken',
    );
    expect(await codeOf(w.daemon.ipam.allocate(request('a', exactly('10.0.0.38'))))).toBe('conflict');
  });
});

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

  it('reclaims at once the claim that a DEL could not delete', async () => {
    const w = await withPool({ subnet: '10.5.0.0/24' });
    await addressesOf(w, 'a', shared);
    const remove = w.store.delete.bind(w.store);
    w.store.delete = () => Promise.reject(new IpamError('store-unavailable', 'it is away'));
    await w.daemon.ipam.release(attachment('a'));
    w.store.delete = remove;
    expect((await w.store.list('IPClaim')).items).toHaveLength(1);
    await w.daemon.maintenance.round();
    expect((await w.store.list('IPClaim')).items).toEqual([]);
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
    expect(await codeOf(w.daemon.resources.delete({ kind: poolKind, name: 'office' }))).toBe('in-use');
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
