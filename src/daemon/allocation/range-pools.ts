import { isAsMade, type RangesFile, rangePools } from '../../ipam/claim/range-pools.ts';
import { frozenRangePools, idleRangePools } from '../../ipam/reclaim/idle-range-pools.ts';
import type { InlineRange } from '../../ipam/request.ts';
import type { SelectSource } from '../../ipam/select/candidates.ts';
import type { Clock } from '../../platform/clock.ts';
import { KeyedLock } from '../../platform/keyed-lock.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import { type Pool, type PoolResource, parsePool, poolKind } from '../../resources/pool.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ResourceKey } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Catalog } from '../view/catalog.ts';
import type { FormerRangePools } from '../view/former-range-pools.ts';

export interface RangePoolsOptions {
  readonly node: string;
  readonly catalog: Catalog;
  /** Under the same rules as an operator's. */
  readonly resources: {
    apply(resource: Resource): Promise<unknown>;
    delete(key: ResourceKey): Promise<void>;
  };
  /** Those of this node as they were seen last. */
  readonly former: FormerRangePools;
  /** Names of the pools of which something is claimed or on record. */
  readonly poolsInUse: () => ReadonlySet<string>;
  readonly clock: Clock;
  readonly cooldownMs: number;
  readonly log: Log;
}

/** A pool of which nothing is held is deleted after this time, milliseconds, or after its cool-down if that is longer. */
const idleMs = 30_000;
const lookMs = 5_000;

/**
 * host-local `ranges` in a network configuration become pools: for each network and node its own, which the node's daemon
 * makes when an ADD names them, never changes, and deletes when nothing of them is out. So they follow the file, and
 * what is held under a former one stays as it is (decision 36).
 */
export class RangePools {
  readonly #options: RangePoolsOptions;
  /** A pool is not deleted while it is being made, nor while an ADD that named it is under way. */
  readonly #turns = new KeyedLock();
  readonly #underway = new Map<string, number>();
  readonly #deleting = new Set<string>();
  /** Since when nothing of it is held, milliseconds since 1970. */
  readonly #idleSince = new Map<string, number>();
  /** Pools as they were seen to be what their names say. */
  readonly #inPlace = new Map<string, Pool>();
  /** Those that are not this daemon's to delete. */
  readonly #denied = new Set<string>();
  /** When that was last looked at, milliseconds since 1970: there may be hundreds of thousands of claims. */
  #looked = 0;

  constructor(options: RangePoolsOptions) {
    this.#options = options;
  }

  /**
   * Runs an ADD with the pools of its ranges in place.
   * @throws IpamError invalid-config (the ranges overlap a pool that people made), store-unavailable
   */
  async using<T>(
    file: RangesFile,
    sets: readonly (readonly InlineRange[])[],
    allocate: (source: SelectSource) => Promise<T>,
  ): Promise<T> {
    const all = rangePools(file, sets);
    const names = all.map((pools) => pools.map(({ metadata }) => metadata.name));
    for (const name of names.flat()) this.#count(name, 1);
    try {
      for (const pool of all.flat()) await this.#ensure(pool);
      return await allocate({ kind: 'sets', sets: names });
    } finally {
      for (const name of names.flat()) this.#count(name, -1);
    }
  }

  /** Is there a pool of a node's ranges? */
  has(node: string): boolean {
    return this.#options.catalog.pools.some(({ ranges }) => ranges?.node === node);
  }

  /** Deletes the pools of this node of which nothing has been held for a while. */
  async removeIdle(): Promise<void> {
    const { node, catalog, former, clock, cooldownMs, log } = this.#options;
    const now = clock.now();
    // Somebody may have set the clock, here and below.
    if (Math.abs(now - this.#looked) < lookMs) return;
    this.#looked = now;
    const inUse = this.#inUse();
    const idle = idleRangePools({ pools: catalog.pools, inUse, nodes: new Set([node]) });
    former.keepOnly((name) => inUse.has(name) || catalog.pool(name) !== undefined);
    const known = new Set(idle);
    for (const name of this.#idleSince.keys()) if (!known.has(name)) this.#idleSince.delete(name);
    for (const name of this.#inPlace.keys()) if (catalog.pool(name) === undefined) this.#inPlace.delete(name);
    for (const name of idle.filter((one) => !this.#denied.has(one))) {
      const since = this.#idleSince.get(name) ?? now;
      this.#idleSince.set(name, since);
      if (Math.abs(now - since) < Math.max(idleMs, catalog.pool(name)?.cooldownMs ?? cooldownMs)) continue;
      try {
        await this.#remove(name);
      } catch (error) {
        if (!isIpamError(error)) throw error;
        // The pools of a former version are the members' to delete, and no agent's.
        if (isIpamError(error, 'permission-denied')) this.#denied.add(name);
        log.debug({ err: error, pool: name }, 'the pool of ranges of which nothing is held is not deleted yet');
      }
    }
  }

  /**
   * Deletes the pools of nodes that will never come back, at once. No later round looks for them: whoever forgets such a node
   * does so again when one is left.
   * @throws IpamError not-ready (somebody has it frozen), store-unavailable
   */
  async removeLost(nodes: ReadonlySet<string>): Promise<void> {
    const { catalog } = this.#options;
    const pools = catalog.pools.filter(({ ranges }) => ranges?.node !== undefined);
    for (const name of idleRangePools({ pools, inUse: this.#inUse(), nodes })) await this.#remove(name);
    const going = new Set(catalog.going.map(({ metadata }) => metadata.name));
    requireNoneFrozen(frozenRangePools(pools, nodes, going));
  }

  /** Names of pools of which something is held, or about to be. */
  #inUse(): ReadonlySet<string> {
    return new Set([...this.#options.poolsInUse(), ...this.#underway.keys()]);
  }

  /** Was there such a pool of this node, that the store has no more although nothing told of its end? */
  isForgotten(name: string): boolean {
    const { catalog, former } = this.#options;
    return former.get(name) !== undefined && catalog.pool(name) === undefined;
  }

  /**
   * Makes a pool again that the store has forgotten, for what is on record of it.
   * @throws IpamError store-unavailable, or what the rules refuse it with
   */
  async makeAgain(name: string): Promise<void> {
    const { catalog, former, resources, log } = this.#options;
    const pool = former.get(name);
    if (pool === undefined) return;
    const { apiVersion, kind, metadata, spec } = pool;
    const { labels = {}, annotations = {} } = metadata;
    await this.#turns.run(name, async () => {
      if (catalog.pool(name) !== undefined) return;
      await resources.apply({ apiVersion, kind, metadata: { name, labels, annotations }, spec });
      log.warn({ pool: name }, 'a pool of ranges that is in use was gone; it is made again');
    });
  }

  #remove(name: string): Promise<void> {
    const { catalog, resources, log } = this.#options;
    const { ranges } = catalog.pool(name) ?? {};
    return this.#turns.run(name, async () => {
      if (this.#underway.has(name)) return;
      this.#deleting.add(name);
      try {
        await resources.delete({ kind: poolKind, name });
        this.#idleSince.delete(name);
        log.info({ pool: name, ranges }, 'the pool of ranges of which nothing is held is deleted');
      } finally {
        this.#deleting.delete(name);
      }
    });
  }

  async #ensure(pool: PoolResource): Promise<void> {
    const { name } = pool.metadata;
    if (!this.#deleting.has(name) && this.#isInPlace(pool)) return;
    await this.#turns.run(name, async () => {
      if (!this.#isInPlace(pool)) await this.#options.resources.apply(pool);
    });
  }

  #isInPlace(pool: PoolResource): boolean {
    const { name } = pool.metadata;
    const present = this.#options.catalog.pool(name);
    if (present === undefined) return false;
    // Almost always the same as at the last ADD.
    if (this.#inPlace.get(name) === present) return true;
    if (!isAsMade(present, parsePool(pool))) return false;
    this.#inPlace.set(name, present);
    return true;
  }

  #count(name: string, by: 1 | -1): void {
    const count = (this.#underway.get(name) ?? 0) + by;
    if (count === 0) this.#underway.delete(name);
    else this.#underway.set(name, count);
  }
}

/** No later round looks for the pools of a lost node. */
function requireNoneFrozen(frozen: readonly string[]): void {
  if (frozen.length === 0) return;
  const what = `pool ${frozen.map((name) => `"${name}"`).join(', ')} of the node's ranges is disabled or frozen by a migration, and is there still`;
  throw new IpamError('not-ready', what, { advice: 'forget the node again when that is over' });
}
