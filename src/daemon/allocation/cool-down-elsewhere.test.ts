import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { Cluster, events } from '../testing/cluster.ts';
import { pool as newPool } from '../testing/world.ts';

/** Three addresses, of which one was released a moment ago on node1. */
async function scene() {
  const c = new Cluster();
  const [one, two] = [await c.node('node1'), await c.node('node2')];
  const office = newPool('office', { subnet: '10.5.0.0/29', ips: ['10.5.0.1-10.5.0.3'] });
  await one.daemon.resources.apply(office);
  await events();
  const [released = ''] = await one.add('api-1', 'c1');
  await one.del('c1');
  return { c, one, two, released };
}

describe('an address of a shared pool that another node has released', () => {
  it('cools down on a node that was not asked for one of this pool before', async () => {
    const { two, released } = await scene();
    const given = [...(await two.add('api-2', 'c2')), ...(await two.add('api-3', 'c3'))];
    expect(given).not.toContain(released);
    // Its pool has nothing else.
    expect(await two.add('api-4', 'c4')).toEqual([released]);
  });

  it('is said to cool down by each of them, and until when, and to be free afterwards', async () => {
    const { c, one, two, released } = await scene();
    const until = c.clock.now() + 30_000;
    const address = parseAddress(released);
    for (const { daemon } of [one, two]) {
      expect(await daemon.administration.stateOf(address)).toMatchObject({ state: 'cooling-down', until });
      const { addresses } = await daemon.administration.explain({ kind: 'address', address });
      expect(addresses).toMatchObject([{ state: { state: 'cooling-down', until } }]);
    }
    c.clock.advance(30_000);
    expect((await two.daemon.administration.stateOf(address)).state).toBe('free');
  });

  it('is given like any other when its time is over', async () => {
    const { c, two, released } = await scene();
    c.clock.advance(30_000);
    const given = [
      ...(await two.add('api-2', 'c2')),
      ...(await two.add('api-3', 'c3')),
      ...(await two.add('api-4', 'c4')),
    ];
    expect(given.sort()).toEqual(['10.5.0.1', '10.5.0.2', '10.5.0.3']);
    expect(given).toContain(released);
  });
});
