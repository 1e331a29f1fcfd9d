import { describe, expect, it } from 'vitest';
import { berthVersion } from '../../resources/claim.ts';
import { ipamNodeKind } from '../../resources/ipam-node.ts';
import { topologyKind, topologyName } from '../../resources/network-topology.ts';
import type { Resource } from '../../resources/resource.ts';
import { Cluster, events } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';
import { BesideBird } from './testing/bird-beside.ts';

const object = (kind: string, name: string, spec: object): Resource => ({
  ...{ apiVersion: berthVersion, kind, spec },
  metadata: { name },
});
const tor = (id: string, leaf: string) => ({
  ...{ id, bgp: { leaf_uplinks: [{ leaf_id: `leaf-of-${id}`, leaf_ip: leaf, leaf_as: 65_001 }] } },
});
const topology = (more: object = {}) =>
  object(topologyKind, topologyName, {
    cluster_cidr: '10.244.0.0/16',
    zones: [{ id: 'z', pods: [{ id: 'p', tors: [tor('tor-1', '192.168.1.1'), tor('tor-2', '192.168.2.1')] }] }],
    ...more,
  });
const node = (torId = 'tor-1', bgp: object = { as_number: 4_200_000_007 }) =>
  object(ipamNodeKind, 'node1', { tor_id: torId, management_ip: '192.168.1.10', bgp });

/** A daemon beside a BIRD, with a pool of blocks, a shared one, and one that is of another network. */
async function beside(...objects: readonly Resource[]) {
  const c = new Cluster();
  for (const one of objects) await c.store.create(one);
  const bird = new BesideBird();
  const { daemon, ...rest } = await c.node('node1', { bird });
  await daemon.resources.apply(pool('blocks', { subnet: '10.244.0.0/20', blockSize: 26 }));
  await daemon.resources.apply(pool('storage', { subnet: '10.244.100.0/24' }));
  await daemon.resources.apply(pool('other', { subnet: '10.9.0.0/24' }));
  return { c, daemon, bird, node: { ...rest, daemon } };
}

async function until(what: string, is: () => boolean | undefined): Promise<void> {
  for (let turn = 0; turn < 1_000; turn += 1) {
    if (is() === true) return;
    await events();
  }
  throw new Error(`in vain: ${what}`);
}

const announced = ({ taken = '' }: BesideBird): readonly string[] =>
  [...taken.matchAll(/route (\S+) unreachable/g)].map(([, prefix = '']) => prefix);

/** The block in which a Pod of the daemon's has an address. */
async function blockOf({ daemon }: Awaited<ReturnType<typeof beside>>): Promise<string> {
  const [block] = await daemon.administration.blocks('node1');
  return block?.cidr ?? '';
}

async function request(world: Awaited<ReturnType<typeof beside>>, container: string, of: string): Promise<string> {
  const { addresses } = await world.daemon.ipam.allocate({
    attachment: { network: 'net', containerId: container, ifname: 'eth0' },
    netns: '',
    source: { kind: 'named', pools: [of] },
    families: [],
    requested: [],
  });
  return addresses[0]?.address ?? '';
}

describe('a daemon beside a BIRD', () => {
  it('announces a block when it is leased, and an address outside of blocks while a Pod has it', async () => {
    const world = await beside(topology(), node());
    await request(world, 'a', 'blocks');
    const block = await blockOf(world);
    await until('the block', () => announced(world.bird).join() === block);
    expect(world.bird.taken).toContain('neighbor 192.168.1.1 as 65001;');
    expect(world.bird.taken).toContain('local 192.168.1.10 as 4200000007;');
    const shared = await request(world, 'b', 'storage');
    await until('its route', () => announced(world.bird).includes(`${shared}/32`));
    await world.daemon.ipam.release({ network: 'net', containerId: 'b', ifname: 'eth0' });
    await until('the end of its route', () => announced(world.bird).join() === block);
  });

  it('has nothing to say of addresses in its blocks, and of those of other networks', async () => {
    const world = await beside(topology(), node());
    await request(world, 'a', 'blocks');
    await until('the block', () => announced(world.bird).length === 1);
    const before = world.bird.done.length;
    for (const container of ['b', 'c', 'd']) await request(world, container, 'blocks');
    await request(world, 'e', 'other');
    await request(world, 'f', 'storage');
    await until('what came after', () => announced(world.bird).length === 2);
    expect(world.bird.done.slice(before)).toEqual(['write', 'taken']);
  });

  it('announces each address where the topology says so', async () => {
    const policy = { route_advertisement: { node_to_leaf: { format: '/32' } } };
    const world = await beside(topology({ routing_policy: policy }), node());
    await until('a beginning', () => world.bird.taken !== undefined);
    const address = await request(world, 'a', 'blocks');
    await until('its route', () => announced(world.bird).join() === `${address}/32`);
  });

  it('leaves the file alone without a topology, and begins when there is one', async () => {
    const world = await beside(node());
    world.bird.text = 'of an operator';
    await until('a reason', () => world.daemon.routes?.trouble.startsWith('the network has no topology'));
    expect([world.bird.text, world.bird.done]).toEqual(['of an operator', []]);
    await world.c.store.create(topology());
    await until('a beginning', () => world.bird.taken?.includes('bgp_leaf_of_tor_1'));
  });

  it('follows the topology, and its node to another TOR', async () => {
    const world = await beside(topology(), node());
    await until('a beginning', () => world.bird.taken?.includes('hold time 90;'));
    const present = await world.c.store.get({ kind: topologyKind, name: topologyName });
    if (present === undefined) throw new Error('no topology');
    const spec = { ...(present.spec as object), routing_policy: { hold_time: '30s' } };
    await world.c.store.update({ ...present, spec });
    await until('the change', () => world.bird.taken?.includes('hold time 30;'));
    await world.daemon.topology.registerNodes([{ id: 'node1', spec: node('tor-2').spec as { tor_id: string } }]);
    await until('the other TOR', () => world.bird.taken?.includes('neighbor 192.168.2.1 as 65001;'));
    expect(world.bird.taken).not.toContain('192.168.1.1 ');
  });

  it.each([
    ['rules that cannot be read', { routing_policy: { hold_time: 'long' } }, 'hold_time'],
    ['a zone that is no object', { zones: ['z'] }, 'zones[0]'],
  ])('says of a topology with %s what is wrong, and gives addresses all the same', async (_, spec, word) => {
    const world = await beside(topology(spec), node());
    await until('a reason', () => world.daemon.routes?.trouble.includes(word));
    expect(await request(world, 'a', 'blocks')).toMatch(/^10\.244\./);
    expect(world.bird.done).toEqual([]);
  });

  it.each([
    ['that is not registered', [topology()], 'node "node1" is not registered in the network'],
    ['without an AS', [topology(), node('tor-1', {})], 'node "node1" has no AS (write it as bgp.as_number of the node'],
    ['in a rack that is not there', [topology(), node('tor-9')], 'the topology has no TOR "tor-9"'],
  ])('says what is missing of a node %s', async (_, objects, message) => {
    const world = await beside(...objects);
    await until('a reason', () => world.daemon.routes?.trouble.startsWith(message));
    expect(world.bird.done).toEqual([]);
  });

  it('says after a restart what is held already', async () => {
    const world = await beside(topology(), node());
    await request(world, 'a', 'blocks');
    const shared = await request(world, 'b', 'storage');
    world.node.die();
    const bird = new BesideBird();
    bird.text = 'of the one before';
    await world.c.node('node1', { bird });
    await until('what it says', () => bird.taken !== undefined);
    expect(announced(bird)).toEqual([await blockOf(world), `${shared}/32`]);
    expect(bird.done).toEqual(['write', 'taken']);
  });
});
