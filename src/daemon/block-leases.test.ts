import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../ip/prefix.ts';
import { type Block, newBlock } from '../resources/block.ts';
import { type PoolResource, parsePool, poolKind, spiderpoolVersion } from '../resources/pool.ts';
import type { Stored } from '../resources/resource.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { silentLog } from '../telemetry/log.ts';
import { BlockLeases } from './block-leases.ts';
import { Catalog } from './catalog.ts';
import { RestRecords } from './rest-records.ts';

const resource: PoolResource = {
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name: 'pods' },
  spec: { subnet: '10.0.0.0/24', blockSize: 28 },
};
const pool = parsePool(resource);
const cidr = '10.0.0.16/28';

function leases() {
  let uids = 0;
  const store = new MemoryStore({ now: () => 0, newUid: () => `u${++uids}` });
  const clock = { now: () => 0, pause: () => Promise.resolve() };
  const catalog = new Catalog(silentLog, () => {});
  catalog.poolReflection.put({
    ...resource,
    metadata: { name: 'pods', uid: 'p', resourceVersion: '1', creationTimestamp: '' },
  });
  const blocks = new BlockLeases({
    daemon: 'node1',
    store,
    catalog,
    rests: new RestRecords(),
    clock,
    cooldownMs: 0,
    spread: false,
  });
  return { store, blocks };
}

function foreign(uid: string): Stored<Block> {
  const block = newBlock({ cidr, pool: 'pods', node: 'node2', daemon: 'node2' });
  return { ...block, metadata: { ...block.metadata, uid, resourceVersion: '1', creationTimestamp: '' } };
}

describe('leased blocks', () => {
  it('stay, with what is held in them, when a list arrives that is older than the lease', async () => {
    const { blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    expect(leased && blocks.spaceOf(leased)?.allocator.allocate('somebody', 0)).toBeDefined();
    blocks.reflection.replace([]);
    expect(blocks.find(cidr)).toBe(leased);
    // Once an event has shown it, a list without it says that it is gone.
    if (leased !== undefined) blocks.reflection.put(leased.resource);
    blocks.reflection.replace([]);
    expect(blocks.find(cidr)).toBeUndefined();
  });

  it('stay when an event arrives of whoever had the block before', async () => {
    const { blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    blocks.reflection.put(foreign('older'));
    blocks.reflection.remove(foreign('older'));
    expect(blocks.find(cidr)).toBe(leased);
  });

  it('are not revived, once handed back, by a list or an event that is older', async () => {
    const { blocks } = leases();
    const leased = await blocks.leaseExactly('node1', pool, parsePrefix(cidr));
    if (leased === undefined) throw new Error('nobody else leases here');
    await blocks.giveBack(leased);
    blocks.reflection.replace([leased.resource]);
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
