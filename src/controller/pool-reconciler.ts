import type { Clock } from '../platform/clock.ts';
import { type Block, blockKind } from '../resources/block.ts';
import { type Claim, claimKind } from '../resources/claim.ts';
import { spiderpoolFinalizer } from '../resources/published.ts';
import { rangesOwner } from '../resources/ranges-owner.ts';
import type { Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { PoolObject } from './objects.ts';
import { poolStatus } from './pool-status.ts';
import type { ClusterState } from './state.ts';
import type { Result } from './work-queue.ts';
import { writeFinalizer, writeStatus } from './write-status.ts';

export interface PoolReconcilerParts {
  readonly state: ClusterState;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** How long to wait besides, milliseconds: for daemons that look at a pool without regard to what they hold of it. */
  readonly drainMs: number;
}

/** One write of a pool's status for each second is enough to watch it, and little enough for etcd. */
export const poolPaceMs = 1_000;
/** A long list of addresses is written whole each time: not more than this much of it a second, characters. */
const charactersPerSecond = 64 * 1024;
/** How often to look whether a pool that is going has become empty: claims of a pool are no news of its own. */
const emptyAgainMs = 5_000;

/** Keeps pools' status and finalizers. */
export class PoolReconciler {
  readonly #parts: PoolReconcilerParts;

  constructor(parts: PoolReconcilerParts) {
    this.#parts = parts;
  }

  readonly reconcile = async (name: string): Promise<Result> => {
    const { state, store } = this.#parts;
    const known = state.pool(name);
    if (known === undefined) return { outcome: 'unchanged' };
    const { resource, value: pool } = known;
    const claims = state.claimsOfPool(name);
    const blocks = state.blocksOfPool(name);
    if (resource.metadata.deletionTimestamp !== undefined && claims.size === 0 && blocks.size === 0) {
      return this.#releaseFinalizer(resource);
    }
    // The pool of a network's ranges is deleted by its daemon, which knows better than anybody that nothing of it is out.
    if (resource.metadata.deletionTimestamp === undefined && rangesOwner(resource)?.node === undefined) {
      await writeFinalizer(store, resource, spiderpoolFinalizer, true);
    }
    // Reported when it was read. Its finalizer does not need it to be readable.
    if (pool === undefined) return { outcome: 'skipped' };
    const status = poolStatus({ pool, reserved: state.reserved, claims, blocks });
    const outcome = (await writeStatus(store, resource, status)) ? 'written' : 'unchanged';
    const length = status.allocatedIPs?.length ?? 0;
    return { outcome, paceMs: Math.max(poolPaceMs, (1_000 * length) / charactersPerSecond) };
  };

  /**
   * Nothing of it is out as far as is known, so the store is asked. When that has neither claim nor block of a pool that
   * is marked, none can come: whoever claims without anything of the pool looks at it before use (`PoolFence`).
   */
  async #releaseFinalizer(resource: Stored<PoolObject>): Promise<Result> {
    const { store, clock, log, drainMs } = this.#parts;
    const { name, finalizers = [], deletionTimestamp = '' } = resource.metadata;
    if (!finalizers.includes(spiderpoolFinalizer)) return { outcome: 'unchanged' };
    const left = Date.parse(deletionTimestamp) + drainMs - clock.now();
    if (drainMs > 0 && left > 0) return { outcome: 'unchanged', againMs: Math.min(left, drainMs) };
    const [claims, blocks] = [await store.list<Claim>(claimKind), await store.list<Block>(blockKind)];
    if ([...claims.items, ...blocks.items].some(({ spec }) => spec?.pool === name)) {
      return { outcome: 'unchanged', againMs: emptyAgainMs };
    }
    await writeFinalizer(store, resource, spiderpoolFinalizer, false);
    log.info({ pool: name }, 'let a pool go: nothing of it is out any more');
    return { outcome: 'written' };
  }
}
