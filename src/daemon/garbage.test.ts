import { describe, expect, it } from 'vitest';
import { claimKind, newClaim } from '../resources/claim.ts';
import { cluster, events } from './testing/cluster.ts';
import { pool } from './testing/world.ts';

describe('what a daemon takes back by itself', () => {
  it('is said before it is taken back, and then is taken back by hand, and nothing else', async () => {
    const { c, one } = await cluster();
    const { administration, resources } = one.daemon;
    await resources.apply(pool('blocks', { subnet: '10.20.0.0/24', blockSize: 28 }));
    await one.add('a', 'c-a', ['blocks']);
    const { cidr } = await administration.leaseBlock('node1', 'blocks');
    const orphan = { address: '10.5.0.77', pool: 'office', node: 'node1', daemon: 'node1' };
    await c.store.create(newClaim({ ...orphan, network: 'net', containerId: 'gone', ifname: 'eth0' }));
    await one.add('b', 'c-b');
    await events();
    const due = () => administration.due().map(({ kind, subject, at = 0 }) => [kind, subject, at - c.clock.now()]);
    expect(due()).toEqual([
      ['empty-block', cidr, 0],
      ['orphaned-claim', '10.5.0.77', 300_000],
    ]);
    expect((await administration.collect()).map(({ subject }) => subject)).toEqual([cidr]);
    expect(await c.store.get({ kind: claimKind, name: '10.5.0.77' })).toBeDefined();
    c.clock.advance(300_001);
    expect((await administration.collect()).map(({ subject }) => subject)).toEqual(['10.5.0.77']);
    await events();
    expect(due()).toEqual([]);
    expect(administration.allocations().flatMap(({ addresses }) => addresses)).toHaveLength(2);
    const { entries } = await administration.history({ subject: { kind: 'address', address: '10.5.0.77' }, limit: 9 });
    expect(entries).toEqual([expect.objectContaining({ what: 'released', reason: 'orphaned-claim' })]);
  });
});
