import { describe, expect, it } from 'vitest';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { Cluster, cluster, events } from '../testing/cluster.ts';
import { pool as newPool } from '../testing/world.ts';

describe('what check finds is repaired', () => {
  it('where a claim went that stands for an address on record: it is claimed again', async () => {
    const { c, one } = await cluster();
    c.netns.add('/run/netns/c1');
    const [address = ''] = await one.add('api-1', 'c1');
    const { metadata } = await c.claim(address);
    // As a hand does it, while the store takes no claims.
    const create = c.store.create.bind(c.store);
    c.store.create = () => Promise.reject(new IpamError('storage-full', 'the store takes nothing'));
    const lost = { kind: claimKind, name: address };
    await c.store.delete(lost, metadata.resourceVersion);
    await events();
    c.store.create = create;
    const { administration } = one.daemon;
    const [found] = await administration.repairs();
    expect(found).toMatchObject({ action: `claim ${address} again for whom it is on record`, refused: '' });
    const outcomes = await administration.repair('test', [found?.id ?? '']);
    expect(outcomes).toMatchObject([{ outcome: 'done', message: `${address} is claimed` }]);
    expect((await c.store.get<Claim>(lost))?.spec.containerId).toBe('c1');
    expect(await administration.repairs()).toEqual([]);
  });

  it('where a container is gone without a DEL, and not where its network namespace is back', async () => {
    const c = new Cluster();
    const one = await c.node('node1', { hasNetns: (path) => c.netns.has(path) });
    await one.daemon.resources.apply(newPool('office', { subnet: '10.5.0.0/24' }));
    await events();
    const [address = ''] = await one.add('api-1', 'c1');
    const { administration } = one.daemon;
    const [found] = await administration.repairs();
    expect(found).toMatchObject({ action: 'release what net/c1/eth0 holds, unless its namespace is back' });
    c.netns.add('/run/netns/c1');
    expect(await administration.repair('test', [found?.id ?? ''])).toMatchObject([{ outcome: 'gone' }]);
    c.netns.delete('/run/netns/c1');
    expect(await administration.repair('test')).toMatchObject([{ outcome: 'done', message: `released ${address}` }]);
    expect(administration.allocations()).toEqual([]);
    expect(await administration.repair('test', [found?.id ?? ''])).toMatchObject([{ outcome: 'gone' }]);
  });

  it('not where that could not be taken back: it is named, and left alone', async () => {
    const { c, one, two } = await cluster();
    const [address = ''] = await two.add('api-1', 'c1');
    const claim = await c.claim(address);
    await c.store.update({ ...claim, spec: { ...claim.spec, containerId: 'other' } });
    await events();
    const { administration } = two.daemon;
    const [found] = await administration.repairs();
    expect(found).toMatchObject({ action: '', refused: expect.stringMatching(/^by hand: /) });
    expect(await administration.repair('test', [found?.id ?? ''])).toMatchObject([{ outcome: 'refused' }]);
    expect(await one.daemon.administration.repairs()).toEqual([]);
  });
});
