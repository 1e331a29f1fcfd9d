import { describe, expect, it } from 'vitest';
import { codeOf } from '../../resources/testing/refusal.ts';
import { Cluster, type Node } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

/** Two nodes of a cluster that knows of no Pods, and what each says that it took back. */
async function telling() {
  const c = new Cluster();
  c.knowsPods = false;
  const told: string[] = [];
  const node = (name: string): Promise<Node> =>
    c.node(name, { onReleased: (_, { reason }) => void told.push(`${name} ${reason}`) });
  const [one, two] = [await node('node1'), await node('node2')];
  await one.daemon.resources.apply(pool('office', { subnet: '10.5.0.0/24' }));
  const { addresses } = await one.daemon.ipam.allocate({
    attachment: { network: 'net', containerId: 'c1', ifname: 'eth0' },
    netns: '/run/netns/c1',
    source: { kind: 'named', pools: ['office'] },
    families: [],
    requested: [],
    stay: { identity: 'db', for: 60_000, origin: 'CNI_ARGS' },
  });
  await one.del('c1');
  told.length = 0;
  return { c, one, two, told, given: addresses.map(({ address }) => address) };
}

describe('what two nodes free at once', () => {
  it('is told of by the one that did it, when its time is over', async () => {
    const { c, one, two, told } = await telling();
    c.clock.advance(61_000);
    await Promise.all([one.daemon.maintenance.round(), two.daemon.maintenance.round()]);
    expect(await c.claims()).toEqual([]);
    expect(told).toEqual(['node1 kept-long-enough']);
  });

  it('is freed for one of two callers, and the other hears that it has changed', async () => {
    const { one, two, told, given } = await telling();
    const subject = { kind: 'identity', namespace: '', name: 'db' } as const;
    const [freed, refused] = [
      one.daemon.administration.unkeep(subject),
      codeOf(two.daemon.administration.unkeep(subject)),
    ];
    expect([await freed, await refused]).toEqual([given, 'conflict']);
    expect(told).toEqual(['node1 by-hand']);
  });
});
