import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import { exactly } from '../../ipam/requested-address.ts';
import { add, blocks, fill, inBlock, keeping } from '../testing/blocks.ts';
import { events, type Node } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

describe('a quota in a pool with blocks', () => {
  const of = (namespace: string, name: string): Partial<AllocateRequest> => ({
    pod: { namespace, name, uid: `u-${name}` },
  });

  async function limited(count: number) {
    const { c, nodes } = await blocks();
    expect(nodes).toEqual([]);
    const quota = { ...keeping, namespaceQuota: count };
    const [one, two] = [await c.node('node1', quota), await c.node('node2', quota)];
    c.writes = 0;
    return { c, one, two };
  }

  it('counts on all nodes together, by a claim that goes with its container', async () => {
    const { c, one, two } = await limited(2);
    const given = await add(one, 'a', of('shop', 'a'));
    await add(two, 'b', of('shop', 'b'));
    expect(given.block).toBeUndefined();
    expect((await c.claims()).map((text) => text.split(' ')[1])).toEqual(['a', 'b']);
    for (const node of [one, two])
      await expect(add(node, 'c', of('shop', 'c'))).rejects.toMatchObject({
        code: 'quota-exceeded',
        message: expect.stringContaining('holds 2 addresses in all, and may hold 2'),
      });
    expect((await add(one, 'x', of('other', 'x'))).address).toBeDefined();
    await two.del('b');
    await add(one, 'c', of('shop', 'c'));
    expect([await one.check(), await two.check()]).toEqual([[], []]);
  });

  it('is of the pool where that says so, and holds for what is asked for by itself', async () => {
    const { c, nodes } = await blocks('node1');
    const [one] = nodes as [Node];
    await one.daemon.resources.apply(pool('small', { subnet: '10.40.0.0/25', blockSize: 29, namespaceQuota: 1 }));
    await events();
    const named = (name: string): Partial<AllocateRequest> => ({
      ...of('shop', name),
      source: { kind: 'named', pools: ['small'] },
    });
    await add(one, 'a', named('a'));
    const exact = { ...named('b'), requested: [exactly(parseAddress('10.40.0.50'))] };
    await expect(add(one, 'b', exact)).rejects.toMatchObject({ code: 'quota-exceeded' });
    await one.del('a');
    expect((await add(one, 'b', exact)).address).toBe('10.40.0.50');
    expect(await c.claims()).toEqual(['10.40.0.50 b']);
    await one.del('b');
    expect(await c.claims()).toEqual([]);
  });

  it('that is reached leaves no address behind that nobody could be given', async () => {
    const { c, one } = await limited(1);
    await add(one, 'a', of('shop', 'a'));
    await expect(add(one, 'b', of('shop', 'b'))).rejects.toMatchObject({ code: 'quota-exceeded' });
    await one.del('a');
    expect(await c.claims()).toEqual([]);
    // Sixteen blocks of five, all of them.
    expect(await fill(one, 'x')).toHaveLength(16 * inBlock);
  });
});
