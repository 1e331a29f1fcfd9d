import { describe, expect, it } from 'vitest';
import { newBlock } from '../../resources/block.ts';
import { newClaim } from '../../resources/claim.ts';
import { poolKind } from '../../resources/pool.ts';
import { codeOf } from '../../resources/testing/refusal.ts';
import { Cluster } from '../testing/cluster.ts';
import { pool, world } from '../testing/world.ts';

const key = { kind: poolKind, name: 'office' };
const office = pool('office', { subnet: '10.5.0.0/24' });
const shown = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a dry run', () => {
  it('tells what an apply would come to, by the same rules, and writes nothing', async () => {
    const { daemon, store } = await world('');
    expect(await daemon.resources.dryRunApply(office)).toMatchObject({ outcome: 'created', resource: office });
    expect((await store.list(poolKind)).items).toEqual([]);
    await daemon.resources.apply(office);
    const before = await store.get(key);
    expect((await daemon.resources.dryRunApply(office)).outcome).toBe('unchanged');
    const wider = pool('office', { subnet: '10.5.0.0/24', disable: true });
    expect(await daemon.resources.dryRunApply(wider)).toMatchObject({
      outcome: 'configured',
      resource: { spec: { disable: true } },
    });
    expect(await codeOf(daemon.resources.dryRunApply(pool('other', { subnet: '10.5.0.0/25' })))).toBe(
      await codeOf(daemon.resources.apply(pool('other', { subnet: '10.5.0.0/25' }))),
    );
    expect(await store.get(key)).toEqual(before);
  });

  it('tells whether a delete would be refused, and marks nothing', async () => {
    const { daemon, store } = await world('');
    expect(await codeOf(daemon.resources.dryRunDelete(key))).toBe('not-found');
    await daemon.resources.apply(office);
    const before = await store.get(key);
    await daemon.resources.dryRunDelete(key);
    expect(await codeOf(daemon.resources.dryRunDelete({ kind: 'IPClaim', name: '10.5.0.2' }))).toBe('unsupported');
    expect(await store.get(key)).toEqual(before);
  });

  it('tells what a node would be forgotten with, and takes nothing from it', async () => {
    const { daemon, store } = await world('');
    await daemon.resources.apply(office);
    await daemon.resources.apply(pool('blocks', { subnet: '10.6.0.0/24', blockSize: 28 }));
    const of = { node: 'gone', daemon: 'gone' };
    await store.create(
      newClaim({ ...of, address: '10.5.0.9', pool: 'office', network: 'n', containerId: 'c', ifname: 'e' }),
    );
    await store.create(newBlock({ ...of, cidr: '10.6.0.0/28', pool: 'blocks' }));
    await shown();
    const { administration } = daemon;
    expect(await administration.dryRunForgetNode('gone')).toEqual({ blocks: 1, claims: 1 });
    expect(await administration.dryRunForgetNode('gone')).toEqual(await administration.forgetNode('gone'));
    expect(await codeOf(administration.dryRunForgetNode('gone'))).toBe('not-found');
    expect(await codeOf(administration.dryRunForgetNode(daemon.administration.node))).toBe('invalid-argument');
  });

  it('is refused by a daemon whose store judges writes itself, and says whom to ask', async () => {
    const { daemon } = await new Cluster().node('a', { judgedBy: 'ask the API server' });
    for (const ask of [() => daemon.resources.dryRunApply(office), () => daemon.resources.dryRunDelete(key)]) {
      expect(await ask().catch((error: unknown) => error)).toMatchObject({
        code: 'unsupported',
        advice: 'ask the API server',
      });
    }
  });
});
