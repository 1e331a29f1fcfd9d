import { expect, it } from 'vitest';
import { addressesOf, pool, world } from '../daemon/testing/world.ts';
import { withDerivedStatus } from './derived-status.ts';

it('counts of pools are told by the daemon where nobody writes them, and are as they are written where somebody does', async () => {
  const w = await world('');
  await w.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24', ips: ['10.5.0.10-10.5.0.19'] }));
  await w.daemon.resources.apply(pool('blocks', { subnet: '10.6.0.0/24', blockSize: 26 }));
  const written = { totalIPCount: 7, allocatedIPCount: 5 };
  const told = await w.store.create(pool('told', { subnet: '10.7.0.0/24' }));
  await w.store.updateStatus({ ...told, status: written });
  for (const name of ['office', 'blocks']) {
    await addressesOf(w, name, { source: { kind: 'named', pools: [name] } });
  }
  const resources = withDerivedStatus(w.daemon.resources, () => w.daemon.figures.everyPool());
  const { items } = await resources.list('SpiderIPPool');
  expect(Object.fromEntries(items.map(({ metadata, status }) => [metadata.name, status]))).toEqual({
    blocks: { totalIPCount: 244, allocatedIPCount: 1 },
    office: { totalIPCount: 10, allocatedIPCount: 1 },
    told: written,
  });
  expect((await resources.get({ kind: 'SpiderIPPool', name: 'office' }))?.status).toMatchObject({ totalIPCount: 10 });
  expect(await resources.get({ kind: 'SpiderIPPool', name: 'none' })).toBeUndefined();
});
