import { describe, expect, it } from 'vitest';
import { blockKind } from '../../src/resources/block.ts';
import { poolKind, spiderpoolVersion } from '../../src/resources/pool.ts';
import { Stage } from './stage.ts';

const pool = (blockSize: number) => ({
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name: 'pods' },
  spec: { subnet: '10.6.0.0/29', blockSize },
});

describe('a daemon that started while the store was away', () => {
  it('leases nothing by what it had kept before it has seen what is there now', async () => {
    const stage = await Stage.open({ pools: { pods: pool(30).spec }, nodes: 2, faults: ['start-while-away'] });
    const [late, other] = [stage.node(1), stage.node(2)];
    // What is kept is written some time after it was seen.
    await stage.pass(1_000);
    late.link.cut = true;
    await stage.restart(late);
    await stage.run(other.call('delete', [], ({ resources }) => resources.delete({ kind: poolKind, name: 'pods' })));
    await stage.run(other.call('apply', [], ({ resources }) => resources.apply(pool(29))));
    const held = await stage.add(other, 'a', 'web', 'pods');
    expect(held).toHaveLength(1);

    // Long before it asks again by itself what there is: the ADD waits for that.
    late.link.cut = false;
    await expect(stage.add(late, 'b', 'db', 'pods')).rejects.toMatchObject({ code: 'pool-exhausted' });
    const { items } = await stage.store.list(blockKind);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['10.6.0.0-29']);

    await stage.pass(30_000);
    // The other node has the only block there is.
    await expect(stage.add(late, 'c', 'db', 'pods')).rejects.toMatchObject({ code: 'pool-exhausted' });
    expect(await stage.violations()).toEqual([]);
  });
});
