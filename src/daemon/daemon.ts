import { type Family, familyBits } from '../ip/address.ts';
import { formatPrefix, type Prefix } from '../ip/prefix.ts';
import type { PodRef } from '../ipam/attachment.ts';
import type { PodFactsSource } from '../ipam/pod-facts.ts';
import type { Block } from '../resources/block.ts';
import { blockKind } from '../resources/block.ts';
import type { Claim } from '../resources/claim.ts';
import { claimKind } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { type PoolResource, parsePool, poolKind, spiderpoolVersion } from '../resources/pool.ts';
import { type ReservedIPResource, reservedIPKind } from '../resources/reserved-ip.ts';
import type { Stored } from '../resources/resource.ts';
import { reflect } from '../store/reflect.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { Abandoned, defaultPatience, type Patience, type PodLife } from './abandoned.ts';
import { DaemonAdministration } from './administration.ts';
import { BlockLeases } from './block-leases.ts';
import { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { Grantor } from './grant.ts';
import { InlinePools } from './inline-pools.ts';
import type { Journal } from './journal.ts';
import { Maintenance } from './maintenance.ts';
import { NodeIpam } from './node-ipam.ts';
import type { PoolFence } from './pool-fence.ts';
import { Quarantines } from './quarantines.ts';
import { RuledResources } from './resource-administration.ts';
import { RestRecords } from './rest-records.ts';
import { restore } from './restore.ts';
import { SharedClaims } from './shared-claims.ts';

export interface DaemonOptions {
  readonly node: string;
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly cooldownMs: number;
  readonly preleaseThreshold: number;
  readonly maintenanceIntervalMs: number;
  /** Other daemons share the store: it may be away at the start, and what is free is looked for elsewhere than they do. */
  readonly isShared?: boolean;
  /** For a store that others share: nothing is used that was taken of a pool after somebody disabled it. */
  readonly fence?: PoolFence;
  /** Pools that the configuration asks for: created at the first start. */
  readonly clusterCidrs: readonly Prefix[];
  readonly blockSizes: Readonly<Record<Family, number>>;
  /** Who tells about Pods; without, pools that ask for labels are given to nobody. */
  readonly podFacts?: PodFactsSource;
  /** Who tells whether Pods live; without, only the runtime's DEL and GC free what they hold. */
  readonly podLife?: PodLife;
  /** Is a network namespace of this path on the machine? Without an answer, a Pod that is gone has ended. */
  readonly hasNetns?: (path: string) => boolean;
  /** When what no DEL came for is taken back. */
  readonly patience?: Patience;
  /** Told when a Pod gets no address for a reason that repeating the call does not mend. */
  readonly onRefused?: (pod: PodRef, error: IpamError) => void;
  readonly onLease?: (block: Stored<Block>) => void;
  readonly onReturn?: (block: Stored<Block>) => void;
}

/** Longest wait for calls under way at a stop, milliseconds. */
const drainMs = 10_000;
const drainStepMs = 10;

/** One node's daemon without its servers: the parts, put together, started and stopped. */
export class Daemon {
  readonly ipam: NodeIpam;
  readonly administration: DaemonAdministration;
  readonly resources: RuledResources;
  readonly maintenance: Maintenance;
  readonly #options: DaemonOptions;
  readonly #catalog: Catalog;
  readonly #blocks: BlockLeases;
  readonly #shared: SharedClaims;
  readonly #inline: InlinePools;
  readonly #stop = new AbortController();
  readonly #background: Promise<unknown>[] = [];

  constructor(options: DaemonOptions) {
    this.#options = options;
    const { store, journal, clock, log, node, cooldownMs, preleaseThreshold, onLease, onReturn } = options;
    const { isShared: spread = false, patience = defaultPatience, fence } = options;
    const catalog = new Catalog(log, (pools) => this.#relay(pools));
    const hooks = { ...(onLease === undefined ? {} : { onLease }), ...(onReturn === undefined ? {} : { onReturn }) };
    const rests = new RestRecords();
    const shares = { spread, fence };
    const blocks = new BlockLeases({ daemon: node, store, catalog, rests, clock, cooldownMs, ...shares, ...hooks });
    const shared = new SharedClaims({ daemon: node, store, catalog, rests, clock, cooldownMs, spread });
    const resources = new RuledResources({ store, catalog, blocks, shared, hasController: spread });
    const quarantines = new Quarantines({ store, catalog });
    const inline = new InlinePools({ apply: async (pool) => void (await resources.apply(pool)) });
    const grantor = new Grantor({ blocks, shared, catalog, clock, fence });
    const ipam = new NodeIpam({
      node,
      catalog,
      blocks,
      shared,
      inline,
      grantor,
      journal,
      rests,
      clock,
      cooldownMs,
      log,
      podFacts: options.podFacts,
      onRefused: options.onRefused,
    });
    const maintenance = new Maintenance({
      node,
      ipam,
      catalog,
      blocks,
      shared,
      quarantines,
      journal,
      clock,
      preleaseThreshold,
      log,
      abandoned: options.podLife === undefined ? undefined : new Abandoned(options.podLife, patience),
      podLife: options.podLife,
      sandboxDeadlineMs: patience.sandboxDeadlineMs,
      hasNetns: options.hasNetns ?? (() => false),
    });
    ipam.onDrawn = (holder, addresses) => {
      for (const { pool, block } of addresses) {
        if (block !== undefined) void maintenance.leaseAhead(holder, pool);
      }
    };
    this.#catalog = catalog;
    this.#blocks = blocks;
    this.#shared = shared;
    this.#inline = inline;
    this.ipam = ipam;
    this.resources = resources;
    this.maintenance = maintenance;
    this.administration = new DaemonAdministration({
      node,
      sandboxDeadlineMs: patience.sandboxDeadlineMs,
      ipam,
      catalog,
      blocks,
      shared,
      quarantines,
      journal,
      clock,
    });
  }

  /** Recovers what was on record and opens for calls. @throws IpamError storage-damaged, invalid-config, store-unavailable */
  async start(): Promise<{ readonly allocations: number; readonly resting: number }> {
    const { store, clock, log, journal, isShared: patient = false } = this.#options;
    const options = { log, signal: this.#stop.signal, pause: clock.pause.bind(clock), patient };
    const reflections = [
      await reflect<PoolResource>(store, poolKind, this.#catalog.poolReflection, options),
      await reflect<ReservedIPResource>(store, reservedIPKind, this.#catalog.reservedReflection, options),
      await reflect<Block>(store, blockKind, this.#blocks.reflection, options),
      await reflect<Claim>(store, claimKind, this.#shared.reflection, options),
    ];
    this.#background.push(...reflections.map(({ ended }) => ended));
    await this.#ensureClusterPools();
    const restored = await restore({
      ipam: this.ipam,
      catalog: this.#catalog,
      blocks: this.#blocks,
      shared: this.#shared,
      journal,
      clock,
      log,
    });
    if (this.#options.fence !== undefined) this.#options.fence.open = false;
    this.ipam.setClosed('');
    this.#background.push(this.#maintain());
    return restored;
  }

  /** For labels of metrics. */
  subnetOf(pool: string): Prefix | undefined {
    return this.#catalog.pool(pool)?.subnet;
  }

  /** Refuses new calls, answers those under way, and lets go of journal and store. */
  async stop(): Promise<void> {
    const { clock, journal, store, log } = this.#options;
    this.ipam.setClosed('stopping');
    const deadline = clock.now() + drainMs;
    while (this.ipam.underway > 0 && clock.now() < deadline) {
      await clock.pause(drainStepMs, new AbortController().signal);
    }
    if (this.ipam.underway > 0)
      log.warn({ calls: this.ipam.underway }, 'stopping with calls unanswered; the runtime repeats them');
    this.#stop.abort();
    await Promise.allSettled(this.#background);
    await journal.close();
    await store.close();
  }

  #relay(pools: readonly string[]): void {
    const names = new Set(pools);
    for (const name of names) if (this.#catalog.pool(name) === undefined) this.#inline.forget(name);
    this.#blocks.relay(names);
    this.#shared.relay(names);
  }

  async #maintain(): Promise<void> {
    const { clock, maintenanceIntervalMs } = this.#options;
    while (!this.#stop.signal.aborted) {
      await this.maintenance.round();
      await clock.pause(maintenanceIntervalMs, this.#stop.signal);
    }
  }

  /** The cluster's CIDRs are pools like any other; the configuration only makes sure that they exist. */
  async #ensureClusterPools(): Promise<void> {
    const { clusterCidrs, blockSizes } = this.#options;
    for (const cidr of clusterCidrs) {
      const wanted = clusterPool(cidr, blockSizes[cidr.address.family]);
      const present = this.#catalog.pool(wanted.metadata.name);
      if (present === undefined) {
        await this.resources.apply(wanted);
        continue;
      }
      const { subnet, blockSize } = parsePool(wanted);
      if (formatPrefix(present.subnet) === formatPrefix(subnet) && present.blockSize === blockSize) continue;
      throw new IpamError(
        'invalid-config',
        `cluster.cidr ${formatPrefix(subnet)} with /${blockSize} blocks is not what pool "${present.name}" has: ${formatPrefix(present.subnet)} with /${present.blockSize ?? familyBits(present.family)}`,
        {
          advice:
            'keep the former values, or delete the pool when it is empty, with the former configuration, and start again',
        },
      );
    }
  }
}

function clusterPool(cidr: Prefix, blockSize: number): PoolResource {
  const { family } = cidr.address;
  return {
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: { name: `cluster-ipv${family}` },
    spec: { ipVersion: family, subnet: formatPrefix(cidr), blockSize, default: true },
  };
}
