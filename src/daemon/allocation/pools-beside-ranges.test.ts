import { describe, expect, it } from 'vitest';
import { poolKind } from '../../resources/pool.ts';
import { add, conf, del, messageOf } from '../testing/ranges.ts';
import { cooldownMs, pool, world } from '../testing/world.ts';

describe('pools that people make beside ranges', () => {
  it('keep their addresses: ranges over them are refused at the ADD, naming network, range and pool', async () => {
    const { daemon } = await world('');
    await daemon.resources.apply(pool('office', { subnet: '10.57.0.0/24', ips: ['10.57.0.10-10.57.0.20'] }));
    const message = await messageOf(add(daemon, conf, 'a', [{ subnet: '10.57.0.0/24' }]));
    expect(message).toMatch(
      /the ranges of network "macvlan-conf" on node "node1" overlaps? SpiderIPPool "office": both offer 10\.57\.0\.10-10\.57\.0\.20/,
    );
    expect(message).not.toContain('cni-');
  });

  it('may come over ranges where every address is claimed, with a warning, and not in blocks', async () => {
    const { daemon } = await world('');
    await add(daemon, conf, 'a', [{ subnet: '10.58.0.0/28' }]);
    const { warnings } = await daemon.resources.apply(pool('office', { subnet: '10.58.0.0/28' }));
    expect(warnings.join()).toMatch(
      /offers 10\.58\.0\.2-10\.58\.0\.14 as the ranges of network "macvlan-conf" on node "node1" do/,
    );
    const office = await daemon.ipam.allocate({
      attachment: { network: 'x', containerId: 'x', ifname: 'eth0' },
      netns: '',
      source: { kind: 'named', pools: ['office'] },
      families: [],
      requested: [],
    });
    expect(office.addresses[0]?.address).toBe('10.58.0.3');
    const blocks = daemon.resources.apply(pool('blocks', { subnet: '10.58.0.0/28', blockSize: 30 }));
    expect(await messageOf(blocks)).toMatch(/ranges of network "macvlan-conf" on node "node1"/);
  });

  it('let what becomes free of a change cool down: former gateways, exclusions, reservations, and a range that grows again', async () => {
    const { daemon, clock } = await world('');
    const office = (more: object) => pool('office', { subnet: '10.59.0.0/28', ips: ['10.59.0.1-10.59.0.6'], ...more });
    const next = async (id: string): Promise<string> => {
      const { addresses } = await daemon.ipam.allocate({
        attachment: { network: 'x', containerId: id, ifname: 'eth0' },
        netns: '',
        source: { kind: 'named', pools: ['office'] },
        families: [],
        requested: [],
      });
      await del(daemon, 'x', id);
      return addresses[0]?.address ?? '';
    };
    for (const [name, before, after, freed] of [
      ['a gateway', { gateway: '10.59.0.1', excludeIPs: ['10.59.0.1'] }, { gateway: '10.59.0.14' }, '10.59.0.1'],
      ['an exclusion', { excludeIPs: ['10.59.0.1-10.59.0.2'] }, {}, '10.59.0.1'],
      ['a range', { ips: ['10.59.0.3-10.59.0.6'] }, {}, '10.59.0.1'],
    ] as const) {
      await daemon.resources.apply(office(before));
      clock.advance(cooldownMs * 2);
      await daemon.maintenance.round();
      await daemon.resources.apply(office(after));
      const given: string[] = [];
      for (const id of ['1', '2', '3']) given.push(await next(`${name}${id}`));
      expect(given, name).not.toContain(freed);
    }
  });

  it('let a former gateway cool down also when the pool is deleted and made anew', async () => {
    const { daemon } = await world('');
    await daemon.resources.apply(pool('office', { subnet: '10.60.0.0/29', gateway: '10.60.0.2' }));
    await daemon.resources.delete({ kind: poolKind, name: 'office' });
    await daemon.resources.apply(pool('office', { subnet: '10.60.0.0/29', gateway: '10.60.0.1' }));
    const { addresses } = await daemon.ipam.allocate({
      attachment: { network: 'x', containerId: 'a', ifname: 'eth0' },
      netns: '',
      source: { kind: 'named', pools: ['office'] },
      families: [],
      requested: [],
    });
    expect(addresses[0]?.address).toBe('10.60.0.3');
  });
});
