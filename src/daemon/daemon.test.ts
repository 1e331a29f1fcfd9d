import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { exactly } from '../ipam/requested-address.ts';
import { IpamError } from '../resources/errors.ts';
import { poolKind } from '../resources/pool.ts';
import { codeOf } from '../resources/testing/refusal.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { type StoreDecorator, wrap } from '../store/wrap.ts';
import { MemoryJournal } from './journal/memory-journal.ts';
import { addressesOf, attachment, cooldownMs, daemonOver, request, TestClock, world } from './testing/world.ts';

describe('a daemon that starts', () => {
  it('answers what is asked meanwhile as soon as it has started', async () => {
    const before = await world();
    const { addresses } = await before.daemon.ipam.allocate(request('a'));
    const daemon = daemonOver(before, '10.0.0.0/24', 28);
    const repeated = daemon.ipam.allocate(request('a'));
    const released = daemon.ipam.release(request('b').attachment);
    await daemon.start();
    expect((await repeated).addresses).toEqual(addresses);
    expect(await released).toBeUndefined();
  });

  it('beside another knows the pool that the other was first to make before it says that it has', async () => {
    const others = await world('', 28);
    const [overtaken, behind] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    /** Another daemon makes every pool a moment before this one, which hears of it late. */
    const overtakes: StoreDecorator = (inner) => ({
      async create(resource) {
        await inner.create(resource);
        overtaken.resolve();
        return inner.create(resource);
      },
      async *watch(...what) {
        await behind.promise;
        yield* inner.watch<never>(...what);
      },
    });
    const store = wrap(others.store, overtakes);
    const daemon = daemonOver({ ...others, store, journal: new MemoryJournal() }, '10.0.0.0/24', 28);
    const known = daemon.start().then(() => daemon.pool('cluster-ipv4')?.name);
    await overtaken.promise;
    // Whatever needs no news from the store has been done by then.
    await new Promise((resolve) => setImmediate(resolve));
    behind.resolve();
    expect(await known).toBe('cluster-ipv4');
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

  it('answers the executable that sends its ADD again after a crash, and refuses the runtime that makes another', async () => {
    const before = await world();
    const first = await addressesOf(before, 'a', { execution: { id: 'x1', interface: 'present' } });
    const after = await before.restart();
    const again = (id: string, presence: 'present' | 'absent' | 'unknown') =>
      addressesOf(after, 'a', { execution: { id, interface: presence } });
    expect(await again('x1', 'present')).toEqual(first);
    expect(await codeOf(again('x2', 'present'))).toBe('already-exists');
    expect(await codeOf(again('x2', 'unknown'))).toBe('already-exists');
    // The answer to the first one was lost with its executable, and nothing was made of it.
    expect(await again('x3', 'absent')).toEqual(first);
    expect(after.daemon.ipam.find(attachment('a'))?.addresses.map(({ address }) => address)).toEqual(first);
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
    expect((await daemon.administration.blocks())[0]).toMatchObject({ used: 1n, coolingDown: 0 });
  });

  it('keeps the addresses of a DEL that could not be recorded', async () => {
    const { daemon, journal } = await world();
    await daemon.ipam.allocate(request('a'));
    journal.failure = new IpamError('storage-full', 'full');
    expect(await codeOf(daemon.ipam.release(attachment('a')))).toBe('storage-full');
    expect(daemon.ipam.find(attachment('a'))).toBeDefined();
  });

  it('lets a released address cool down, also over a restart, and gives it when nothing else is left', async () => {
    const before = await world('10.0.0.0/29', 29);
    const [first = ''] = await addressesOf(before, 'a');
    await before.daemon.ipam.release(attachment('a'));
    const after = await before.restart();
    const given: string[] = [];
    for (let index = 0; index < 5; index += 1) given.push(...(await addressesOf(after, `x${index}`)));
    // All others came first; the one that cools down only because the pool was exhausted.
    expect(given.indexOf(first)).toBe(4);
    expect(await codeOf(after.daemon.ipam.allocate(request('y')))).toBe('pool-exhausted');
    expect(after.daemon.administration.coolingDown()).toEqual([]);
  });

  it('forgets a cool-down that is over', async () => {
    const { daemon, clock, journal } = await world();
    await daemon.ipam.allocate(request('a'));
    await daemon.ipam.release(attachment('a'));
    expect(journal.load().coolingDown).toHaveLength(1);
    clock.advance(cooldownMs);
    await daemon.maintenance.round();
    expect(journal.load().coolingDown).toEqual([]);
  });

  it('lets what it released by a clock an hour ahead cool down no longer than anything else, and has that on record', async () => {
    const before = await world();
    await before.daemon.ipam.allocate(request('a'));
    const hour = 3_600_000;
    before.clock.put(hour);
    await before.daemon.ipam.release(attachment('a'));
    before.clock.put(-hour);
    await before.daemon.maintenance.round();
    const end = before.clock.now() + cooldownMs;
    expect(before.journal.load().coolingDown).toMatchObject([{ until: end }]);
    expect(before.daemon.administration.coolingDown()).toMatchObject([{ until: end }]);
    const after = await before.restart();
    after.clock.advance(cooldownMs);
    await after.daemon.maintenance.round();
    expect(after.journal.load().coolingDown).toEqual([]);
  });

  it('leases the next block, its neighbour, before the first is full, and hands empty ones back', async () => {
    const w = await world('10.0.0.0/24', 28);
    for (let index = 0; index < 11; index += 1) await w.daemon.ipam.allocate(request(`a${index}`));
    const blocks = async (): Promise<string[]> => (await w.daemon.administration.blocks()).map(({ cidr }) => cidr);
    await expect.poll(blocks, { timeout: 20_000 }).toEqual(['10.0.0.0/28', '10.0.0.16/28']);
    for (let index = 0; index < 11; index += 1) await w.daemon.ipam.release(attachment(`a${index}`));
    await w.daemon.maintenance.round();
    // While its neighbour's addresses cool down they are free all the same; the empty block goes.
    expect(await blocks()).toEqual(['10.0.0.0/28']);
    expect(await w.daemon.administration.check()).toEqual([]);
  });

  it('hands the last block of a disabled pool back, once its addresses are free and have cooled down', async () => {
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

  it('hands its only block back, empty, where others find none left, and keeps it where they do', async () => {
    // Four blocks, and this daemon stands for four nodes.
    const w = await world('10.0.0.0/26', 28);
    const blocks = async (): Promise<string[]> => (await w.daemon.administration.blocks()).map(({ cidr }) => cidr);
    const onNode = (node: string) => w.daemon.ipam.allocate(request(node, { node }));
    for (const node of ['node1', 'node2', 'node3']) await onNode(node);
    await w.daemon.ipam.release(attachment('node3'));
    w.clock.advance(cooldownMs);
    await w.daemon.maintenance.round();
    expect(await blocks()).toHaveLength(3);
    await onNode('node4');
    await w.daemon.maintenance.round();
    expect(await blocks()).toHaveLength(3);
    await onNode('node5');
    expect(await w.daemon.administration.check()).toEqual([]);
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
    const asking = (text: string) => ({ requested: [exactly(parseAddress(text))] });
    expect(await addressesOf(w, 'a', asking('10.0.0.37'))).toEqual(['10.0.0.37']);
    expect(await codeOf(w.daemon.ipam.allocate(request('b', asking('10.0.0.37'))))).toBe('address-taken');
    expect(await codeOf(w.daemon.ipam.allocate(request('b', asking('10.0.0.33'))))).toBe('address-not-allowed');
    expect(await codeOf(w.daemon.ipam.allocate(request('b', { node: 'node2', ...asking('10.0.0.40') })))).toBe(
      'address-taken',
    );
    expect(await codeOf(w.daemon.ipam.allocate(request('a', asking('10.0.0.38'))))).toBe('already-exists');
  });
});
