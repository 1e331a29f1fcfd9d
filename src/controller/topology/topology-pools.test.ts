import { describe, expect, it } from 'vitest';
import { berthVersion, claimKind } from '../../resources/claim.ts';
import { topologyKind, topologyName } from '../../resources/network-topology.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { FollowedTopology } from '../../store/followed-topology.ts';
import { silentLog } from '../../telemetry/log.ts';
import type { PoolObject } from '../objects.ts';
import { leading, newGround } from '../testing/leading.ts';
import { claim, keyOf, pool } from '../testing/world.ts';

const network = (...tors: object[]): Resource => ({
  ...{ apiVersion: berthVersion, kind: topologyKind, metadata: { name: topologyName } },
  spec: { zones: [{ id: 'zone-a', pods: [{ id: 'pod-1', tors }] }] },
});
const tor = (id: string, ...cidrs: string[]) => ({ id, subnets: cidrs.map((cidr) => ({ cidr })) });
const two = network(tor('tor-1', '10.1.0.0/24'), tor('tor-2', '10.1.1.0/24'));

/** A controller that leads, and what is there of each pool: `10.1.0.0/24 tor-1`. */
async function world(...objects: readonly Resource[]) {
  const ground = newGround();
  const { clock, store, live } = ground;
  for (const object of objects) await store.create(object);
  await leading(ground, new AbortController().signal, {
    topology: () => new FollowedTopology({ store, clock, log: silentLog }),
  });
  const pools = async (): Promise<readonly string[]> => {
    const { items } = await store.list<PoolObject>(poolKind);
    return items.map(({ spec, metadata }) =>
      [spec.subnet, spec.topologyAffinity?.tor, ...(metadata.deletionTimestamp === undefined ? [] : ['going'])].join(
        ' ',
      ),
    );
  };
  const change = async (to: Resource): Promise<void> => {
    const present = (await store.get({ kind: topologyKind, name: topologyName })) as Stored<Resource>;
    await store.update({ ...present, spec: to.spec });
    await clock.advance(5_000);
  };
  const told = () => live.events.map(({ subject, reason, message }) => `${subject.kind} ${reason}: ${message}`);
  return { ...ground, pools, change, told };
}

describe('the pools of a topology that is kept in the Kubernetes API', () => {
  it('are made, one for each subnet, and are as a webhook would have stored them', async () => {
    const { pools, store } = await world(two);
    expect(await pools()).toEqual(['10.1.0.0/24 tor-1', '10.1.1.0/24 tor-2']);
    const made = await store.get<PoolObject>({ kind: poolKind, name: 'topology-10.1.0.0-24' });
    expect(made?.spec).toMatchObject({ ipVersion: 4, default: true, purpose: 'default' });
    expect(made?.metadata.finalizers).toEqual(['spiderpool.spidernet.io']);
  });

  it('follow it', async () => {
    const { pools, change } = await world(two);
    await change(network(tor('tor-1', '10.1.1.0/24', '10.1.2.0/24')));
    expect(await pools()).toEqual(['10.1.1.0/24 tor-1', '10.1.2.0/24 tor-1']);
  });

  it('are made again when a hand deletes one', async () => {
    const { pools, store, clock } = await world(two);
    await store.delete({ kind: poolKind, name: 'topology-10.1.0.0-24' }, undefined);
    await clock.advance(5_000);
    expect(await pools()).toEqual(['10.1.0.0/24 tor-1', '10.1.1.0/24 tor-2']);
  });

  it('neither move nor go while addresses of them are out, and do when these are back', async () => {
    const out = claim('10.1.0.7', { pool: 'topology-10.1.0.0-24' });
    const { pools, change, told, store, clock } = await world(two, out);
    await change(network(tor('tor-2', '10.1.0.0/24')));
    expect(await pools()).toEqual(['10.1.0.0/24 tor-1']);
    expect(told()).toEqual([
      'NetworkTopology TopologyPools: SpiderIPPool "topology-10.1.0.0-24" would move from tor tor-1 to tor tor-2, and addresses of it are out',
    ]);
    const [held] = (await store.list(claimKind)).items;
    if (held === undefined) throw new Error('the claim is gone');
    await store.delete(keyOf(held), undefined);
    await clock.advance(10_000);
    expect(await pools()).toEqual(['10.1.0.0/24 tor-2']);
  });

  it('stay as they are while the topology breaks its rules, which is told', async () => {
    const { pools, change, told } = await world(two);
    await change(network(tor('tor-1', '10.1.0.0/24'), tor('tor-1', '10.1.1.0/24')));
    expect(await pools()).toEqual(['10.1.0.0/24 tor-1', '10.1.1.0/24 tor-2']);
    expect(told()).toEqual([expect.stringContaining('tor-1')]);
  });

  it('go with it, and no others', async () => {
    const { pools, store, clock } = await world(two, pool('own', { subnet: '10.9.0.0/24' }));
    await store.delete({ kind: topologyKind, name: topologyName }, undefined);
    await clock.advance(5_000);
    expect(await pools()).toEqual(['10.9.0.0/24 ']);
  });
});
