import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { parseRangeSet } from '../ip/range-set.ts';
import { sandboxDeadlineMs } from '../ipam/reclaim/garbage.ts';
import type { PodState } from '../ipam/reclaim/pod-state.ts';
import type { NodeState, UnreadyPolicy } from '../ipam/reclaim/unready-nodes.ts';
import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { endpointKind } from '../resources/endpoint.ts';
import { poolKind } from '../resources/pool.ts';
import { spiderpoolFinalizer } from '../resources/published.ts';
import { newRangePool } from '../resources/range-pool.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { subnetKind } from '../resources/subnet.ts';
import type { MemoryStore } from '../store/memory/memory-store.ts';
import type { ControllerParts } from './controller.ts';
import type { Endpoint, PoolStatus, SubnetStatus } from './objects.ts';
import { type Ground, leading, newGround } from './testing/leading.ts';
import type { FakeCluster } from './testing/live.ts';
import { block, claim, pool, subnet, type TestClock } from './testing/world.ts';

const lostNodesMs = 60_000;

interface World extends Ground {
  readonly outcomes: string[];
  /** Another controller over the same state, as after a crash: the old one just stops. */
  restart(): Promise<World>;
}

async function world(
  fill: (store: MemoryStore, live: FakeCluster, clock: TestClock) => Promise<void> = async () => {},
  ground: Ground = newGround(),
  more: Partial<ControllerParts> = {},
): Promise<World> {
  const { store, live, clock } = ground;
  await fill(store, live, clock);
  const stop = new AbortController();
  const outcomes: string[] = [];
  const observer = {
    reconciled: (kind: string, outcome: string) => void outcomes.push(`${kind} ${outcome}`),
    reclaimed: (kind: string) => void outcomes.push(`reclaimed ${kind}`),
  };
  const { term } = await leading(ground, stop.signal, { observer, lostNodesMs, ...more });
  const restart = async (): Promise<World> => {
    stop.abort();
    await term;
    return world(undefined, ground);
  };
  return { ...ground, outcomes, restart };
}

async function statusOf<T>(store: MemoryStore, kind: string, name: string): Promise<T | undefined> {
  return (await store.get({ kind, name }))?.status as T | undefined;
}

async function endpoints(store: MemoryStore): Promise<readonly Stored<Endpoint>[]> {
  return (await store.list<Endpoint>(endpointKind)).items;
}

async function names(store: MemoryStore, kind: string): Promise<readonly string[]> {
  return (await store.list(kind)).items.map(({ metadata }) => metadata.name);
}

describe('what is derived', () => {
  it('is there for all that was there before the controller', async () => {
    const { store } = await world(async (before, live) => {
      live.addPod('default', 'web-0', 'pod-1');
      await before.create(pool('blue', { subnet: '10.0.0.0/24', gateway: '10.0.0.1', excludeIPs: ['10.0.0.2'] }));
      await before.create(subnet('office', { subnet: '10.0.0.0/24' }));
      await before.create(claim('10.0.0.10'));
      await before.create(claim('10.0.0.9', { ifname: 'net1' }));
    });
    const status = await statusOf<PoolStatus>(store, poolKind, 'blue');
    expect(status).toMatchObject({ totalIPCount: 252, allocatedIPCount: 2 });
    expect(status?.allocatedIPs).toBe(
      '{"10.0.0.9":{"pod":"default/web-0","podUid":"pod-1"},"10.0.0.10":{"pod":"default/web-0","podUid":"pod-1"}}',
    );
    expect(await statusOf<SubnetStatus>(store, subnetKind, 'office')).toEqual({
      controlledIPPools: '{"blue":{"ips":["10.0.0.3-10.0.0.254"]}}',
      totalIPCount: 256,
      allocatedIPCount: 252,
    });
    const [endpoint] = await endpoints(store);
    expect(endpoint?.status).toMatchObject({ ownerControllerType: 'Pod', ownerControllerName: 'web-0' });
    expect(endpoint?.status?.current.ips.map(({ interface: name, ipv4 }) => [name, ipv4])).toEqual([
      ['eth0', '10.0.0.10/24'],
      ['net1', '10.0.0.9/24'],
    ]);
  });

  it('counts reserved addresses out, and leased blocks in', async () => {
    const { store, clock } = await world(async (before) => {
      await before.create(pool('blue', { subnet: '10.1.0.0/24', blockSize: 28, gateway: '10.1.0.1' }));
      await before.create(block('10.1.0.16/28'));
    });
    expect(await statusOf(store, poolKind, 'blue')).toEqual({ totalIPCount: 253, allocatedIPCount: 16 });
    const reserved = { ips: ['10.1.0.16-10.1.0.19'] };
    const { apiVersion } = pool('any', {});
    await store.create({ apiVersion, kind: 'SpiderReservedIP', metadata: { name: 'routers' }, spec: reserved });
    await clock.advance(2_000);
    expect(await statusOf(store, poolKind, 'blue')).toEqual({ totalIPCount: 249, allocatedIPCount: 12 });
  });

  it('lists no addresses of a pool with more than five thousand out, and counts them', async () => {
    const { store } = await world(async (before) => {
      await before.create(pool('blue', { subnet: '10.2.0.0/16' }));
      for (let number = 0; number < 5_001; number += 1) {
        await before.create(claim(`10.2.${1 + (number >> 8)}.${number & 255}`, { podName: `p${number}` }));
      }
    });
    expect(await statusOf(store, poolKind, 'blue')).toEqual({ totalIPCount: 65_534, allocatedIPCount: 5_001 });
  });

  it('is there for each of a rush of Pods as soon as no more come, and waits for no write of its own', async () => {
    const w = await world(async (before) => {
      await before.create(pool('blue', { subnet: '10.0.0.0/16' }));
    });
    for (let number = 0; number < 400; number += 1)
      await w.store.create(claim(`10.0.${1 + (number >> 8)}.${number & 255}`, { podName: `p${number}` }));
    await w.clock.advance(1_000);
    expect(await endpoints(w.store)).toHaveLength(400);
  });

  it('names who keeps a Pod by what its claim says, and asks for the Pod only where none does', async () => {
    const { store, live } = await world(async (before, cluster) => {
      cluster.addPod('default', 'old-0', 'pod-3');
      await before.create(pool('blue', { subnet: '10.0.0.0/24' }));
      const told = { podName: 'web-5d8f-x', controlledBy: 'apps/v1 ReplicaSet web-5d8f 6c4b' };
      await before.create(claim('10.0.0.5', told));
      await before.create(claim('10.0.0.6', { ...told, ifname: 'net1' }));
      await before.create(claim('10.0.0.7', { podName: 'alone', podUid: 'pod-2', controlledBy: 'Pod' }));
      await before.create(claim('10.0.0.8', { podName: 'old-0', podUid: 'pod-3' }));
    });
    const owners = (await endpoints(store)).map(({ metadata: { name }, status }) => [
      name,
      status?.ownerControllerType,
      status?.ownerControllerName,
    ]);
    expect(owners).toEqual([
      ['alone', 'Pod', 'alone'],
      ['old-0', 'Pod', 'old-0'],
      ['web-5d8f-x', 'ReplicaSet', 'web-5d8f'],
    ]);
    expect(live.asked).toBe(1);
  });

  it('goes when its source goes, also while no controller runs (known failure 7)', async () => {
    const w = await world(async (before) => {
      await before.create(pool('blue', { subnet: '10.0.0.0/24' }));
      await before.create(claim('10.0.0.5'));
      await before.create(claim('10.0.0.6', { podName: 'web-1' }));
    });
    expect(await endpoints(w.store)).toHaveLength(2);
    await w.store.delete({ kind: claimKind, name: '10.0.0.5' }, undefined);
    await w.clock.advance(1_000);
    expect((await endpoints(w.store)).map(({ metadata }) => metadata.name)).toEqual(['web-1']);
    const [present] = await endpoints(w.store);
    await w.store.delete({ kind: endpointKind, namespace: 'default', name: 'web-1' }, undefined);
    await w.clock.advance(1_000);
    expect((await endpoints(w.store))[0]?.status).toEqual(present?.status);
    await w.store.delete({ kind: claimKind, name: '10.0.0.6' }, undefined);
    const after = await w.restart();
    expect(await endpoints(after.store)).toEqual([]);
    expect(await statusOf(after.store, poolKind, 'blue')).toMatchObject({ allocatedIPCount: 0 });
  });

  it('says what a Pod was told at its start, however its pool changes later', async () => {
    const w = await world(async (before) => {
      await before.create(pool('blue', { subnet: '10.0.0.0/24', gateway: '10.0.0.1' }));
      await before.create(claim('10.0.0.5'));
    });
    const blue = (await w.store.get({ kind: poolKind, name: 'blue' })) as Stored<Resource>;
    await w.store.update({ ...blue, spec: { subnet: '10.0.0.0/24', gateway: '10.0.0.254' } });
    const after = await w.restart();
    expect((await endpoints(after.store))[0]?.status?.current.ips[0]?.ipv4Gateway).toBe('10.0.0.1');
  });

  it('follows a StatefulSet Pod to its new node, by uid and not by name (known failure 3)', async () => {
    const w = await world(async (before, live) => {
      live.addPod('default', 'web-0', 'pod-1');
      await before.create(pool('blue', { subnet: '10.0.0.0/24' }));
      await before.create(claim('10.0.0.5'));
    });
    w.live.addPod('default', 'web-0', 'pod-2', 'node2');
    await w.store.create(claim('10.0.0.6', { podUid: 'pod-2', node: 'node2', containerId: 'new' }));
    await w.clock.advance(1_000);
    const current = async () => (await endpoints(w.store))[0]?.status?.current;
    expect(await current()).toMatchObject({ uid: 'pod-2', node: 'node2', ips: [{ ipv4: '10.0.0.6/24' }] });
    await w.store.delete({ kind: claimKind, name: '10.0.0.5' }, undefined);
    await w.clock.advance(1_000);
    expect(await current()).toMatchObject({ uid: 'pod-2', ips: [{ ipv4: '10.0.0.6/24' }] });
  });

  it('is kept for all others when one record is bad (known failure 8)', async () => {
    const { store, outcomes } = await world(async (before) => {
      await before.create(pool('broken', { subnet: 'nonsense' }));
      await before.create(pool('blue', { subnet: '10.0.0.0/24' }));
      const bad = claim('10.0.0.7', { podName: 'bad' });
      await before.create({ ...bad, metadata: { name: 'x' }, spec: { ...(bad.spec as object), address: 'nonsense' } });
      await before.create({ ...bad, metadata: { name: 'y' }, spec: undefined });
      await before.create(claim('10.0.0.5'));
    });
    expect(outcomes).toEqual(expect.arrayContaining(['pool skipped', 'endpoint skipped', 'endpoint written']));
    expect((await endpoints(store)).map(({ metadata }) => metadata.name)).toEqual(['web-0']);
    // The bad claim counts, for nobody can tell that it holds nothing.
    expect(await statusOf(store, poolKind, 'blue')).toMatchObject({ allocatedIPCount: 2 });
  });
});

describe('a finalizer', () => {
  it('keeps a pool for as long as anything of it is out, and a subnet for as long as it has pools', async () => {
    const { store, clock } = await world(async (before) => {
      await before.create(subnet('office', { subnet: '10.0.0.0/24' }));
      await before.create(pool('blue', { subnet: '10.0.0.0/24' }));
      await before.create(claim('10.0.0.5'));
    });
    expect((await store.get({ kind: poolKind, name: 'blue' }))?.metadata.finalizers).toEqual([spiderpoolFinalizer]);
    await store.delete({ kind: subnetKind, name: 'office' }, undefined);
    await store.delete({ kind: poolKind, name: 'blue' }, undefined);
    await clock.advance(60_000);
    expect([...(await names(store, poolKind)), ...(await names(store, subnetKind))]).toEqual(['blue', 'office']);
    await store.delete({ kind: claimKind, name: '10.0.0.5' }, undefined);
    await clock.advance(2_000);
    expect([...(await names(store, poolKind)), ...(await names(store, subnetKind))]).toEqual([]);
  });

  it('goes at once from pools of which nothing is out, however many', async () => {
    const pools = Array.from({ length: 10 }, (_, n) => `pool-${n}`);
    const { store, clock } = await world(async (before) => {
      for (const [n, name] of pools.entries()) await before.create(pool(name, { subnet: `10.0.${n}.0/24` }));
    });
    for (const name of pools) await store.delete({ kind: poolKind, name }, undefined);
    await clock.advance(1_000);
    expect(await names(store, poolKind)).toEqual([]);
  });
});

describe('what is on a node that is not ready', () => {
  const ended = { kind: 'terminating', endsAt: 0 } as const;

  /** @returns the claims that are left, and the one Event */
  async function left(changes: Partial<NodeState>, state: PodState, more: Partial<UnreadyPolicy>) {
    const unready = {
      sandboxDeadlineMs,
      isTerminatingEnough: false,
      terminatingDelayMs: 5_000,
      nodeNotReadyMs: undefined,
      ...more,
    };
    const { store, live } = await world(
      async (before, cluster, clock) => {
        cluster.nodeStates.set('node1', { isReady: false, since: clock.now(), isOutOfService: false, ...changes });
        cluster.addPod('default', 'web-0', 'pod-1', 'node1', state);
        await before.create(claim('10.0.0.5'));
        await clock.advance(sandboxDeadlineMs + 1_000);
      },
      newGround(),
      { unready },
    );
    return [await names(store, claimKind), ...live.events.map(({ subject, message }) => `${subject.kind} ${message}`)];
  }

  it('stays, when no operator says that it may go', async () => {
    expect(await left({}, ended, {})).toEqual([['10.0.0.5']]);
  });

  it.each<[string, Partial<NodeState>, Partial<UnreadyPolicy>, string]>([
    [
      'its Pod should have ended, where that is enough',
      {},
      { isTerminatingEnough: true },
      'pod-terminating-node-not-ready',
    ],
    ['its node has not been ready for long', {}, { nodeNotReadyMs: 60_000 }, 'node-not-ready'],
    ['its node is out of service', { isOutOfService: true }, {}, 'node-not-ready'],
  ])('comes back when %s', async (_, node, policy, reason) => {
    const [claims, event] = await left(node, ended, policy);
    expect(claims).toEqual([]);
    expect(event).toMatch(new RegExp(`^Pod released 10.0.0.5 \\(${reason}\\): .*should have ended`));
  });

  it('stays while its Pod lives', async () => {
    expect(await left({ isOutOfService: true }, { kind: 'lives' }, {})).toEqual([['10.0.0.5']]);
  });
});

describe('what a lost node left', () => {
  const lost = { node: 'gone', daemon: 'gone' };
  const old = sandboxDeadlineMs + 1_000;

  it('is taken back when neither the node nor the Pod is there, with an Event', async () => {
    const { store, live } = await world(async (before, _live, clock) => {
      await before.create(claim('10.0.0.5', lost));
      await before.create(block('10.1.0.0/28', { node: 'gone' }));
      await clock.advance(old);
    });
    expect([await names(store, claimKind), await names(store, blockKind)]).toEqual([[], []]);
    expect(live.events.map(({ reason, message }) => `${reason}: ${message}`)).toEqual([
      'IPReclaimed: released 10.0.0.5 (node-deleted): node "gone" is gone, and Pod default/web-0 is gone',
      'NodeLost: handed 10.1.0.0/28 back: node "gone" is gone, and no Pod or claim of it is left',
    ]);
  });

  it('is also the pools of its ranges, once nothing of them is claimed', async () => {
    const made = (node: string) =>
      newRangePool({
        network: 'macvlan-conf',
        node,
        networkName: undefined,
        subnet: parsePrefix('10.45.0.0/24'),
        gateway: parseAddress('10.45.0.1'),
        addresses: parseRangeSet(['10.45.0.10-10.45.0.19']),
      });
    const { store, clock } = await world(async (before, _live, time) => {
      for (const node of ['gone', 'node1']) await before.create(made(node));
      await before.create(claim('10.45.0.10', { ...lost, pool: made('gone').metadata.name }));
      await time.advance(old);
    });
    await clock.advance(3 * lostNodesMs);
    expect([await names(store, claimKind), await names(store, poolKind)]).toEqual([[], [made('node1').metadata.name]]);
    // Nothing keeps it from going at once: its daemon deletes it when nothing of it is out.
    const left = await store.get({ kind: poolKind, name: made('node1').metadata.name });
    expect(left?.metadata.finalizers).toBeUndefined();
  });

  it.each([
    ['its node is there', { node: 'node1', daemon: 'gone' }, 'other-uid'],
    ["its daemon's node is there", { node: 'gone', daemon: 'node1' }, 'other-uid'],
    ['its Pod is there', lost, 'pod-1'],
    ['it names no Pod', { ...lost, podName: '', podNamespace: '' }, 'other-uid'],
  ])('stays when %s', async (_why, spec, uid) => {
    const { store } = await world(async (before, live, clock) => {
      live.addPod('default', 'web-0', uid);
      await before.create(claim('10.0.0.5', spec));
      await clock.advance(old);
    });
    expect(await names(store, claimKind)).toEqual(['10.0.0.5']);
  });

  it('is no claim that is young: its Pod may not show yet (known failure 2)', async () => {
    const { store, clock } = await world(async (before) => {
      await before.create(claim('10.0.0.5', lost));
    });
    await clock.advance(sandboxDeadlineMs - 10_000);
    expect(await names(store, claimKind)).toEqual(['10.0.0.5']);
    await clock.advance(lostNodesMs + 10_000);
    expect(await names(store, claimKind)).toEqual([]);
  });

  it('is no claim that changed hands while its node was looked up (known failure 1)', async () => {
    const { store } = await world(async (before, live, clock) => {
      await before.create(claim('10.0.0.5', lost));
      await clock.advance(old);
      live.meanwhile = async () => {
        live.meanwhile = async () => {};
        await before.delete({ kind: claimKind, name: '10.0.0.5' }, undefined);
        await before.create(claim('10.0.0.5', { podName: 'next', podUid: 'pod-2' }));
      };
    });
    expect((await store.get({ kind: claimKind, name: '10.0.0.5' }))?.spec).toMatchObject({ podName: 'next' });
  });

  it('is the old claim and not the new one of a Pod that moved under its name (known failure 3)', async () => {
    const { store } = await world(async (before, live, clock) => {
      live.addPod('default', 'web-0', 'pod-2');
      await before.create(claim('10.0.0.5', lost));
      await before.create(claim('10.0.0.6', { podUid: 'pod-2', containerId: 'new' }));
      await clock.advance(old);
    });
    expect(await names(store, claimKind)).toEqual(['10.0.0.6']);
  });

  it('is told of with an Event on who kept the Pod, where its claim says who', async () => {
    const { live } = await world(async (before, _live, clock) => {
      await before.create(claim('10.0.0.5', { ...lost, controlledBy: 'apps/v1 ReplicaSet web-5d8f rs-1' }));
      await before.create(claim('10.0.0.6', { ...lost, podName: 'alone' }));
      await clock.advance(old);
    });
    expect(live.events.map(({ subject }) => subject)).toEqual([
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'default', name: 'web-5d8f', uid: 'rs-1' },
      { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'alone', uid: 'pod-1' },
    ]);
  });

  it('is taken back past one that cannot be (known failure 8)', async () => {
    const { store } = await world(async (before, live, clock) => {
      await before.create(claim('10.0.0.5', lost));
      await before.create(claim('10.0.0.6', lost));
      await clock.advance(old);
      live.meanwhile = async () => {
        live.meanwhile = async () => {};
        throw new Error('one answer was lost');
      };
    });
    expect(await names(store, claimKind)).toEqual(['10.0.0.5']);
  });
});
