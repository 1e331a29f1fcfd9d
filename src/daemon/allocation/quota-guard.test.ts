import { beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import { exactly } from '../../ipam/requested-address.ts';
import { IpamError } from '../../resources/errors.ts';
import { newOccupancy } from '../../resources/occupancy.ts';
import { type Cluster, cluster, deafened, events, type Node } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';

describe('the quota of a namespace', () => {
  let c: Cluster;
  let one: Node;
  let two: Node;

  beforeEach(async () => {
    ({ c, one, two } = await cluster());
    await one.daemon.resources.apply(pool('small', { subnet: '10.7.0.0/24', namespaceQuota: 2 }));
    await events();
  });

  const refusal = async (action: Promise<unknown>): Promise<string> => {
    const error: unknown = await action.then(
      (held) => `held ${JSON.stringify(held)}`,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof IpamError)) return String(error);
    return `${error.code}: ${error.message}`;
  };

  const full =
    'quota-exceeded: namespace "shop" holds 2 addresses of pool "small", and may hold 2 (spec.namespaceQuota)';

  it('holds on all nodes together, and a Pod that comes again beyond it writes nothing', async () => {
    await one.add('a', 'c1', ['small']);
    await two.add('b', 'c2', ['small']);
    const before = c.writes;
    expect(await refusal(one.add('c', 'c3', ['small']))).toBe(full);
    expect(await refusal(two.add('c', 'c3', ['small']))).toBe(full);
    expect(c.writes).toBe(before);
    await two.del('c2');
    expect(await one.add('c', 'c3', ['small'])).toHaveLength(1);
  });

  it('is counted for each namespace by itself', async () => {
    await one.add('a', 'c1', ['small']);
    await one.add('b', 'c2', ['small']);
    expect(await one.daemon.ipam.allocate(of('other', 'c3'))).toMatchObject({ addresses: [{ pool: 'small' }] });
    expect(await refusal(one.add('c', 'c4', ['small']))).toBe(full);
  });

  it('gives the last address to one of two nodes that race for it, and to one exactly', async () => {
    await one.add('a', 'c1', ['small']);
    const [left, right] = [deafened(c.store), deafened(c.store)];
    const [three, four] = [await c.node('node3', {}, left.store), await c.node('node4', {}, right.store)];
    for (let round = 0; round < 10; round += 1) {
      left.isDeaf = right.isDeaf = true;
      const race = [
        refusal(three.add('b', `three-${round}`, ['small'])),
        refusal(four.add('c', `four-${round}`, ['small'])),
      ];
      await events();
      expect(await c.claims()).toHaveLength(3);
      left.isDeaf = right.isDeaf = false;
      const outcomes = await Promise.all(race);
      await events();
      expect(outcomes.filter((text) => text.startsWith('held'))).toHaveLength(1);
      expect(outcomes.filter((text) => text === full)).toHaveLength(1);
      expect(await c.claims()).toHaveLength(2);
      await three.del(`three-${round}`);
      await four.del(`four-${round}`);
    }
  });

  it('is never exceeded by many at once on two nodes, and given out whole', async () => {
    const waves = Array.from({ length: 12 }, (_, index) =>
      refusal((index % 2 === 0 ? one : two).add(`p${index}`, `p${index}`, ['small'])),
    );
    const outcomes = await Promise.all(waves);
    await events();
    expect(outcomes.filter((text) => text.startsWith('held'))).toHaveLength(2);
    expect(await c.claims()).toHaveLength(2);
  });

  it('counts what a node has not heard of: it waits until its own claim is shown', async () => {
    const ears = deafened(c.store);
    const three = await c.node('node3', {}, ears.store);
    ears.isDeaf = true;
    await one.add('a', 'c1', ['small']);
    await one.add('b', 'c2', ['small']);
    const late = refusal(three.add('c', 'c3', ['small']));
    await events();
    expect(await c.claims()).toHaveLength(3);
    ears.isDeaf = false;
    expect(await late).toBe(full);
    expect(await c.claims()).toHaveLength(2);
  });

  it('is counted in all pools where the Namespace says so, which wins over what daemons say', async () => {
    c.facts.namespaces.shop = { 'berth.network/address-quota': '3, small=1' };
    const strict = await c.node('node3', { namespaceQuota: 0 });
    await one.add('a', 'c1', ['small']);
    expect(await refusal(two.add('b', 'c2', ['small']))).toContain(
      'holds 1 address of pool "small", and may hold 1 (annotation berth.network/address-quota)',
    );
    await two.add('b', 'c2', ['office']);
    await strict.add('b', 'c3', ['lab']);
    expect(await refusal(one.add('c', 'c4', ['office']))).toContain('holds 3 addresses in all, and may hold 3');
    c.facts.namespaces.shop = {};
    expect(await refusal(strict.add('c', 'c5', ['office']))).toContain(
      'holds 3 addresses in all, and may hold 0 (allocation.namespaceQuota of ipam-daemon)',
    );
  });

  it('counts an address of each IP family', async () => {
    c.facts.namespaces.shop = { 'berth.network/address-quota': '3' };
    expect(await one.add('a', 'c1', ['office', 'office6'])).toHaveLength(2);
    expect(await refusal(one.add('b', 'c2', ['office', 'office6']))).toContain('may hold 3');
    await events();
    expect(await c.claims()).toHaveLength(2);
  });

  it('is told on the Pod that is beyond it', async () => {
    const told: string[] = [];
    const three = await c.node('node3', { onRefused: ({ name }, { code }) => told.push(`${name} ${code}`) });
    await one.add('a', 'c1', ['small']);
    await one.add('b', 'c2', ['small']);
    expect(await refusal(three.add('c', 'c3', ['small']))).toBe(full);
    expect(told).toEqual(['c quota-exceeded']);
  });

  it('lets the next pool give what the first may not', async () => {
    await one.add('a', 'c1', ['small']);
    await one.add('b', 'c2', ['small']);
    expect(await two.add('c', 'c3', ['small', 'lab'])).toEqual([expect.stringMatching(/^10\.6\./)]);
  });

  it('counts an address that is asked for by itself', async () => {
    await one.add('a', 'c1', ['small']);
    await one.add('b', 'c2', ['small']);
    const asked = { ...of('shop', 'c3'), requested: [exactly(parseAddress('10.7.0.9'))] };
    expect(await refusal(two.daemon.ipam.allocate(asked))).toBe(full);
    await one.del('c2');
    expect(await two.daemon.ipam.allocate(asked)).toMatchObject({ addresses: [{ address: '10.7.0.9' }] });
  });

  it("counts what is kept for a StatefulSet's Pods, who have it again whatever the quota is by then", async () => {
    const kept = await one.add('web-0', 'c1', ['small']);
    await one.add('web-1', 'c2', ['small']);
    await one.del('c1');
    expect(await refusal(two.add('x', 'c3', ['small']))).toBe(full);
    await one.daemon.resources.apply(pool('small', { subnet: '10.7.0.0/24', namespaceQuota: 0 }));
    await events();
    expect(await two.add('web-0', 'c4', ['small'])).toEqual(kept);
  });

  it('gives a repeated ADD its own address again', async () => {
    await one.add('a', 'c1', ['small']);
    const second = await one.add('b', 'c2', ['small']);
    expect(await one.add('b', 'c2', ['small'])).toEqual(second);
  });

  it('gives nothing of pools with blocks, whose addresses are not counted', async () => {
    await one.daemon.resources.apply(pool('blocks', { subnet: '10.9.0.0/16', blockSize: 24 }));
    await events();
    expect(await one.add('a', 'c1', ['blocks'])).toHaveLength(1);
    c.facts.namespaces.shop = { 'berth.network/address-quota': '100' };
    expect(await refusal(one.add('b', 'c2', ['blocks']))).toContain(
      'namespace "shop" may hold 100 addresses (annotation berth.network/address-quota), and those of pool "blocks" are not counted, because it has blocks',
    );
  });

  it('holds where daemons know their own claims only, and of two that race at most one has the last', async () => {
    const nodes = { knowsOnlyOwnClaims: true };
    await c.store.create(newOccupancy({ family: 4, value: 0n }, '', { asOf: '0' }));
    const [three, four] = [await c.node('node3', nodes), await c.node('node4', nodes)];
    await three.add('a', 'c1', ['small']);
    const race = await Promise.all([refusal(three.add('b', 'c2', ['small'])), refusal(four.add('c', 'c3', ['small']))]);
    expect(race.filter((text) => text.startsWith('held')).length).toBeLessThanOrEqual(1);
    await refusal(four.add('c', 'c3', ['small']));
    expect(await c.claims()).toHaveLength(2);
    expect(await refusal(three.add('d', 'c4', ['small']))).toBe(full);
  });

  it('that cannot be read gives nothing', async () => {
    c.facts.namespaces.shop = { 'berth.network/address-quota': 'many' };
    expect(await refusal(one.add('a', 'c1', ['office']))).toContain('invalid-config: Namespace "shop": annotation');
    expect(await c.claims()).toEqual([]);
  });
});

function of(namespace: string, containerId: string): AllocateRequest {
  return {
    attachment: { network: 'net', containerId, ifname: 'eth0' },
    pod: { namespace, name: `pod-of-${containerId}`, uid: `uid-of-${containerId}` },
    netns: '',
    source: { kind: 'named', pools: ['small'] },
    families: [],
    requested: [],
  };
}
