import { describe, expect, it } from 'vitest';
import { Random } from '../../../test/kit/random.ts';
import { parsePrefix, prefixesOverlap } from '../../ip/prefix.ts';
import { topologyKind, topologyName } from '../../resources/network-topology.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Resource } from '../../resources/resource.ts';
import type { TopologyStatus } from '../../resources/topology/schema.ts';
import type { Store } from '../../store/store.ts';
import { aroundRequests, wrap } from '../../store/wrap.ts';
import { Cluster, events, type Node } from '../testing/cluster.ts';
import { addressesOf, attachment, world } from '../testing/world.ts';

const rack = (id: string, cidr: string, more: object = {}) => ({ id, subnets: [{ cidr, ...more }] });
const network = (...tors: object[]) => ({
  zones: [{ id: 'zone-a', pods: [{ id: 'pod-1', cidr: '10.1.0.0/24', tors }] }],
});
/** 14 addresses for each of two racks. */
const two = network(rack('tor-1', '10.1.0.0/28'), rack('tor-2', '10.1.0.64/28'));

type World = Awaited<ReturnType<typeof world>>;

async function grown(store: Pick<Store, 'get'>): Promise<readonly string[]> {
  const stored = await store.get<Resource>({ kind: topologyKind, name: topologyName });
  const { grown = [] } = (stored?.status ?? {}) as TopologyStatus;
  return grown.map(({ id, cidr, leaving }) => `${id} ${cidr}${leaving === true ? ' leaving' : ''}`);
}

async function pools(store: Pick<Store, 'list'>): Promise<readonly string[]> {
  return (await store.list(poolKind)).items.map(({ metadata }) => metadata.name);
}

/** A daemon on node1 in rack 1, which has given so many addresses. */
async function inRack(count: number): Promise<World> {
  const one = await world('');
  await one.daemon.topology.registerNodes([{ id: 'node1', spec: { tor_id: 'tor-1' } }]);
  await one.daemon.topology.apply(two);
  for (let at = 0; at < count; at += 1) await addressesOf(one, `c${at}`);
  await events();
  return one;
}

describe('a daemon whose rack becomes full', () => {
  it('gets the prefix beside the rack’s, and gives addresses of it when the first is used up', async () => {
    const one = await inRack(12);
    await one.daemon.growth?.round();
    expect(await grown(one.store)).toEqual(['tor-1 10.1.0.16/28']);
    for (const at of [12, 13]) await addressesOf(one, `c${at}`);
    expect(await addressesOf(one, 'c14')).toEqual(['10.1.0.17']);
  });

  it('asks for nothing before, nor twice', async () => {
    const one = await inRack(11);
    await one.daemon.growth?.round();
    expect(await grown(one.store)).toEqual([]);
    await addressesOf(one, 'c11');
    for (let round = 0; round < 3; round += 1) await one.daemon.growth?.round();
    expect(await grown(one.store)).toEqual(['tor-1 10.1.0.16/28']);
  });

  it('gives it back once nothing of it is used, and much of the first is free', async () => {
    const one = await inRack(12);
    await one.daemon.growth?.round();
    for (const at of [12, 13, 14]) await addressesOf(one, `c${at}`);
    for (let at = 0; at < 12; at += 1) await one.daemon.ipam.release(attachment(`c${at}`));
    await one.daemon.growth?.round();
    expect(await grown(one.store)).toEqual(['tor-1 10.1.0.16/28']);
    await one.daemon.ipam.release(attachment('c14'));
    for (let round = 0; round < 3; round += 1) {
      await events();
      await one.daemon.growth?.round();
    }
    expect(await grown(one.store)).toEqual([]);
    expect(await pools(one.store)).toEqual(['topology-10.1.0.0-28', 'topology-10.1.0.64-28']);
  });

  it('makes the pool of what another has written and not made', async () => {
    const one = await inRack(0);
    const stored = await one.store.get<Resource>({ kind: topologyKind, name: topologyName });
    if (stored === undefined) throw new Error('there is no topology');
    const entry = { level: 'tor', id: 'tor-1', cidr: '10.1.0.32/28' };
    await one.store.updateStatus({ ...stored, status: { grown: [entry] } });
    await events();
    // It is empty, and nothing else is used: that is looked at once it is a pool.
    await one.daemon.growth?.round();
    expect(await pools(one.store)).toContain('topology-10.1.0.32-28');
  });

  it('keeps what came by itself when people apply their file again, and shows it', async () => {
    const one = await inRack(12);
    await one.daemon.growth?.round();
    expect(await one.daemon.topology.apply(two)).toMatchObject({ outcome: 'unchanged', poolsDeleted: [] });
    const [zone] = (await one.daemon.topology.show())?.zones ?? [];
    expect(zone?.children[0]?.children[0]?.subnets.map(({ prefix }) => prefix)).toEqual([
      '10.1.0.0/28',
      '10.1.0.16/28',
    ]);
  });

  it('has it taken by a file only where nobody has addresses of it', async () => {
    const one = await inRack(12);
    await one.daemon.growth?.round();
    const other = network(rack('tor-1', '10.1.0.0/28'), rack('tor-2', '10.1.0.16/28'));
    for (const at of [12, 13, 14]) await addressesOf(one, `c${at}`);
    await expect(one.daemon.topology.apply(other)).rejects.toThrow(/10\.1\.0\.16\/28 would move from TOR "tor-1"/);
    await one.daemon.ipam.release(attachment('c14'));
    expect(await one.daemon.topology.apply(other)).toMatchObject({ outcome: 'configured' });
    expect(await grown(one.store)).toEqual(['tor-1 10.1.0.16/28']);
    expect(
      (await one.daemon.topology.show())?.zones[0]?.children[0]?.children.map(({ subnets }) => subnets.length),
    ).toEqual([1, 1]);
  });
});

/** The store as one daemon reaches it: each request takes a while of its own. */
function slowly(store: Store, random: Random): Store {
  const turns = async (): Promise<void> => {
    for (let left = random.below(40); left > 0; left -= 1) await Promise.resolve();
  };
  return wrap(
    store,
    aroundRequests(async (_, make) => {
      await turns();
      const answer = await make();
      await turns();
      return answer;
    }),
  );
}

async function ofOneRack(
  count: number,
  random: Random,
  more: object,
): Promise<{ cluster: Cluster; nodes: readonly Node[] }> {
  const cluster = new Cluster();
  const nodes: Node[] = [];
  for (let at = 0; at < count; at += 1) nodes.push(await cluster.node(`node${at}`, {}, slowly(cluster.store, random)));
  const [first] = nodes;
  if (first === undefined) throw new Error('no node');
  await first.daemon.topology.registerNodes(
    nodes.map((_, at) => ({ id: `node${at}`, spec: { tor_id: at === 9 ? 'tor-2' : 'tor-1' } })),
  );
  await first.daemon.topology.apply(network(rack('tor-1', '10.1.0.0/28', more), rack('tor-2', '10.1.0.64/28', more)));
  await events();
  return { cluster, nodes };
}

const seeds = Array.from({ length: 12 }, (_, index) => index + 1);

describe('ten daemons that see a rack become full at once', () => {
  it.each(seeds)('get one prefix beside it, however their writes meet (seed %i)', async (seed) => {
    const { cluster, nodes } = await ofOneRack(10, new Random(seed), {});
    for (let at = 0; at < 12; at += 1) await nodes[at % 9]?.add(`p${at}`, `c${at}`, ['topology-10.1.0.0-28']);
    await events();
    for (let round = 0; round < 2; round += 1) await Promise.all(nodes.map(({ daemon }) => daemon.growth?.round()));
    expect(await grown(cluster.store)).toEqual(['tor-1 10.1.0.16/28']);
    await events();
    // Another twelve of the now 28: four fifths are not reached before the twenty-third.
    for (let at = 12; at < 24; at += 1)
      await nodes[at % 9]?.add(`p${at}`, `c${at}`, ['topology-10.1.0.16-28', 'topology-10.1.0.0-28']);
    await events();
    for (let round = 0; round < 2; round += 1) await Promise.all(nodes.map(({ daemon }) => daemon.growth?.round()));
    const all = await grown(cluster.store);
    expect(all).toEqual(['tor-1 10.1.0.16/28', 'tor-1 10.1.0.32/28']);
    const prefixes = (await cluster.store.list<Resource<string, { readonly subnet: string }>>(poolKind)).items.map(
      ({ spec }) => parsePrefix(spec.subnet),
    );
    expect(prefixes).toHaveLength(4);
    const overlapping = prefixes.filter((one, at) =>
      prefixes.slice(at + 1).some((other) => prefixesOverlap(one, other)),
    );
    expect(overlapping).toEqual([]);
  });

  it('leave it to those of the rack, until these have not done it for a minute', async () => {
    const { cluster, nodes } = await ofOneRack(10, new Random(1), {});
    for (let at = 0; at < 12; at += 1) await nodes[0]?.add(`p${at}`, `c${at}`, ['topology-10.1.0.0-28']);
    await events();
    const elsewhere = nodes[9]?.daemon.growth;
    await elsewhere?.round();
    expect(await grown(cluster.store)).toEqual([]);
    cluster.clock.advance(59_000);
    await elsewhere?.round();
    expect(await grown(cluster.store)).toEqual([]);
    cluster.clock.advance(1_000);
    await elsewhere?.round();
    expect(await grown(cluster.store)).toEqual(['tor-1 10.1.0.16/28']);
  });

  it('leave it to others who only ask for writes', async () => {
    const { cluster } = await ofOneRack(1, new Random(1), {});
    const agent = await cluster.node('agent', { judgedBy: 'ask a member' });
    expect(agent.daemon.growth).toBeUndefined();
  });
});
