import { describe, expect, it } from 'vitest';
import type { PodLife } from '../ipam/reclaim/ended-pods.ts';
import { Cluster, events } from './testing/cluster.ts';
import { pool } from './testing/world.ts';

describe('what a daemon takes back since its Pod has ended', () => {
  it('is not what the container has been given anew while the API server was asked', async () => {
    const c = new Cluster();
    let answered: Promise<void> = Promise.resolve();
    const podLife: PodLife = {
      seen: () => undefined,
      look: async () => {
        await answered;
        return { kind: 'gone' };
      },
    };
    const one = await c.node('node1', { podLife, hasNetns: () => false });
    await one.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24' }));
    await events();
    await one.add('web-0', 'c1');
    c.clock.advance(6 * 60_000);
    await one.daemon.maintenance.round();
    c.clock.advance(2 * 60_000);
    const answer = Promise.withResolvers<void>();
    answered = answer.promise;
    const round = one.daemon.maintenance.round();
    await events();
    await one.del('c1');
    const given = await one.add('web-0', 'c1');
    answer.resolve();
    await round;
    expect(await c.claims()).toEqual([`${given[0]} c1`]);
    expect(one.daemon.administration.allocations()).toHaveLength(1);
  });
});
