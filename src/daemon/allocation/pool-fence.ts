import { IpamError } from '../../resources/errors.ts';
import { heldStillBy } from '../../resources/migration-marks.ts';
import { type PoolResource, poolKind } from '../../resources/pool.ts';
import type { Store } from '../../store/store.ts';

/** How long a look at a pool counts, milliseconds. Whoever disables a pool knows after this time that nothing of it was taken since. */
export const fenceMs = 5_000;

export interface PoolFenceOptions {
  readonly store: Store;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
  readonly lifeMs?: number;
}

/**
 * Between daemons that share a store: nothing that was taken of a pool is used unless the pool was seen to give out less
 * than `fenceMs` before. A watch alone may be late by any time. So who disables a pool, waits so long, and then reads the
 * claims and blocks, has seen them all (decision 20). And whoever finds no claim and no block of a pool that is being
 * deleted knows at once that none will come: a look counts for as long only as something of the pool is still out that
 * this daemon took, so that the next who takes looks anew (decision 34).
 */
export class PoolFence {
  readonly #options: Required<PoolFenceOptions>;
  readonly #seen = new Map<string, number>();
  readonly #looks = new Map<string, Promise<void>>();
  /** What was forgotten while a look was under way. */
  readonly #forgotten = new Set<string>();
  #isOpen = true;

  constructor(options: PoolFenceOptions) {
    this.#options = { lifeMs: fenceMs, ...options };
  }

  /** While a daemon takes back what is on its record, no pool may refuse it. */
  set open(isOpen: boolean) {
    this.#isOpen = isOpen;
  }

  /**
   * After the write that took something, before it is used.
   * @throws IpamError pool-exhausted (the pool gives nothing out any more), store-unavailable
   */
  async pass(pool: string): Promise<void> {
    if (this.#isOpen) return;
    const { elapsed, lifeMs } = this.#options;
    while (elapsed() - (this.#seen.get(pool) ?? Number.NEGATIVE_INFINITY) >= lifeMs) {
      const look = this.#looks.get(pool) ?? this.#look(pool);
      this.#looks.set(pool, look);
      await look;
    }
  }

  /** Before the last that this daemon has of a pool is given up: what it saw of the pool counts no more. */
  forget(pool: string): void {
    if (this.#looks.has(pool)) this.#forgotten.add(pool);
    this.#seen.delete(pool);
  }

  async #look(name: string): Promise<void> {
    const at = this.#options.elapsed();
    this.#forgotten.delete(name);
    try {
      const pool = await this.#options.store.get<PoolResource>({ kind: poolKind, name });
      requireGiving(name, pool);
      if (!this.#forgotten.delete(name)) this.#seen.set(name, at);
    } finally {
      this.#looks.delete(name);
    }
  }
}

function requireGiving(name: string, pool: PoolResource | undefined): void {
  if (pool !== undefined && pool.spec.disable !== true && pool.metadata.deletionTimestamp === undefined) return;
  const id = pool === undefined ? undefined : heldStillBy(pool)?.id;
  const why = id === undefined ? 'is disabled or being deleted' : `is held still by migration ${id}`;
  throw new IpamError('not-ready', `pool "${name}" ${why}, and gives nothing out`, { advice: 'try again' });
}
