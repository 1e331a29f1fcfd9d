import { ParkedClaims } from '../../src/controller/parked-claims.ts';
import { namedKind } from '../../src/ipam/bind/identity.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { type Claim, claimKind } from '../../src/resources/claim.ts';
import type { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { epoch } from './world.ts';

/** The StatefulSet is deleted, and the controller frees what is kept for it: nothing else may be left then. */
export async function freeParked(store: MemoryStore): Promise<void> {
  const { items } = await store.list<Claim>(claimKind);
  const clock: Clock = { now: () => epoch, elapsed: () => 0, pause: async () => {} };
  const parked = new ParkedClaims({
    state: { claims: () => items.values(), claimsKeptAt: () => new Map() },
    store,
    live: { owner: async () => undefined, pod: async () => undefined, announce: async () => {} },
    clock,
    log: silentLog,
    signal: new AbortController().signal,
    graceMs: 0,
    isEnabled: true,
    keepsMachines: true,
    whenScaled: 'Delete',
  });
  await parked.round();
  // What callers named they let go themselves.
  for (const { kind, metadata, spec } of items)
    if (spec.ownerKind === namedKind && spec.parkedAt !== undefined)
      await store.delete({ kind, name: metadata.name }, undefined);
}
