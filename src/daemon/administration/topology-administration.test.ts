import { describe, expect, it } from 'vitest';
import { ipamNodeKind } from '../../resources/ipam-node.ts';
import { topologyKind, topologyName } from '../../resources/network-topology.ts';
import { poolKind } from '../../resources/pool.ts';
import { codeOf, refusalOf } from '../../resources/testing/refusal.ts';
import type { PlaceFill } from '../../topology/utilisation.ts';
import { addressesOf, attachment, pool, world } from '../testing/world.ts';

const tor = (id: string, ...subnets: object[]) => ({ id, subnets });
const network = (...tors: object[]) => ({ zones: [{ id: 'zone-a', pods: [{ id: 'pod-1', tors }] }] });
const rack = { cidr: '10.1.0.0/24', gateway: '10.1.0.1' };
const two = network(tor('tor-1', rack), tor('tor-2', { cidr: '10.1.1.0/24', gateway: '10.1.1.1' }));

/** A daemon on node1, in rack 1 of two. */
async function inRack() {
  const one = await world('');
  const { topology } = one.daemon;
  await topology.registerNodes([{ id: 'node1', spec: { tor_id: 'tor-1' } }]);
  await topology.apply(two);
  return { one, topology };
}

const used = (places: readonly PlaceFill[]): readonly string[] =>
  places.flatMap(({ place, fills, nodes, children }) => [
    `${place.id} ${fills.map((fill) => `${fill.used}/${fill.total}`).join()} ${nodes}`,
    ...used(children),
  ]);

describe('the topology of a daemon', () => {
  it('is kept, with a pool for each subnet, of which its node gets addresses at once', async () => {
    const { one, topology } = await inRack();
    expect(await addressesOf(one, 'c1')).toEqual(['10.1.0.2']);
    expect(used((await topology.show())?.zones ?? [])).toEqual([
      'zone-a 1/506 1',
      'pod-1 1/506 1',
      'tor-1 1/253 1',
      'tor-2 0/253 0',
    ]);
    expect((await topology.show())?.spec).toEqual(two);
  });

  it('is there after a restart, and so is the place of the node', async () => {
    const { one } = await inRack();
    const again = await one.restart();
    expect(await addressesOf(again, 'c1')).toEqual(['10.1.0.2']);
  });

  it('changes nothing when it is applied again, and brings back what somebody took from its pools', async () => {
    const { one, topology } = await inRack();
    expect(await topology.apply(two)).toMatchObject({ outcome: 'unchanged', poolsApplied: [], poolsDeleted: [] });
    await one.daemon.resources.delete({ kind: poolKind, name: 'topology-10.1.1.0-24' });
    expect(await topology.apply(two)).toMatchObject({ outcome: 'unchanged', poolsApplied: ['topology-10.1.1.0-24'] });
  });

  it('refuses to take a subnet from Pods that have addresses of it, and changes nothing then', async () => {
    const { one, topology } = await inRack();
    await addressesOf(one, 'c1');
    const after = network(tor('tor-2', rack));
    expect(await refusalOf(topology.apply(after))).toContain(
      '10.1.0.0/24 would move from TOR "tor-1" to TOR "tor-2", and 1 of its addresses are in use or leased',
    );
    expect((await topology.show())?.spec).toEqual(two);
    await one.daemon.ipam.release(attachment('c1'));
    expect(await topology.apply(after)).toMatchObject({
      outcome: 'configured',
      poolsApplied: ['topology-10.1.0.0-24'],
      poolsDeleted: ['topology-10.1.1.0-24'],
    });
  });

  it('lets no pool of somebody’s own be overlapped', async () => {
    const { daemon } = await world('10.1.0.0/16');
    expect(await refusalOf(daemon.topology.apply(two))).toContain(
      '10.1.0.0/24 of TOR "tor-1" overlaps 10.1.0.0/16 of pool "cluster-ipv4", which no topology made',
    );
  });

  it('leaves alone what people made and what they say of its pools', async () => {
    const { one, topology } = await inRack();
    const { resources } = one.daemon;
    await resources.apply(pool('own', { subnet: '10.9.0.0/24', gateway: '10.9.0.1' }));
    const made = await resources.get({ kind: poolKind, name: 'topology-10.1.0.0-24' });
    if (made === undefined) throw new Error('no pool was made');
    await resources.apply({ ...made, spec: { ...(made.spec as object), excludeIPs: ['10.1.0.2'] } });
    await topology.apply(network(tor('tor-1', { ...rack, vlan: 7 })));
    expect((await resources.get({ kind: poolKind, name: 'topology-10.1.0.0-24' }))?.spec).toMatchObject({
      vlan: 7,
      excludeIPs: ['10.1.0.2'],
    });
    expect(await resources.get({ kind: poolKind, name: 'own' })).toBeDefined();
    expect(await addressesOf(one, 'c1')).toEqual(['10.1.0.3']);
  });

  it('is written over the version that was planned with, and no other', async () => {
    const { one, topology } = await inRack();
    const { store } = one;
    const present = await store.get({ kind: topologyKind, name: topologyName });
    if (present === undefined) throw new Error('no topology was kept');
    const update = store.update.bind(store);
    // Another daemon is faster by one write.
    store.update = async (resource) => {
      store.update = update;
      await update({ ...present, spec: network(tor('tor-1', rack)) });
      return update(resource);
    };
    expect(await codeOf(topology.apply(network()))).toBe('conflict');
    expect((await topology.show())?.spec).toEqual(network(tor('tor-1', rack)));
  });

  it('registers nodes, and says how many were new, other, or as they are', async () => {
    const { one, topology } = await inRack();
    const nodes = [
      { id: 'node1', spec: { tor_id: 'tor-1' } },
      { id: 'node2', spec: { tor_id: 'tor-2' } },
    ];
    expect(await topology.registerNodes(nodes)).toEqual({ created: 1, configured: 0, unchanged: 1 });
    expect(await topology.registerNodes([{ id: 'node1', spec: { tor_id: 'tor-2' } }])).toMatchObject({ configured: 1 });
    expect(await addressesOf(one, 'c1')).toEqual(['10.1.1.2']);
    expect((await one.store.list(ipamNodeKind)).items.map(({ metadata }) => metadata.name)).toEqual(['node1', 'node2']);
    const wrong = { id: 'node3', spec: { tor_id: 'TOR 3' } };
    expect(await codeOf(topology.registerNodes([wrong]))).toBe('invalid-config');
  });

  it('is refused as a whole for what is wrong in it', async () => {
    const { daemon } = await world('');
    expect(await refusalOf(daemon.topology.plan(network(tor('tor-1', rack), tor('tor-1', rack))))).toContain(
      'spec.zones[0].pods[0].tors[1].id: TOR "tor-1" is there twice; spec.zones[0].pods[0].tors[1].subnets[0].cidr: 10.1.0.0/24 of TOR "tor-1" is a subnet of TOR "tor-1" already',
    );
    expect(await daemon.topology.show()).toBeUndefined();
  });
});
