import type { Clock } from '../../platform/clock.ts';
import type { Block } from '../../resources/block.ts';
import type { Claim } from '../../resources/claim.ts';
import type { PoolResource } from '../../resources/pool.ts';
import type { ReservedIPResource } from '../../resources/reserved-ip.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { inTurn } from '../../store/cache/in-turn.ts';
import { ObjectCache, whole } from '../../store/cache/object-cache.ts';
import type { Reflection } from '../../store/cache/reflector.ts';
import type { Log } from '../../telemetry/log.ts';
import { FormerRangePools } from './former-range-pools.ts';

/**
 * What a daemon must know of the store to give addresses of its leased blocks. Claims of shared pools are not among it:
 * without the store nobody can claim, and a claim that is gone must not be taken for one that is there.
 */
export interface LastKnownState {
  readonly pools: readonly Stored<PoolResource>[];
  /** One of which nothing whole is known is as the store has it. */
  readonly reservations: readonly Stored<ReservedIPResource>[];
  /** Of this daemon only. */
  readonly blocks: readonly Stored<Block>[];
  /** Of addresses in these blocks, which are not to be given; former versions made none. */
  readonly claims?: readonly Stored<Claim>[];
}

/** Where something survives the process that the next one can do without. */
export interface KeptDisk<T> {
  /** @returns undefined when there is none, or none that may be used */
  load(): T | undefined;
  /** Durable when it resolves. @throws IpamError storage-full, store-unavailable */
  save(value: T): Promise<void>;
}

export type LastKnownStateDisk = KeptDisk<LastKnownState>;

/** Changes come in swarms; after one write, the next is for all of this time, milliseconds. */
const gatherMs = 200;
/** A write of thousands of blocks takes its time from the disk that others sync to: so many times as long it is left alone. */
const gatherTimes = 20;
/** Somebody may have set the clock meanwhile. */
const longestGatherMs = 10_000;

export interface LastKnownStateKeeperOptions {
  readonly node: string;
  readonly disk: LastKnownStateDisk | undefined;
  readonly blocks: () => readonly Stored<Block>[];
  readonly claims: () => readonly Stored<Claim>[];
  /** What the store has of a reservation, where more of it must be kept than is gone by. */
  readonly asFound: (reservation: string) => Stored<ReservedIPResource> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps the last known state on the disk as it is in memory, for a start while the store is unreachable. Without a disk, does nothing. */
export class LastKnownStateKeeper {
  readonly #options: LastKnownStateKeeperOptions;
  readonly #pools = new ObjectCache<PoolResource>(whole);
  readonly #reservations = new ObjectCache<ReservedIPResource>(whole);
  /** Kept until they are there again or nothing is out of them, over restarts too. */
  readonly former: FormerRangePools;
  readonly #stop = new AbortController();
  /** Counts of changes: those that happened, and those of them that are on the disk. */
  #changes = 0;
  #saved = 0;
  #saving: Promise<void> | undefined;
  #isFollowing = false;
  #isComplete = false;

  readonly #noted: Reflection<Resource> = {
    replace: () => this.changed(),
    put: () => this.changed(),
    remove: () => this.changed(),
  };

  constructor(options: LastKnownStateKeeperOptions) {
    this.#options = options;
    this.former = new FormerRangePools(options.node, this.load()?.pools ?? []);
  }

  load(): LastKnownState | undefined {
    return this.#options.disk?.load();
  }

  pool(name: string): Stored<PoolResource> | undefined {
    return this.#pools.get(name);
  }

  reservation(name: string): Stored<ReservedIPResource> | undefined {
    return this.#reservations.get(name);
  }

  /** Noted first: whoever waits for the reflection to show a write may then wait for it to be saved. */
  pools(reflection: Reflection<PoolResource>): Reflection<PoolResource> {
    return inTurn<PoolResource>(this.#pools, this.former, this.#noted, reflection);
  }

  reservations(reflection: Reflection<ReservedIPResource>): Reflection<ReservedIPResource> {
    return inTurn<ReservedIPResource>(this.#reservations, this.#noted, reflection);
  }

  /** Every kind is there, from the store or from the disk: before, what is saved would lack some. */
  complete(): void {
    this.#isComplete = true;
    this.changed();
  }

  changed(): void {
    this.#changes += 1;
    if (this.#options.disk === undefined || !this.#isComplete || this.#isFollowing) return;
    this.#isFollowing = true;
    void this.#follow();
  }

  async #follow(): Promise<void> {
    const { clock, log } = this.#options;
    // What changes in this same turn belongs together.
    await Promise.resolve();
    while (this.#saved < this.#changes && !this.#stop.signal.aborted) {
      const begun = clock.now();
      try {
        await this.saved();
      } catch (error) {
        log.warn({ err: error }, 'the last known state of the cluster could not be kept for a start without it');
      }
      const taken = Math.min((clock.now() - begun) * gatherTimes, longestGatherMs);
      await clock.pause(Math.max(gatherMs, taken), this.#stop.signal);
    }
    this.#isFollowing = false;
  }

  /** Resolves when what has changed so far is on the disk. @throws IpamError storage-full, store-unavailable */
  async saved(): Promise<void> {
    if (this.#options.disk === undefined || !this.#isComplete) return;
    const wanted = this.#changes;
    while (this.#saved < wanted) {
      this.#saving ??= this.#save(this.#options.disk).finally(() => {
        this.#saving = undefined;
      });
      await this.#saving;
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.saved();
  }

  async #save(disk: LastKnownStateDisk): Promise<void> {
    const upTo = this.#changes;
    const { blocks, claims, asFound } = this.#options;
    await disk.save({
      pools: [
        ...this.#pools.values(),
        ...this.former.all().filter(({ metadata }) => this.pool(metadata.name) === undefined),
      ],
      reservations: [...this.#reservations.entries()].map(([name, known]) => asFound(name) ?? known),
      blocks: blocks(),
      claims: claims(),
    });
    this.#saved = upTo;
  }
}
