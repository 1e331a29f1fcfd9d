import { describe, expect, it, vi } from 'vitest';
import { parsePrefix } from '../../ip/prefix.ts';
import { type Block, blockKind, newBlock } from '../../resources/block.ts';
import { type PoolResource, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { Cooldowns } from '../journal/cooldowns.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import { quietHistory } from '../testing/history.ts';
import { Catalog } from '../view/catalog.ts';
import { BlockLeases, type BlockLeasesOptions } from './block-leases.ts';

const resource: PoolResource = {
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name: 'pods' },
  spec: { subnet: '10.0.0.0/24', blockSize: 28 },
};
const pool = parsePool(resource);
const cidr = '10.0.0.16/28';

function leases(forgotten?: () => Promise<void>, history?: StoreHistory, known?: BlockLeasesOptions['known']) {
  let uids = 0;
  const store = new MemoryStore({ now: () => 0, newUid: () => `u${++uids}` });
  const clock = { now: () => 0, elapsed: () => 0, pause: () => Promise.resolve() };
  const catalog = new Catalog(() => {});
  catalog.poolReflection.put({
    ...resource,
    metadata: { name: 'pods', uid: 'p', resourceVersion: '1', creationTimestamp: '' },
  });
  const blocks = new BlockLeases({
    daemon: 'node1',
    store,
    catalog,
    cooldowns: new Cooldowns(),
    clock,
    cooldownMs: 0,
    spread: false,
    history: history ?? quietHistory(clock),
    ...(forgotten === undefined ? {} : { forgotten }),
    ...(known === undefined ? {} : { known }),
  });
  return { store, blocks };
}

function foreign(uid: string): Stored<Block> {
  const block = newBlock({ cidr, pool: 'pods', node: 'node2', daemon: 'node2' });
  return { ...block, metadata: { ...block.metadata, uid, resourceVersion: '1', creationTimestamp: '' } };
}

describe('leased blocks', () => {
  it('are given up in the store only when a start without it would not take them for our own', async () => {
    const saved = Promise.withResolvers<void>();
    const { store, blocks } = leases(() => saved.promise);
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('the block was not leased');
    const given = blocks.giveBack(leased);
    expect(blocks.find(cidr)).toBeUndefined();
    await new Promise(setImmediate);
    expect((await store.list('IPBlock')).items).toHaveLength(1);
    saved.resolve();
    await given;
    expect((await store.list('IPBlock')).items).toEqual([]);
  });

  it('are handed back again when an attempt to lease them that was held up is carried out after all', async () => {
    const { store, blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('the block was not leased');
    await blocks.giveBack(leased);
    // A late event of the lease itself is not meant.
    blocks.reflection.put(leased.resource);
    await blocks.finishReturns();
    blocks.reflection.remove(leased.resource);
    const block = newBlock({ cidr, pool: 'pods', node: 'node1', daemon: 'node1' });
    blocks.reflection.put(await store.create(block, leased.resource.metadata.uid));
    expect(blocks.find(cidr)).toBeUndefined();
    await blocks.finishReturns();
    expect((await store.list('IPBlock')).items).toEqual([]);
  });

  it('are kept when the list of a start shows them that were leased since it began', async () => {
    const { store, blocks } = leases(undefined, undefined, () => () => false);
    await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    const other = newBlock({ cidr: '10.0.0.32/28', pool: 'pods', node: 'node1', daemon: 'node1' });
    await store.create(other);
    const { items, version } = await store.list<Block>(blockKind);
    blocks.reflection.replace(items, version);
    await blocks.finishReturns();
    expect((await store.list<Block>(blockKind)).items.map(({ spec }) => spec.cidr)).toEqual([cidr]);
    expect(blocks.find(cidr)).toBeDefined();
  });

  it('are handed back although a hand wrote to them meanwhile', async () => {
    const { store, blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('the block was not leased');
    const { metadata } = leased.resource;
    await store.update({ ...leased.resource, metadata: { ...metadata, labels: { seen: 'yes' } } });
    await blocks.giveBack(leased);
    expect((await store.list(blockKind)).items).toEqual([]);
  });

  it('are handed back again when a store that went back shows them before it showed that they were gone', async () => {
    const clock = { now: () => 0, elapsed: () => 0, pause: () => Promise.resolve() };
    const history = quietHistory(clock);
    const { store, blocks } = leases(undefined, history);
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('the block was not leased');
    const before = store.snapshot();
    await blocks.giveBack(leased);
    store.restore(before);
    history.wentBack(blockKind, 'it is at an older version');
    const { items, version } = await store.list<Block>(blockKind);
    blocks.reflection.replace(items, version);
    await blocks.finishReturns();
    expect((await store.list(blockKind)).items).toEqual([]);
  });

  it('are handed back once more when a late create made them again, and a list is the first to show it', async () => {
    const { store, blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('the block was not leased');
    const { uid } = leased.resource.metadata;
    await blocks.giveBack(leased);
    // Its first attempt, that a member had held up: the same create, of the same uid.
    await store.create(newBlock({ cidr, pool: 'pods', node: 'node1', daemon: 'node1' }), uid);
    const { items, version } = await store.list<Block>(blockKind);
    blocks.reflection.replace(items, version);
    await blocks.finishReturns();
    expect((await store.list(blockKind)).items).toEqual([]);
  });

  it('are handed back when they come after their node was told that somebody else has them', async () => {
    const { store, blocks } = leases();
    const other = await store.create(newBlock({ cidr: '10.0.0.0/28', pool: 'pods', node: 'node2', daemon: 'node2' }));
    // Its first place was taken, which this daemon had not heard of.
    const leased = await blocks.lease('node3', pool);
    expect(leased?.resource.spec.cidr).toBe(cidr);
    const { name } = other.metadata;
    await store.delete({ kind: blockKind, name }, undefined);
    const late = newBlock({ cidr: '10.0.0.0/28', pool: 'pods', node: 'node3', daemon: 'node1' });
    blocks.reflection.put(await store.create(late));
    expect(blocks.find('10.0.0.0/28')).toBeUndefined();
    await blocks.finishReturns();
    expect((await store.list(blockKind)).items.map(({ metadata }) => metadata.name)).toEqual([
      leased?.resource.metadata.name,
    ]);
  });

  it('stay when they come late and addresses on record are in them, or when they were asked for again', async () => {
    const { store, blocks } = leases();
    const taken = newBlock({ cidr: '10.0.0.0/28', pool: 'pods', node: 'node2', daemon: 'node2' });
    await store.create(taken);
    await blocks.lease('node1', pool);
    await store.delete({ kind: blockKind, name: taken.metadata.name }, undefined);
    blocks.unbacked.add('10.0.0.0/28', '10.0.0.5', 'somebody');
    const late = await store.create(newBlock({ cidr: '10.0.0.0/28', pool: 'pods', node: 'node1', daemon: 'node1' }));
    blocks.reflection.put(late);
    expect(blocks.find('10.0.0.0/28')?.resource).toEqual(late);
    blocks.unbacked.delete({ block: '10.0.0.0/28', address: '10.0.0.5' });
    blocks.reflection.remove(late);
    await store.delete({ kind: blockKind, name: taken.metadata.name }, undefined);
    const again = await blocks.leaseExactly('node1', pool, parsePrefix('10.0.0.0/28'));
    if (again === undefined) throw new Error('the block was not leased');
    blocks.reflection.put(again.resource);
    expect(blocks.find('10.0.0.0/28')).toBe(again);
  });

  it('are given up once, by whoever asks first', async () => {
    const saved = Promise.withResolvers<void>();
    const { store, blocks } = leases(() => saved.promise);
    const deletes = vi.spyOn(store, 'delete');
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('the block was not leased');
    const given = Promise.all([blocks.giveBack(leased), blocks.finishReturns()]);
    saved.resolve();
    await given;
    expect(deletes).toHaveBeenCalledTimes(1);
  });

  it('have what was held in them when they come back after they were lost', async () => {
    const { blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('the block was not leased');
    const address = blocks.spaceOf(leased)?.allocator.allocate('somebody', 0);
    blocks.reflection.remove(leased.resource);
    expect(blocks.unbacked.all()).toHaveLength(1);
    const metadata = { ...leased.resource.metadata, uid: 'other' };
    blocks.reflection.put({ ...leased.resource, metadata });
    const again = blocks.find(cidr);
    expect(again && address && blocks.spaceOf(again)?.allocator.ownerOf(address)).toBe('somebody');
    expect(blocks.unbacked.all()).toEqual([]);
  });

  it('stay, with what is held in them, when a list arrives that is older than the lease', async () => {
    const { blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    expect(leased && blocks.spaceOf(leased)?.allocator.allocate('somebody', 0)).toBeDefined();
    blocks.reflection.replace([], undefined);
    expect(blocks.find(cidr)).toBe(leased);
    // Once an event has shown it, a list without it says that it is gone.
    if (leased !== undefined) blocks.reflection.put(leased.resource);
    blocks.reflection.replace([], undefined);
    expect(blocks.find(cidr)).toBeUndefined();
  });

  it('stay when an event arrives of whoever had the block before', async () => {
    const { blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    blocks.reflection.put(foreign('older'));
    blocks.reflection.remove(foreign('older'));
    expect(blocks.find(cidr)).toBe(leased);
  });

  it('are not revived, once handed back, by the answer to their own lease that comes late', async () => {
    const { store, blocks } = leases();
    const create = store.create.bind(store);
    store.create = async (resource, uid) => {
      const created = await create(resource, uid);
      // Its event overtakes the answer, and an operator hands it back at once.
      blocks.reflection.put(created as unknown as Stored<Block>);
      const leased = blocks.find(cidr);
      if (leased === undefined) throw new Error('the event was not taken');
      await blocks.giveBack(leased);
      blocks.reflection.remove(created as unknown as Stored<Block>);
      return created;
    };
    expect(await blocks.leaseExactly('node1', pool, parsePrefix(cidr))).toBeUndefined();
    expect(blocks.find(cidr)).toBeUndefined();
  });

  it('are not revived, once somebody deleted them, by the answer to their own lease that comes late', async () => {
    const { store, blocks } = leases();
    const create = store.create.bind(store);
    store.create = async (resource, uid) => {
      const created = await create(resource, uid);
      blocks.reflection.put(created as unknown as Stored<Block>);
      blocks.reflection.remove(created as unknown as Stored<Block>);
      return created;
    };
    expect(await blocks.leaseExactly('node1', pool, parsePrefix(cidr))).toBeUndefined();
    expect(blocks.find(cidr)).toBeUndefined();
  });

  it('are not revived, once handed back, by a list or an event that is older', async () => {
    const { blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('nobody else leases here');
    await blocks.giveBack(leased);
    blocks.reflection.replace([leased.resource], undefined);
    blocks.reflection.put(leased.resource);
    expect(blocks.find(cidr)).toBeUndefined();
    blocks.reflection.remove(leased.resource);
    expect(await blocks.leaseExactly('node1', pool, parsePrefix(cidr))).toBeDefined();
  });

  it('are not handed back while an address of them is held', async () => {
    const { blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('nobody else leases here');
    blocks.spaceOf(leased)?.allocator.allocate('somebody', 0);
    await expect(blocks.giveBack(leased)).rejects.toMatchObject({ code: 'in-use' });
    expect(blocks.find(cidr)).toBe(leased);
  });
});
