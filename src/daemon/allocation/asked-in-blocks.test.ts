import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { exactly } from '../../ipam/requested-address.ts';
import { add, blocks, db, fill, leased } from '../testing/blocks.ts';
import type { Node } from '../testing/cluster.ts';

describe('an address of a leased block that is asked for by itself', () => {
  const asked = (address: string, identity: string, more: { readonly prefixLength?: number } = {}) => ({
    requested: [{ ...exactly(parseAddress(address)), origin: 'annotation kube-ipam.ip of Pod "shop/web-0"', ...more }],
    stay: { ...db, identity },
  });

  it('is a claim of its own, of a block that nobody leases too, and is there again on another node', async () => {
    const { c, nodes } = await blocks('node1', 'node2');
    const [one, two] = nodes as [Node, Node];
    const { address, block } = await add(one, 'c1', asked('10.30.0.50', 'db'));
    expect([address, block]).toEqual(['10.30.0.50', undefined]);
    expect([await leased(c), await c.claims()]).toEqual([['10.30.0.48/29 node1'], ['10.30.0.50 c1']]);
    await one.del('c1');
    expect(await add(two, 'c2', asked('10.30.0.50', 'db'))).toMatchObject({ address: '10.30.0.50', prefixLength: 32 });
    expect(await fill(one, 'x')).not.toContain('10.30.0.50');
    expect([await one.check(), await two.check()]).toEqual([[], []]);
  });

  it('is refused with the name of its holder: of whoever has it, or of the node that leases its block', async () => {
    const { nodes } = await blocks('node1', 'node2');
    const [one, two] = nodes as [Node, Node];
    await add(one, 'c1', asked('10.30.0.50', 'db'));
    await expect(add(one, 'c2', asked('10.30.0.50', 'other'))).rejects.toMatchObject({ code: 'address-taken' });
    await expect(add(two, 'c3', asked('10.30.0.51', 'third'))).rejects.toMatchObject({
      code: 'address-taken',
      message: expect.stringContaining('node "node1", which leases block 10.30.0.48/29'),
    });
    expect((await add(one, 'c3', asked('10.30.0.51', 'third'))).address).toBe('10.30.0.51');
  });

  it('is refused where another gateway or prefix is asked for than its block has', async () => {
    const { nodes } = await blocks('node1');
    const [one] = nodes as [Node];
    await expect(add(one, 'c1', asked('10.30.0.50', 'db', { prefixLength: 25 }))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('gives each address the prefix and the gateway of its block'),
    });
  });
});
