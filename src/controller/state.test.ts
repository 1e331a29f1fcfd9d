import { describe, expect, it } from 'vitest';
import { formatRangeSet } from '../ip/range-set.ts';
import { claimKind } from '../resources/claim.ts';
import { poolKind } from '../resources/pool.ts';
import type { MemoryStore } from '../store/memory/memory-store.ts';
import { silentLog } from '../telemetry/log.ts';
import { heldAnywhere, heldIn } from './occupancy.ts';
import { ClusterState, type StateChange } from './state.ts';
import { block, claim, keyOf, newStore, pool, settle, subnet, TestClock } from './testing/world.ts';

async function followed(fill: (store: MemoryStore) => Promise<void> = async () => {}) {
  const clock = new TestClock();
  const store = newStore(clock);
  await fill(store);
  const state = new ClusterState({ store, log: silentLog, clock });
  const changes: StateChange[] = [];
  state.onChange((change) => changes.push(change));
  await state.start(new AbortController().signal);
  return { store, state, changes };
}

describe('the state of a cluster', () => {
  it('has everything once it says that it is ready', async () => {
    const { state } = await followed(async (store) => {
      await store.create(pool('blue', { subnet: '10.0.0.0/24' }));
      await store.create(subnet('office', { subnet: '10.0.0.0/24' }));
      await store.create(claim('10.0.0.5'));
      await store.create(block('10.1.0.0/28', { pool: 'green' }));
    });
    expect(state.ready).toBe(true);
    expect([...state.poolsOfSubnet('office').keys()]).toEqual(['blue']);
    expect([...state.claimsOfPool('blue').keys()]).toEqual(['10.0.0.5']);
    expect([...state.claimsOfPod('default/web-0').keys()]).toEqual(['10.0.0.5']);
    expect([...state.claimsOfNode('node1').keys()]).toEqual(['10.0.0.5']);
    expect(formatRangeSet(heldIn(state, 'blue'))).toEqual(['10.0.0.5']);
    expect(formatRangeSet(heldAnywhere(state))).toEqual(['10.0.0.5', '10.1.0.0-10.1.0.15']);
  });

  it('follows changes and says what they concern', async () => {
    const { store, state, changes } = await followed(async (before) => {
      await before.create(pool('blue', { subnet: '10.0.0.0/24' }));
    });
    changes.length = 0;
    const taken = await store.create(claim('10.0.0.5'));
    await settle();
    expect(changes).toEqual([
      { of: 'pool', pool: 'blue' },
      { of: 'pod', pod: 'default/web-0' },
    ]);
    await store.delete(keyOf(taken), undefined);
    await settle();
    expect(state.claimsOfPod('default/web-0').size).toBe(0);
    expect([...state.podsWithClaims()]).toEqual([]);
    expect(changes).toHaveLength(4);
  });

  it('has one list of pools by name, and one value of each, until a pool says something else', async () => {
    const { store, state } = await followed(async (before) => {
      await before.create(pool('green', { subnet: '10.1.0.0/24' }));
      await before.create(pool('blue', { subnet: '10.0.0.0/24' }));
    });
    const first = state.poolsByName;
    expect(first.map(({ name }) => name)).toEqual(['blue', 'green']);
    const green = await store.get({ kind: poolKind, name: 'green' });
    if (green === undefined) throw new Error('green is gone');
    const counted = await store.updateStatus({ ...green, status: { totalIPCount: 254, allocatedIPCount: 1 } });
    await settle();
    expect(state.poolsByName).toBe(first);
    await store.update({ ...counted, spec: { subnet: '10.1.0.0/24', disable: true } });
    await settle();
    expect(state.poolsByName).not.toBe(first);
    expect(state.poolsByName[0]).toBe(first[0]);
    expect(state.poolsByName[1]?.disabled).toBe(true);
    await store.delete({ kind: poolKind, name: 'green' }, undefined);
    await settle();
    expect(state.poolsByName.map(({ name }) => name)).toEqual(['blue']);
  });

  it('tells a subnet of the pools that come to it and leave it', async () => {
    const { store, state, changes } = await followed(async (before) => {
      await before.create(subnet('office', { subnet: '10.0.0.0/24' }));
    });
    const blue = await store.create(pool('blue', { subnet: '10.0.0.0/24' }));
    await settle();
    expect(changes).toContainEqual({ of: 'subnet', subnet: 'office' });
    expect(state.poolsOfSubnet('office').size).toBe(1);
    await store.delete(keyOf(blue), undefined);
    await settle();
    expect(state.poolsOfSubnet('office').size).toBe(0);
  });

  it('leaves out what it cannot read, and keeps the rest', async () => {
    const { state } = await followed(async (store) => {
      await store.create(pool('broken', { subnet: 'nonsense' }));
      await store.create({ apiVersion: 'berth.network/v1alpha1', kind: claimKind, metadata: { name: 'x' }, spec: {} });
      await store.create(pool('blue', { subnet: '10.0.0.0/24' }));
      await store.create(claim('10.0.0.5'));
    });
    expect(state.readablePools().map(({ name }) => name)).toEqual(['blue']);
    expect(state.pool('broken')?.problem).toContain('subnet: "nonsense" is not a prefix');
    expect(formatRangeSet(heldAnywhere(state))).toEqual(['10.0.0.5']);
  });
});
