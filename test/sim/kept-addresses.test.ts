import { describe, expect, it } from 'vitest';
import { berthVersion, type Claim, type ClaimSpec, claimKind } from '../../src/resources/claim.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { wrap } from '../../src/store/wrap.ts';
import { KeptAddresses } from './kept-addresses.ts';
import { World } from './world.ts';

const address = '10.8.0.5';
const attachment = { network: 'stateful', containerId: 'a', ifname: 'eth0' };

/** What is kept for Pod db-0, and the store that tells of each claim. */
function kept(): { readonly world: World; readonly kept: KeptAddresses; readonly store: Store } {
  const world = new World(
    { seed: 1, claims: 'all', emphasis: 'nothing', nodes: 2, operations: 0, faults: new Set() },
    false,
  );
  const watched = new KeptAddresses(world);
  let uids = 0;
  const memory = new MemoryStore({ now: () => 0, newUid: () => `u${++uids}` });
  watched.told({
    attachment,
    node: 'node1',
    pod: { namespace: 'default', name: 'db-0', uid: 'uid-a' },
    netns: '',
    addresses: [{ address, prefixLength: 24, pool: 'sets', routes: [] }],
    createdAt: 0,
  });
  return { world, kept: watched, store: wrap(memory, watched.watching) };
}

function claimOf(podName: string, changes: Partial<ClaimSpec> = {}): Claim {
  const spec = { address, pool: 'sets', node: 'node1', daemon: 'node1', ...attachment, podName, ...changes };
  return { apiVersion: berthVersion, kind: claimKind, metadata: { name: address }, spec };
}

describe('what is kept for a Pod', () => {
  it('is its own, whether somebody holds it or it is parked', async () => {
    const { world, store } = kept();
    const claim = await store.create(claimOf('db-0'));
    const parked = await store.update({ ...claim, spec: { ...claim.spec, parkedAt: '2026-01-01T00:00:00Z' } });
    await store.update({ ...parked, spec: claim.spec });
    expect(world.broken).toBeUndefined();
  });

  it('is missed at the write that gives it to another', async () => {
    const { world, store } = kept();
    await store.create(claimOf('db-1'));
    expect(world.broken?.message).toMatch(
      /invariant 3: 10.8.0.5 is kept for Pod db-0, and the claim of .* of Pod db-1/,
    );
  });

  it('is missed at the delete that frees it', async () => {
    const { world, store } = kept();
    await store.create(claimOf('db-0'));
    await store.delete({ kind: claimKind, name: address }, undefined);
    expect(world.broken?.message).toBe('invariant 3: 10.8.0.5 is kept for Pod db-0, and its claim is deleted');
  });

  it('may be freed, and be given to another, while the Pod is scaled away', async () => {
    const { world, kept: addresses, store } = kept();
    await store.create(claimOf('db-0'));
    addresses.isAway = () => true;
    await store.delete({ kind: claimKind, name: address }, undefined);
    await store.create(claimOf('db-1'));
    expect(world.broken).toBeUndefined();
  });

  it('of an application is missed at the write that gives it to a Pod of another', async () => {
    const { world, store } = kept();
    await store.create({
      ...claimOf('web-0', { address: '10.9.0.12', pool: 'listed' }),
      metadata: { name: '10.9.0.12' },
    });
    expect(world.broken?.invariant).toBe(3);
  });
});
