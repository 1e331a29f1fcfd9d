import { describe, expect, it } from 'vitest';
import { Random } from '../../test/kit/random.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { parseRangeSet } from '../ip/range-set.ts';
import { originalCreationTime } from '../resources/migration-marks.ts';
import { type PoolSpec, poolKind } from '../resources/pool.ts';
import { newRangePool } from '../resources/range-pool.ts';
import type { Resource } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import { resourcesOf } from './holdings.ts';
import { migrate, undo } from './migration.ts';
import { isEquivalent } from './same.ts';
import { withListedAddresses } from './spiderpool.ts';

import {
  block,
  claim,
  filled,
  fullSource,
  mortal,
  newStore,
  nothing,
  options,
  pool,
  resting,
  routed,
  shared,
  specOf,
} from './testing/stores.ts';

describe('a migration', () => {
  it('copies what is held, with labels, finalizers, times and what is being deleted, and opens the target last', async () => {
    const [source, target] = [await fullSource(), newStore()];
    const before = await resourcesOf(source);
    const report = await migrate(options(source, target));
    expect(report).toMatchObject({ outcome: 'migrated', verified: before.length, conflicts: [] });
    const copies = new Map((await resourcesOf(target)).map((one) => [`${one.kind} ${one.metadata.name}`, one]));
    expect(copies.size).toBe(before.length);
    for (const original of before) {
      const copy = copies.get(`${original.kind} ${original.metadata.name}`);
      expect(copy === undefined ? undefined : isEquivalent(original, copy)).toBe(true);
      expect(copy?.spec).toEqual(original.spec);
      expect(copy?.metadata.uid).toBe(original.metadata.uid);
      expect(originalCreationTime(copy?.metadata ?? { name: '' })).toBe(original.metadata.creationTimestamp);
    }
    expect(copies.get(`${poolKind} routed`)?.metadata.deletionTimestamp).toBeDefined();
    expect(await specOf(source, 'shared')).toMatchObject({ disable: true });
    expect(await migrate(options(source, target))).toMatchObject({ outcome: 'finished-before' });
  });

  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'is the same after deaths at any write (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const [source, target] = [await fullSource(), newStore()];
      const before = await resourcesOf(source);
      let left = 0;
      const dies = (): boolean => left-- === 0;
      const [mortalSource, mortalTarget] = [mortal(source, random, dies), mortal(target, random, dies)];
      let deaths = 0;
      let released = false;
      for (;;) {
        left = random.below(60);
        const outcome = await migrate(options(mortalSource, mortalTarget)).catch((error: Error) => error.message);
        const open = (await target.list(poolKind)).items.some(
          ({ metadata, spec }) => metadata.name === 'shared' && (spec as PoolSpec).disable !== true,
        );
        const closed = (await specOf(source, 'shared')).disable === true;
        // Never do both give out.
        expect(open && !closed).toBe(false);
        if (outcome !== 'killed') {
          expect(outcome).toMatchObject({ conflicts: [] });
          break;
        }
        deaths += 1;
        // What the source lets go of meanwhile is not to come back.
        const isPast = (await source.list(poolKind)).items.some(({ metadata }) =>
          /moved/.test(JSON.stringify(metadata.annotations ?? {})),
        );
        if (deaths === 2 && !isPast)
          released = await source.delete({ kind: 'IPClaim', name: '10.1.0.12' }, undefined).then(() => true);
      }
      const after = await resourcesOf(target);
      const wanted = before.filter(({ metadata }) => !released || metadata.name !== '10.1.0.12');
      expect(after.map(({ metadata }) => metadata.name)).toEqual(wanted.map(({ metadata }) => metadata.name));
      for (const [index, copy] of after.entries()) expect(copy.spec).toEqual(wanted[index]?.spec);
    },
  );

  it('finds what the source gave out while it was copied', async () => {
    const [source, target] = [await fullSource(), newStore()];
    const late = claim('10.1.0.99', 'late');
    let paused = false;
    await migrate(
      options(source, target, {
        pause: async () => {
          paused = true;
          await source.create(late);
        },
      }),
    );
    expect(paused).toBe(true);
    expect(await target.get({ kind: late.kind, name: '10.1.0.99' })).toMatchObject({ spec: late.spec });
  });

  it.each([
    [
      'another holder',
      [shared, claim('10.1.0.10', 'other')],
      /10\.1\.0\.10.*held by net\/c0\/eth0 on node "node1" in the source, by net\/other/,
    ],
    [
      'another lease of a block',
      [routed, block('10.2.0.0/24', 'node9')],
      /leased to node "node1" in the source, to node "node9" in the target/,
    ],
    [
      'another pool with the same addresses',
      [pool('theirs', { subnet: '10.1.0.0/24', ips: ['10.1.0.50-10.1.0.60'] })],
      /offers 10\.1\.0\.50-10\.1\.0\.60, as SpiderIPPool "theirs"/,
    ],
    [
      'another pool of the name',
      [pool('shared', { subnet: '10.9.0.0/24' })],
      /one of the same name that says something else/,
    ],
    [
      'a claim within a block',
      [pool('flat', { subnet: '10.2.0.0/16', ips: ['10.2.7.5'] }), claim('10.2.7.5', 'x', 'flat')],
      /inside block 10\.2\.7\.0\/24 of node "node2"/,
    ],
  ])('refuses a target with %s, and writes nothing', async (_what, present, message) => {
    const [source, target] = [await fullSource(), await filled(present)];
    const [before, there] = [await resourcesOf(source), await resourcesOf(target)];
    const report = await migrate(options(source, target));
    expect(report.outcome).toBe('refused');
    expect(report.conflicts.map(({ subject, reason }) => `${subject} ${reason}`).join('\n')).toMatch(message);
    expect(await resourcesOf(source)).toEqual(before);
    expect(await resourcesOf(target)).toEqual(there);
  });

  it.each([
    [
      'pools that offer the same addresses',
      [shared, pool('other', { subnet: '10.1.0.0/24', ips: ['10.1.0.200-10.1.0.254'] })],
      /SpiderIPPool "other" offers 10\.1\.0\.200-10\.1\.0\.250, as SpiderIPPool "shared" of the source does/,
    ],
    [
      'pools that cut a network differently',
      [shared, pool('other', { subnet: '10.1.0.0/16', ips: ['10.1.7.1'] })],
      /SpiderIPPool "other" spec\.subnet 10\.1\.0\.0\/16 overlaps spec\.subnet 10\.1\.0\.0\/24/,
    ],
    [
      'a pool that no daemon can read',
      [pool('odd', { subnet: '10.1.0.0/24', ips: ['10.9.0.1'] })],
      /SpiderIPPool "odd" spec\.ips: 10\.9\.0\.1 is outside spec\.subnet/,
    ],
    [
      'a pool that cannot be written like this',
      [pool('odd', { subnet: '10.1.0.0/24', ips: ['10.1.0.1-10.1.0.9'], gateway: '10.1.0.1' })],
      /SpiderIPPool "odd" spec\.gateway 10\.1\.0\.1 is in spec\.ips/,
    ],
    [
      'one address twice',
      [shared, claim('10.1.0.10', 'a'), claim('10.1.0.10', 'b')],
      /IPClaim "10\.1\.0\.10" held by net\/a\/eth0 on node "node1", and by net\/b\/eth0/,
    ],
  ])('refuses a source with %s, and writes nothing', async (_what, resources, message) => {
    const target = newStore();
    const foreign = options(newStore(), target);
    const source = { ...foreign.source, store: undefined, read: async () => ({ ...nothing, resources }) };
    for (const dryRun of [true, false]) {
      const report = await migrate({ ...foreign, source, dryRun });
      expect(report.outcome).toBe('refused');
      expect(report.conflicts.map(({ subject, reason }) => `${subject} ${reason}`).join('\n')).toMatch(message);
    }
    expect(await resourcesOf(target)).toEqual([]);
  });

  it('refuses a source that says itself what cannot be read', async () => {
    const target = newStore();
    const foreign = options(newStore(), target);
    const conflicts = [{ subject: 'file net/10.1.0.5', reason: 'it names no container', advice: 'delete it' }];
    const source = {
      ...foreign.source,
      store: undefined,
      read: async () => ({ ...nothing, resources: [shared], conflicts }),
    };
    expect(await migrate({ ...foreign, source })).toMatchObject({ outcome: 'refused', conflicts });
    expect(await resourcesOf(target)).toEqual([]);
  });

  it.each([
    [{ spec: null }, /it has no spec that can be read/],
    [{ spec: { address: 'x' } }, /spec\.address is no address/],
    [{ metadata: { name: '10.1.0.77' } }, /spec\.address is 10\.1\.0\.10, and an object of it is named 10\.1\.0\.10/],
    [{ kind: 'IPBlock', metadata: { name: '10.2.0.0-24' }, spec: {} }, /spec\.cidr is no prefix/],
  ])('refuses to move or to meet a claim or block that cannot be read: %j', async (odd, message) => {
    const broken = { ...claim('10.1.0.10', 'a'), ...odd } as Resource;
    const whole = { ...claim('10.1.0.10', 'a'), ...odd, spec: claim('10.1.0.10', 'a').spec } as Resource;
    for (const [from, to] of [
      [[shared, broken], []],
      [[shared, broken.kind === 'IPBlock' ? block('10.2.0.0/24') : whole], [broken]],
    ] as const) {
      const target = newStore();
      const foreign = options(newStore(), {
        ...mortal(target, new Random(1), () => false),
        list: async (kind) => ({ items: to.filter((one) => one.kind === kind) as never, version: '1' }),
      });
      const source = { ...foreign.source, store: undefined, read: async () => ({ ...nothing, resources: from }) };
      const report = await migrate({ ...foreign, source });
      expect(report.outcome).toBe('refused');
      expect(report.conflicts.map(({ reason }) => reason).join('\n')).toMatch(message);
      expect(await resourcesOf(target)).toEqual([]);
    }
  });

  it('names what the target does not keep, and does not say that the source changes', async () => {
    const target = newStore();
    const forgetful: Store = {
      ...mortal(target, new Random(1), () => false),
      create: async (resource, uid) => {
        const made = await target.create(resource, uid);
        if (resource.metadata.name === '10.1.0.10')
          await target.delete({ kind: 'IPClaim', name: '10.1.0.10' }, undefined);
        return made;
      },
    };
    const foreign = options(newStore(), forgetful);
    const resources = [shared, claim('10.1.0.10', 'a'), claim('10.1.0.11', 'b')];
    const source = { ...foreign.source, store: undefined, read: async () => ({ ...nothing, resources }) };
    await expect(migrate({ ...foreign, source })).rejects.toMatchObject({
      code: 'conflict',
      message: 'the target does not keep IPClaim "10.1.0.10" as it is written',
    });
    expect(await specOf(target, 'shared')).toMatchObject({ disable: true });
  });

  it('says that another IPAM is in use, not that it changes, while it goes on giving out', async () => {
    const foreign = options(newStore(), newStore());
    let given = 10;
    const source = {
      ...foreign.source,
      store: undefined,
      inUse: async () => ['network "net" names it'],
      read: async () => ({ ...nothing, resources: [shared, claim(`10.1.0.${given++}`, 'c')] }),
    };
    await expect(migrate({ ...foreign, source })).rejects.toMatchObject({
      code: 'in-use',
      message: 'the source may still give addresses out: network "net" names it',
    });
  });

  it('writes into Spiderpool’s own pool that it lists no address, and changes nothing else of it', async () => {
    const bare = { ipVersion: 4 as const, subnet: '172.19.0.0/16', gateway: '172.19.0.1', default: true };
    const store = await filled([pool('installed', bare)]);
    const foreign = options(newStore(), store);
    const read = async () => ({ ...nothing, resources: (await resourcesOf(store)).map(withListedAddresses) });
    const source = { ...foreign.source, store: undefined, read };
    expect(await migrate({ ...foreign, source })).toMatchObject({ outcome: 'migrated', conflicts: [] });
    expect(await specOf(store, 'installed')).toEqual({ ...bare, ips: [] });
    expect(await migrate({ ...foreign, source })).toMatchObject({ outcome: 'finished-before' });
  });

  it('moves a pool that was laid over the ranges of a network, in the order that the rules allow', async () => {
    const ranges = newRangePool({
      network: 'net',
      node: 'node1',
      networkName: undefined,
      subnet: parsePrefix('10.1.0.0/24'),
      gateway: undefined,
      addresses: parseRangeSet(['10.1.0.20-10.1.0.30']),
    });
    const [source, target] = [
      await filled([pool('above', { subnet: '10.1.0.0/24', ips: ['10.1.0.10-10.1.0.40'] }), ranges]),
      newStore(),
    ];
    const created: string[] = [];
    const watched: Store = {
      ...mortal(target, new Random(1), () => false),
      create: (resource, uid) => {
        created.push(resource.metadata.name);
        return target.create(resource, uid);
      },
    };
    const report = await migrate(options(source, watched));
    expect(report).toMatchObject({ outcome: 'migrated', conflicts: [] });
    expect(report.warnings.join()).toMatch(/SpiderIPPool "above".*offers 10\.1\.0\.20-10\.1\.0\.30/);
    expect(created).toEqual([ranges.metadata.name, 'above']);
  });

  it('joins a target that serves others from the same pools, and leaves theirs alone', async () => {
    const source = await filled([shared, claim('10.1.0.10', 'mine')]);
    const target = await filled([shared, claim('10.1.0.11', 'theirs', 'shared', 'node5')]);
    await migrate(options(source, target));
    expect(await specOf(target, 'shared')).toEqual(shared.spec);
    expect((await target.list('IPClaim')).items.map(({ metadata }) => metadata.name)).toEqual([
      '10.1.0.10',
      '10.1.0.11',
    ]);
  });

  it('is taken back before it has opened the target, and not after', async () => {
    const [source, target] = [await fullSource(), newStore()];
    const before = (await resourcesOf(source)).map(({ spec }) => spec);
    const opening = options(source, target, {
      onProgress: ({ phase }) => {
        if (phase === 'opening') throw new Error('killed');
      },
    });
    await expect(migrate(opening)).rejects.toThrow('killed');
    expect(await specOf(source, 'shared')).toMatchObject({ disable: true });
    expect(await undo(options(source, target))).toMatchObject({ outcome: 'undone' });
    expect(await resourcesOf(target)).toEqual([]);
    expect((await resourcesOf(source)).map(({ spec }) => spec)).toEqual(before);
    await migrate(options(source, target));
    await expect(undo(options(source, target))).rejects.toMatchObject({
      code: 'in-use',
      advice: expect.stringContaining('migrate back'),
    });
  });

  it('moves back what was given out since, over the history that it finds', async () => {
    const [source, target] = [await fullSource(), newStore()];
    await migrate(options(source, target));
    await target.delete({ kind: 'IPClaim', name: '10.1.0.10' }, undefined);
    await target.delete({ kind: 'IPClaim', name: '10.1.0.11' }, undefined);
    await target.create(claim('10.1.0.11', 'newer'));
    const back = await migrate({ ...options(target, source), id: 'm2' });
    expect(back.conflicts).toEqual([]);
    expect(back.outcome).toBe('migrated');
    expect(await source.get({ kind: 'IPClaim', name: '10.1.0.10' })).toBeUndefined();
    expect(await source.get({ kind: 'IPClaim', name: '10.1.0.11' })).toMatchObject({ spec: { containerId: 'newer' } });
    expect(await specOf(source, 'shared')).toEqual(shared.spec);
    expect(await specOf(source, 'resting')).toEqual(resting.spec);
    // And forth again, by the first command.
    expect(await migrate(options(source, target))).toMatchObject({ outcome: 'migrated' });
    expect(await specOf(target, 'shared')).toEqual(shared.spec);
  });

  it('moves nothing twice', async () => {
    const [source, target] = [await fullSource(), newStore()];
    await migrate(options(source, target));
    await expect(migrate({ ...options(source, newStore()), id: 'other' })).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining('held still by migration m1'),
    });
  });
});
