import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import type { MemoryJournal } from '../journal/memory-journal.ts';
import { cluster, events } from '../testing/cluster.ts';

describe('a parked address that a call took over, or was about to park', () => {
  it('is taken back by the container that has it, when another hand has parked it', async () => {
    const { c, one } = await cluster();
    const [address = ''] = await one.add('web-0', 'c1');
    const present = await c.claim(address);
    await c.store.update({ ...present, spec: { ...present.spec, parkedAt: '2026-11-30T00:00:00.000Z' } });
    for (let turn = 0; turn < 10; turn += 1) await events();
    expect(await c.claims()).toEqual([`${address} c1`]);
    expect(await one.check()).toEqual([]);
  });

  it('is parked again when the ADD that took it over fails', async () => {
    const { c, one, two } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    const journal = c.journals.get('node2') as MemoryJournal;
    const commit = journal.commit.bind(journal);
    journal.commit = () => Promise.reject(new IpamError('storage-full', 'no room'));
    expect(await codeOf(two.add('web-0', 'c2'))).toBe('storage-full');
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
    journal.commit = commit;
    expect(await one.add('web-0', 'c3')).toEqual(given);
  });

  it('is given by the repeated ADD when the answer to its take-over was lost', async () => {
    const { c, one, two } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    const heard = c.loseAnswersToUpdates();
    expect(await codeOf(two.add('web-0', 'c2'))).toBe('store-unavailable');
    heard();
    expect(await two.add('web-0', 'c2')).toEqual(given);
    expect(await c.claims()).toEqual([`${given[0]} c2`]);
  });

  it('is parked again when the repeated ADD after a lost answer fails', async () => {
    const { c, one, two } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    const heard = c.loseAnswersToUpdates();
    expect(await codeOf(two.add('web-0', 'c2'))).toBe('store-unavailable');
    heard();
    const journal = c.journals.get('node2') as MemoryJournal;
    const commit = journal.commit.bind(journal);
    journal.commit = () => Promise.reject(new IpamError('storage-full', 'no room'));
    expect(await codeOf(two.add('web-0', 'c2'))).toBe('storage-full');
    journal.commit = commit;
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
  });

  it('is parked by the next round when the answer to its take-over was lost, and no ADD comes again', async () => {
    const { c, one, two } = await cluster();
    const given = await one.add('web-0', 'c1');
    await one.del('c1');
    const heard = c.loseAnswersToUpdates();
    expect(await codeOf(two.add('web-0', 'c2'))).toBe('store-unavailable');
    heard();
    await events();
    await two.daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
  });

  it('is parked by the next round when the DEL could not', async () => {
    const { c, one } = await cluster();
    const given = await one.add('web-0', 'c1');
    const update = c.store.update.bind(c.store);
    c.store.update = () => Promise.reject(new IpamError('store-unavailable', 'it is unreachable'));
    await one.del('c1');
    c.store.update = update;
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
    // The store is heard again.
    await one.add('api-x', 'x1');
    await one.del('x1');
    await one.daemon.maintenance.round();
    expect(await c.claims()).toEqual([`${given[0]} parked`]);
  });
});
