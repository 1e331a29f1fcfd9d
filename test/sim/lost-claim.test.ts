import { describe, expect, it } from 'vitest';
import { claimKind } from '../../src/resources/claim.ts';
import { Stage } from './stage.ts';

describe('an address on record whose claim went while its daemon was cut off', () => {
  it('is free again after its DEL', async () => {
    const stage = await Stage.open({
      pools: { office: { subnet: '10.0.0.0/24' } },
      nodes: 2,
      faults: ['start-while-away'],
    });
    const node = stage.node(1);
    const [address = ''] = await stage.add(node, 'a', 'web', 'office');
    // What is kept is written some time after it was seen.
    await stage.pass(1_000);
    node.link.cut = true;
    await stage.restart(node);
    await stage.store.delete({ kind: claimKind, name: address }, undefined);
    expect(await stage.del(node, 'a')).toEqual([address]);
    node.link.cut = false;
    await stage.pass(60_000);
    expect((await node.daemon?.administration.pools())?.map(({ used }) => used)).toEqual([0n]);
  });
});
