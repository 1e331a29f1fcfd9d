import { describe, expect, it } from 'vitest';
import { codeOf } from '../../resources/testing/refusal.ts';
import { cluster, events } from '../testing/cluster.ts';

describe("a StatefulSet's Pod whose former container has its address still", () => {
  it('is told who has its address until a former container has given it back', async () => {
    const { c, one, two } = await cluster();
    const [address] = await one.add('web-0', 'c1');
    await expect(two.add('web-0', 'c2')).rejects.toMatchObject({
      code: 'not-ready',
      message: `${address} stays with Pod shop/web-0, and container c1 on node "node1" has not given it back yet`,
    });
    expect(await c.claims()).toEqual([`${address} c1`]);
    await one.del('c1');
    expect(await two.add('web-0', 'c2')).toEqual([address]);
  });

  it('waits for a former container that is being ended, and half a second for its interface to go', async () => {
    const { c, one, two } = await cluster();
    const given = await one.add('web-0', 'c1');
    const adding = two.add('web-0', 'c2');
    for (let turn = 0; turn < 5; turn += 1) await events();
    await one.del('c1');
    const since = c.clock.now();
    c.writes = 0;
    expect(await adding).toEqual(given);
    expect(c.clock.now() - since).toBeGreaterThanOrEqual(500);
    expect([await c.claims(), c.writes]).toEqual([[`${given[0]} c2`], 1]);
  });

  it('waits for no longer than a runtime waits for its ADD', async () => {
    const { c, one, two } = await cluster();
    await one.add('web-0', 'c1');
    const since = c.clock.now();
    await expect(two.add('web-0', 'c2')).rejects.toMatchObject({ code: 'not-ready' });
    expect(c.clock.now() - since).toBe(4_000);
  });

  it('has the address of a container whose DEL never came, once its network namespace is gone', async () => {
    const { c, one } = await cluster();
    c.netns.add('/run/netns/c1');
    const given = await one.add('web-0', 'c1');
    expect(await codeOf(one.add('web-0', 'c2'))).toBe('not-ready');
    c.netns.clear();
    expect(await one.add('web-0', 'c2')).toEqual(given);
    expect(await one.check()).toEqual([]);
  });
});
