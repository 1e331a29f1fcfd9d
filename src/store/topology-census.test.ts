import { describe, expect, it } from 'vitest';
import { berthVersion } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { ipamNodeKind } from '../resources/ipam-node.ts';
import { topologyKind, topologyName } from '../resources/network-topology.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { silentLog } from '../telemetry/log.ts';
import { MemoryStore } from './memory/memory-store.ts';
import { TopologyCensus } from './topology-census.ts';

const object = (kind: string, name: string, spec: object): Resource => ({
  ...{ apiVersion: berthVersion, kind, spec },
  metadata: { name },
});
const topology = (...tors: string[]) =>
  object(topologyKind, topologyName, {
    zones: [{ id: 'zone-a', pods: [{ id: 'pod-1', tors: tors.map((id) => ({ id })) }] }],
  });

describe('a census of the network', () => {
  let now = 0;
  let uids = 0;
  const store = new MemoryStore({ now: () => 0, newUid: () => `u-${++uids}` });
  let isAway = false;
  const lists: string[] = [];
  const census = new TopologyCensus({
    store: {
      list: (kind) => {
        lists.push(kind);
        if (isAway) throw new IpamError('store-unavailable', 'no answer');
        return store.list(kind);
      },
    },
    elapsed: () => now,
    log: silentLog,
  });
  const tors = async () => (await census.take())?.topology.zones[0]?.children[0]?.children.map(({ id }) => id);
  const nodes = async () => [...((await census.take())?.nodes ?? [])];

  it('finds nothing where nobody has written a topology, and counts no nodes for it', async () => {
    expect(await census.take()).toBeUndefined();
    expect(lists).toEqual([topologyKind]);
  });

  it('has the topology as it is now, and counts nodes once in five minutes', async () => {
    const stored = (await store.create(topology('tor-1'))) as Stored<Resource>;
    await store.create(object(ipamNodeKind, 'n1', { tor_id: 'tor-1' }));
    await store.create(object(ipamNodeKind, 'n2', { tor_id: 'tor-1' }));
    await store.create(object(ipamNodeKind, 'n3', { tor_id: 7 }));
    expect([await tors(), await nodes()]).toEqual([['tor-1'], [['tor-1', 2]]]);
    await store.update({ ...stored, spec: topology('tor-1', 'tor-2').spec });
    await store.create(object(ipamNodeKind, 'n4', { tor_id: 'tor-2' }));
    expect([await tors(), await nodes()]).toEqual([['tor-1', 'tor-2'], [['tor-1', 2]]]);
    now += 300_000;
    expect(await nodes()).toEqual([
      ['tor-1', 2],
      ['tor-2', 1],
    ]);
  });

  it('says nothing while the store is away', async () => {
    isAway = true;
    expect(await census.take()).toBeUndefined();
    isAway = false;
    expect(await tors()).toEqual(['tor-1', 'tor-2']);
  });
});
