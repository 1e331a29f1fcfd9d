import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newBlock } from '../../resources/block.ts';
import { newClaim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { addressesOf, pool, world } from '../testing/world.ts';
import { removeObjectsOf } from './node-objects.ts';

const claim = (address: string, node: string) =>
  newClaim({ address, pool: 'office', node, daemon: node, network: 'net', containerId: 'c', ifname: 'eth0' });
/** Until the daemon has seen what is in the store: whose watch is a turn behind. */
const shown = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const kept = (finalizer: string) => ({ finalizers: [finalizer] });

describe('what a node wrote', () => {
  it('is removed whatever it says, and whatever keeps it; what others wrote stays', async () => {
    const store = new MemoryStore({ now: Date.now, newUid: randomUUID });
    const [own, other] = [claim('10.5.0.9', 'gone'), claim('10.5.0.10', 'there')];
    await store.create({ ...own, metadata: { ...own.metadata, ...kept('example.com/mine') } });
    const marked = newBlock({ cidr: '10.6.0.0/28', pool: 'blocks', node: 'gone', daemon: 'gone' });
    await store.create({ ...marked, metadata: { ...marked.metadata, ...kept('example.com/mine') } });
    await store.delete({ kind: 'IPBlock', name: marked.metadata.name }, undefined);
    await store.create({ ...own, metadata: { name: 'banana' }, spec: { ...own.spec, address: 'banana' } });
    await store.create(other);
    await removeObjectsOf('gone', store);
    expect((await store.list('IPBlock')).items).toEqual([]);
    expect((await store.list('IPClaim')).items.map(({ metadata }) => metadata.name)).toEqual(['10.5.0.10']);
  });

  it('is forgotten with the node, or the operator hears what is left', async () => {
    const w = await world('');
    await w.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24' }));
    const own = claim('10.5.0.77', 'gone');
    await w.store.create({ ...own, metadata: { ...own.metadata, ...kept('example.com/mine') } });
    await shown();
    expect(await w.daemon.administration.forgetNode('gone')).toEqual({ blocks: 0, claims: 1 });
    expect(await addressesOf(w, 'a', { source: { kind: 'named', pools: ['office'] } })).toHaveLength(1);
    await w.store.create({ ...own, metadata: { ...own.metadata, ...kept('example.com/mine') } });
    await shown();
    // As an API server does whose roles do not let a daemon change claims.
    w.store.update = () => Promise.reject(new IpamError('permission-denied', 'forbidden'));
    expect(await codeOf(w.daemon.administration.forgetNode('gone'))).toBe('in-use');
  });
});
