import { parseAddress } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import { union } from '../ip/range-set.ts';
import { heldByClaim } from '../ipam/claim/claimed-in-block.ts';
import { defaultReclaimPolicy } from '../ipam/reclaim/policy.ts';
import type { Pool } from '../resources/pool.ts';
import { reservedIPKind } from '../resources/reserved-ip.ts';
import { connected } from '../store/connected-store.ts';
import { Connectivity } from '../store/connectivity.ts';
import type { Store } from '../store/store.ts';
import { wrap } from '../store/wrap.ts';
import { DaemonAdministration } from './administration/administration.ts';
import { Deletions } from './administration/deletions.ts';
import { subnetGrowthOf } from './administration/growth-of-daemon.ts';
import { ValidatedResources } from './administration/resource-administration.ts';
import type { SubnetGrowth } from './administration/subnet-growth.ts';
import { NetworkAdministration } from './administration/topology-administration.ts';
import type { AddressSources } from './allocation/address-sources.ts';
import { AutomaticPools } from './allocation/automatic-pools.ts';
import { BlockLeases } from './allocation/block-leases.ts';
import { ClaimsInBlocks } from './allocation/claims-in-blocks.ts';
import { ensureClusterPools, whenCaughtUp } from './allocation/cluster-pools.ts';
import { conflictGuard } from './allocation/conflict-guard.ts';
import { FixedAddresses } from './allocation/fixed-addresses.ts';
import { coolDownGateway } from './allocation/former-gateway.ts';
import { HeldBack } from './allocation/held-back.ts';
import { knownBlocks } from './allocation/known-blocks.ts';
import { NodeDrain } from './allocation/node-drain.ts';
import { NodeIpam } from './allocation/node-ipam.ts';
import { Quarantines } from './allocation/quarantines.ts';
import { RangePools } from './allocation/range-pools.ts';
import { SharedClaims } from './allocation/shared-claims.ts';
import { sourcesOf } from './allocation/sources-of-daemon.ts';
import { callsAnswered } from './calls-answered.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { HistoryNotes } from './history/history-notes.ts';
import { type HistoryParts, historyParts } from './history/history-parts.ts';
import { Cooldowns } from './journal/cooldowns.ts';
import { Maintenance } from './maintenance.ts';
import { ReclaimEnded } from './reclaim-ended.ts';
import { DiskHealth } from './recovery/disk-health.ts';
import { releaseEarlierBoot } from './recovery/earlier-boot.ts';
import { MalformedObjects } from './recovery/malformed-objects.ts';
import { openBlocks } from './recovery/open-blocks.ts';
import { PositionKeeper } from './recovery/position.ts';
import { RecordKeeper } from './recovery/record-keeper.ts';
import { restore } from './recovery/restore.ts';
import { StoreHistory } from './recovery/store-history.ts';
import type { BirdKeeper } from './routing/bird-keeper.ts';
import { birdKeeperOf } from './routing/bird-keeper-of-daemon.ts';
import { AddressFigures } from './view/address-figures.ts';
import { Catalog } from './view/catalog.ts';
import { ClaimsView } from './view/claims-view.ts';
import { LastKnownStateKeeper } from './view/last-known-state.ts';
import { OwnPlace } from './view/own-place.ts';
import { StoreFollower } from './view/store-follower.ts';

/** One node's daemon without its servers: the parts, put together, started and stopped. */
export class Daemon {
  readonly ipam: NodeIpam;
  readonly administration: DaemonAdministration;
  readonly resources: ValidatedResources;
  readonly maintenance: Maintenance;
  readonly malformed: MalformedObjects;
  readonly history: StoreHistory;
  readonly figures: AddressFigures;
  /** Does the shared store answer? Undefined: it is this machine's own. */
  readonly connectivity: Connectivity | undefined;
  /** What keeps the routing daemon beside this one up to date; undefined: nobody asked for that. */
  readonly routes: BirdKeeper | undefined;
  /** Undefined: others have subnets grow. */
  readonly growth: SubnetGrowth | undefined;
  readonly #options: DaemonOptions;
  readonly #store: Store;
  readonly #keeper: LastKnownStateKeeper;
  readonly #recordKeeper: RecordKeeper;
  readonly #disk: DiskHealth;
  readonly #follower: StoreFollower;
  readonly #catalog: Catalog;
  readonly #blocks: BlockLeases;
  readonly #shared: SharedClaims;
  readonly #sources: AddressSources;
  readonly #cooldowns: Cooldowns;
  readonly #heldBack: HeldBack;
  readonly #stop = new AbortController();
  readonly #background: Promise<unknown>[] = [];
  readonly #position: PositionKeeper;
  readonly #claimsView: ClaimsView;
  readonly topology: NetworkAdministration;
  readonly #place: OwnPlace;
  readonly #past: HistoryParts;

  constructor(options: DaemonOptions) {
    this.#options = options;
    const { journal, clock, log, node, cooldownMs, preleaseThreshold, onLease, onReturn } = options;
    const { isShared: spread = false, reclaimPolicy = defaultReclaimPolicy, fence, judgedBy, onReleased } = options;
    // What is on this machine's own disk is not unreachable; it is there, or damaged.
    const connectivity = spread ? new Connectivity(() => clock.now()) : undefined;
    const decorators =
      connectivity === undefined ? [] : [connected(connectivity, () => this.#follower.requireCurrent())];
    const store = wrap(options.store, ...decorators);
    const malformed = new MalformedObjects(log);
    const keeper = new LastKnownStateKeeper({
      node,
      disk: options.lastKnownState,
      blocks: () =>
        this.#blocks
          .all()
          .flatMap((block) => (this.#blocks.isOwn(block) && this.#blocks.isOpen(block) ? [block.resource] : [])),
      claims: () => claimsInBlocks.ofOwnBlocks(),
      asFound: (name) => malformed.closing(reservedIPKind, name),
      clock,
      log,
    });
    const catalog = new Catalog(
      (pools, former) => this.#rebuildAllocators(pools, former),
      () => keeper.saved(),
      clock,
    );
    // Whoever waits for what is to be changed at once comes after that.
    const secure = (): void => void Promise.resolve().then(() => this.maintenance.secure());
    const heldBack = new HeldBack(clock, () => this.#withhold());
    const history = new StoreHistory({
      ...{ clock, log, heldBack },
      sandboxDeadlineMs: reclaimPolicy.sandboxDeadlineMs,
      cooldownMs,
      outage: () => connectivity?.outage ?? '',
      onWentBack: secure,
      onInterrupted: (kind, isGap) => this.#claimsView.disturb(kind, isGap),
      knowsOthers: () => !this.#shared.everybodys.areAsked,
    });
    malformed.onChange = () => this.#withhold();
    malformed.onGone = ({ ranges }) => {
      history.holdBack(ranges);
      // Others hold it back for a while, and not over a restart: what of it is on record here is to be had again at once.
      secure();
    };
    const hooks = {
      ...(onLease === undefined ? {} : { onLease }),
      ...(onReturn === undefined ? {} : { onReturn }),
      onOwnChange: () => {
        keeper.changed();
        this.routes?.changed();
      },
      forgotten: () => keeper.saved(),
    };
    const cooldowns = new Cooldowns();
    const disk = new DiskHealth([journal, ...(options.disks ?? [])], clock, log);
    const both = { daemon: node, store, catalog, cooldowns, clock, cooldownMs, spread, fence, history, onLost: secure };
    const known = () => knownBlocks(keeper.load(), journal);
    const blocks: BlockLeases = new BlockLeases({
      ...{ ...both, ...hooks, known },
      opensAtOnce: !options.keepsInBlocks,
      claimed: {
        within: (...of) => claimsInBlocks.within(...of),
        isAwaitedIn: (...of) => claimsInBlocks.isAwaitedIn(...of),
        learn: (...of) => claimsInBlocks.learn(...of),
      },
    });
    const holderOf = (key: string) => this.ipam.ledger.holderOf(key);
    const recorded = () =>
      [...this.ipam.ledger.shared()].map(({ pool, address }) => ({ pool, address: parseAddress(address) }));
    const { knowsOnlyOwnClaims = false, keepsInBlocks = false } = options;
    const shared = new SharedClaims({
      ...{ ...both, recorded, labelsClaims: knowsOnlyOwnClaims, onUncertain: () => this.#claimsView.uncertain() },
      holderOf: (key) => holderOf(key)?.attachment,
      inBlocks: {
        areKept: keepsInBlocks,
        hasOwn: (pool, address) => blocks.hasOwn(pool, address),
        changed: (held) => blocks.claimChanged(held),
        heldByClaim: (pool, block, address) => heldByClaim(pool, block, address, blocks.hasOwn(pool, address)),
      },
    });
    const claimsInBlocks = new ClaimsInBlocks({
      ...{ shared, catalog, clock, recorded, blocks: () => blocks, saved: () => keeper.saved() },
    });
    const claimsView = new ClaimsView({ node, store, shared, history, clock, log }, knowsOnlyOwnClaims);
    this.#claimsView = claimsView;
    const notes = new HistoryNotes({ node, journal, log });
    const fixed = new FixedAddresses({
      ...{ daemon: node, shared, history, clock, log, notes, holderOf, options },
      release: (attachment, cause) => this.ipam.release(attachment, cause),
    });
    const deletions = new Deletions({
      ...{ store, catalog, blocks, shared, log },
      isRecorded: (pool) => this.ipam.ledger.hasPool(pool),
      isCompletedElsewhere: options.completesDeletions === false,
    });
    const resources = new ValidatedResources({ store, catalog, blocks, shared, malformed, deletions, judgedBy });
    const quarantines = new Quarantines({ store, catalog, notes });
    const poolsInUse = () => new Set([...shared.all().map(({ spec }) => spec.pool), ...ipam.ledger.pools()]);
    const { former } = keeper;
    const ranges = new RangePools({ node, catalog, resources, former, poolsInUse, clock, cooldownMs, log });
    const automatic = new AutomaticPools({ catalog, clock, controllerState: options.controllerState });
    const sources = sourcesOf({
      ...{ shared, fixed, blocks, claimsInBlocks, catalog, history, clock, log, fence, keepsInBlocks },
      holds: (attachment, claimed) => this.ipam.ledger.holds(attachment, claimed),
    });
    const conflicts = conflictGuard(options.conflicts, {
      ...{ catalog, quarantines, clock, log },
      isShared: ({ attachment }) => shared.claimsOf(attachment).some(({ spec }) => spec.migratedFrom !== undefined),
    });
    const drain = new NodeDrain({ node, clock, disk: options.drain });
    this.#place = new OwnPlace({ node, ...options.whereabouts, store, catalog, clock, log });
    const ipam = new NodeIpam({
      ...{ node, catalog, sources, shared, ranges, automatic, fixed, journal, cooldowns, clock, cooldownMs, log },
      ...{ drain, places: () => this.#place.places, podFacts: options.podFacts },
      isHere: (pod) => options.podLife?.seen(pod) !== undefined,
      usualQuota: options.namespaceQuota,
      conflicts,
      onRefused: options.onRefused,
      onByHand: options.onByHand,
      onReleased,
      outage: () => connectivity?.outage || history.quietBecause,
      trouble: () => disk.trouble(),
    });
    const figured = { catalog, blocks, shared, ledger: ipam.ledger, isShared: spread, pace: options.pace };
    const figures = new AddressFigures(figured);
    const past = historyParts({ ...options, store, ipam, figures });
    this.#past = past;
    const recordKeeper = new RecordKeeper({ ipam, sources, ranges, log, isSettling: () => history.isSettling });
    const isUnreachable = () => !this.#follower.isCurrent || connectivity?.unreachableSince !== undefined;
    const maintenance = new Maintenance({
      node,
      ...{ ipam, catalog, sources, blocks, shared, claimsInBlocks, fixed, notes, ranges, drain, clock, log },
      ...{ quarantines, deletions, recordKeeper, heldBack, journal },
      historyUpkeep: past.upkeep,
      historySharing: past.sharing,
      usage: past.usage,
      ...{ preleaseThreshold, cooldownMs },
      places: () => this.#place.places,
      ended: new ReclaimEnded({ ...options, ipam, policy: reclaimPolicy }),
      ...{ podLife: options.podLife, onReleased, sandboxDeadlineMs: reclaimPolicy.sandboxDeadlineMs },
      isUnreachable,
    });
    ipam.onDrawn = (holder, addresses) => {
      for (const { pool } of addresses) void maintenance.leaseAhead(holder, pool);
    };
    this.#store = store;
    this.#keeper = keeper;
    this.#recordKeeper = recordKeeper;
    this.connectivity = connectivity;
    this.#disk = disk;
    this.#catalog = catalog;
    this.#blocks = blocks;
    this.#shared = shared;
    this.#sources = sources;
    this.#cooldowns = cooldowns;
    this.#heldBack = heldBack;
    this.#position = new PositionKeeper({
      disk: options.position,
      clock,
      log,
      isSettled: () => this.#follower.isCurrent && !history.isSettling,
    });
    this.#follower = new StoreFollower({
      ...{ store, catalog, keeper, blocks, shared, claimsView, malformed, history, connectivity, clock, log },
      position: this.#position,
      retryFirstList: spread,
      signal: this.#stop.signal,
    });
    this.routes = birdKeeperOf(options, { store, blocks, ipam, place: this.#place });
    this.history = history;
    this.figures = figures;
    this.ipam = ipam;
    this.resources = resources;
    this.maintenance = maintenance;
    this.malformed = malformed;
    this.administration = new DaemonAdministration({
      ...{ node, store },
      sandboxDeadlineMs: reclaimPolicy.sandboxDeadlineMs,
      defaultCooldownMs: cooldownMs,
      ipam,
      ...{ catalog, sources, blocks, shared, fixed, quarantines, ranges, drain, connectivity, notes },
      ...{ journal, malformed, history, clock },
      pace: options.pace,
      requireCurrent: () => this.#follower.requireCurrent(),
      ...{ onReleased, awaited: () => maintenance.awaited(), secure: () => maintenance.secureAll() },
      garbage: maintenance,
      forecasts: past.usage,
      hasNetns: options.hasNetns ?? (() => true),
      isPresent: options.isPresent,
      peers: options.peers,
      podAddresses: options.podAddresses,
    });
    this.topology = new NetworkAdministration({
      ...{ store, resources, catalog, judgedBy, look: () => this.#look() },
      usages: () => this.administration.cluster.pools(),
    });
    this.growth = subnetGrowthOf(options, {
      ...{ store, resources, catalog, blocks, figures, forecasts: past.usage, places: () => this.#place.places },
      isCurrent: () => !isUnreachable(),
    });
  }

  /** Recovers what was on record and opens for calls. @throws IpamError storage-damaged, invalid-config, store-unavailable */
  async start(): Promise<{ readonly allocations: number; readonly coolingDown: number }> {
    const { clock, log, journal } = this.#options;
    const lastKnown = this.#keeper.load();
    await this.#follower.start(lastKnown);
    const { isCurrent } = this.#follower;
    this.#background.push(this.#follower.ended());
    if (isCurrent) await this.#ensureClusterPools();
    else this.#background.push(whenCaughtUp(this.#follower.catchUp(), () => this.#ensureClusterPools(), log));
    const restored = await restore({
      ipam: this.ipam,
      sources: this.#sources,
      recordKeeper: this.#recordKeeper,
      ...{ journal, clock, log, isCurrent },
    });
    await this.#past.upkeep.begin();
    await this.#place.begin();
    await openBlocks({ blocks: this.#blocks, catalog: this.#catalog, log }, isCurrent ? undefined : lastKnown);
    const { boot, hasNetns = () => false } = this.#options;
    await releaseEarlierBoot({ ipam: this.ipam, journal, boot, hasNetns, log });
    if (this.#options.fence !== undefined) this.#options.fence.open = false;
    this.ipam.setClosed('');
    for (const one of [this.routes, this.growth]) if (one) this.#background.push(one.run(this.#stop.signal));
    const maintained = this.#maintain().finally(() => this.maintenance.ended());
    this.#background.push(maintained, this.#place.follow(this.#stop.signal));
    return restored;
  }

  /** Is there a last known state of the store to start with while it is unreachable? */
  get canStartAlone(): boolean {
    return this.#keeper.load() !== undefined;
  }

  /** Why nothing can be kept on this node's disk; empty: it can. */
  get diskTrouble(): string {
    return this.#disk.trouble();
  }

  /** Addresses on record that somebody else has by now. */
  get lostAddresses(): number {
    return this.#recordKeeper.lost;
  }

  /** A pool as this daemon knows it. */
  pool(name: string): Pool | undefined {
    return this.#catalog.pool(name);
  }

  /** For labels of metrics. */
  subnetOf(pool: string): Prefix | undefined {
    return this.#catalog.pool(pool)?.subnet;
  }

  /** Refuses new calls, answers those under way, and lets go of journal and store. */
  async stop(): Promise<void> {
    const { clock, journal, log } = this.#options;
    this.ipam.setClosed('stopping');
    await callsAnswered({ ipam: this.ipam, clock, log });
    this.#stop.abort();
    await Promise.allSettled(this.#background);
    await this.#position.save();
    await this.#keeper.stop().catch((error: unknown) => {
      log.warn({ err: error }, 'the last known state of the cluster could not be kept for a start without it');
    });
    await this.#past.usage.end();
    await this.#past.upkeep.end();
    await journal.close();
    await this.#store.close();
  }

  async #look(): Promise<void> {
    await this.#place.look();
    this.routes?.look();
  }

  #withhold(): void {
    this.#catalog.withhold(union(this.malformed.withheld, this.#heldBack.all), this.malformed.closed);
  }

  #rebuildAllocators(pools: readonly string[], former: Pool | undefined): void {
    const names = new Set(pools);
    if (former !== undefined) coolDownGateway({ ...this.#options, cooldowns: this.#cooldowns }, former);
    this.#blocks.rebuildAllocators(names);
    this.#shared.rebuildAllocators(names);
  }

  async #maintain(): Promise<void> {
    const { clock, maintenanceIntervalMs } = this.#options;
    while (!this.#stop.signal.aborted) {
      await this.#follower.probe();
      await this.#disk.round();
      await this.maintenance.round();
      await this.#position.save();
      await clock.pause(maintenanceIntervalMs, this.#stop.signal);
    }
  }

  #ensureClusterPools(): Promise<void> {
    return ensureClusterPools(this.#options, this.#catalog, (pool) => this.resources.apply(pool));
  }
}
