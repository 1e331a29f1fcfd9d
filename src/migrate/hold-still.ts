import { IpamError, isIpamError } from '../resources/errors.ts';
import { heldStillBy } from '../resources/migration-marks.ts';
import { poolKind } from '../resources/pool.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import { frozen, marked, markOf, opened, released } from './pools.ts';

/** A pool that somebody else writes at the same time is read again, at most so often. */
const attempts = 10;

type Change = (pool: Stored<Resource>) => Stored<Resource> | undefined;

/** The source gives nothing out from now on, once its daemons have seen it. @throws IpamError conflict, in-use */
export function holdSourceStill(store: Store, id: string): Promise<number> {
  return changePools(store, (pool) => {
    const held = heldStillBy(pool);
    if (held !== undefined && held.id !== id) throw heldByAnother(pool, held.id);
    // One that is being deleted gives nothing out, and takes no change.
    if (held !== undefined || pool.metadata.deletionTimestamp !== undefined) return undefined;
    return frozen(pool, id, 'moving');
  });
}

/** The source is history. */
export function markSourceMoved(store: Store, id: string): Promise<number> {
  return changePools(store, (pool) => {
    const mark = markOf(pool, id);
    if (mark === undefined || mark.phase === 'moved') return undefined;
    return { ...pool, metadata: marked(pool.metadata, { ...mark, phase: 'moved' }) };
  });
}

/** The target may give out. */
export function openTarget(store: Store, id: string): Promise<number> {
  return changePools(store, (pool) => (markOf(pool, id)?.phase === 'copying' ? opened(pool, id) : undefined));
}

/** Pools that the migration held still, or joined, are as they were. */
export function letPoolsGo(store: Store, id: string): Promise<number> {
  return changePools(store, (pool) => (markOf(pool, id) === undefined ? undefined : released(pool, id)));
}

async function changePools(store: Store, change: Change): Promise<number> {
  let changed = 0;
  for (const { metadata } of (await store.list(poolKind)).items) {
    if (await changePool(store, metadata.name, change)) changed += 1;
  }
  return changed;
}

async function changePool(store: Store, name: string, change: Change): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const pool = await store.get({ kind: poolKind, name });
    const next = pool === undefined ? undefined : change(pool);
    if (next === undefined) return false;
    try {
      await store.update(next);
      return true;
    } catch (error) {
      if (isIpamError(error, 'not-found')) return false;
      if (!isIpamError(error, 'conflict') || attempt === attempts) throw error;
    }
  }
}

export function heldByAnother({ kind, metadata }: Resource, id: string): IpamError {
  return new IpamError('in-use', `${kind} "${metadata.name}" is held still by migration ${id}`, {
    advice:
      'finish that migration with the command that began it, or take it back with --undo; what was moved away is not moved twice',
  });
}
