import { describe, expect, it } from 'vitest';
import { berthVersion, claimKind } from '../../resources/claim.ts';
import { topologyKind, topologyName } from '../../resources/network-topology.ts';
import { poolKind } from '../../resources/pool.ts';
import type { Resource } from '../../resources/resource.ts';
import type { TopologyStatus } from '../../resources/topology/schema.ts';
import { FollowedTopology } from '../../store/followed-topology.ts';
import { silentLog } from '../../telemetry/log.ts';
import { leading, newGround } from '../testing/leading.ts';
import { claim, keyOf } from '../testing/world.ts';

const network: Resource = {
  ...{ apiVersion: berthVersion, kind: topologyKind, metadata: { name: topologyName } },
  spec: {
    zones: [
      {
        id: 'zone-a',
        pods: [{ id: 'pod-1', cidr: '10.1.0.0/24', tors: [{ id: 'tor-1', subnets: [{ cidr: '10.1.0.0/28' }] }] }],
      },
    ],
  },
};

/** Some controllers, each of which thinks that it leads. */
async function world(controllers: number) {
  const ground = newGround();
  const { clock, store } = ground;
  await store.create(network);
  const options = { topology: () => new FollowedTopology({ store, clock, log: silentLog }) };
  await Promise.all(Array.from({ length: controllers }, () => leading(ground, new AbortController().signal, options)));
  const claimed = async (from: number, to: number): Promise<void> => {
    for (let at = from; at <= to; at += 1) await store.create(claim(`10.1.0.${at}`, { pool: 'topology-10.1.0.0-28' }));
    await clock.advance(15_000);
  };
  const grown = async (): Promise<readonly string[]> => {
    const stored = await store.get({ kind: topologyKind, name: topologyName });
    return (((stored as Resource).status ?? {}) as TopologyStatus).grown?.map(({ id, cidr }) => `${id} ${cidr}`) ?? [];
  };
  const pools = async () => (await store.list(poolKind)).items.map(({ metadata }) => metadata.name);
  return { ...ground, claimed, grown, pools };
}

describe('a rack that becomes full, in Kubernetes', () => {
  it.each([1, 10])('gets the prefix beside its own, and a pool of it, of %i controllers', async (controllers) => {
    const { claimed, grown, pools } = await world(controllers);
    await claimed(1, 11);
    expect(await grown()).toEqual([]);
    await claimed(12, 12);
    expect(await grown()).toEqual(['tor-1 10.1.0.16/28']);
    expect(await pools()).toEqual(['topology-10.1.0.0-28', 'topology-10.1.0.16-28']);
  });

  it('gives it back when it is empty and much of its own is free, and its pool goes', async () => {
    const { claimed, grown, pools, store, clock } = await world(1);
    await claimed(1, 12);
    for (const held of (await store.list(claimKind)).items.slice(0, 8)) await store.delete(keyOf(held), undefined);
    await clock.advance(60_000);
    expect(await grown()).toEqual([]);
    expect(await pools()).toEqual(['topology-10.1.0.0-28']);
  });

  it('keeps what came by itself while people change what they wrote', async () => {
    const { claimed, grown, pools, store, clock } = await world(1);
    await claimed(1, 12);
    const stored = await store.get<Resource>({ kind: topologyKind, name: topologyName });
    if (stored === undefined) throw new Error('there is no topology');
    await store.update({ ...stored, spec: { ...(stored.spec as object), description: 'another' } });
    await clock.advance(15_000);
    expect(await grown()).toEqual(['tor-1 10.1.0.16/28']);
    expect(await pools()).toEqual(['topology-10.1.0.0-28', 'topology-10.1.0.16-28']);
  });
});
