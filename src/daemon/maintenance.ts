import { namedKind } from '../ipam/bind/identity.ts';
import { blocksToReturn, restedBlocks } from '../ipam/claim/lease.ts';
import type { LeasedBlock } from '../ipam/claim/leased-block.ts';
import type { AwaitedRelease } from '../ipam/reclaim/awaited.ts';
import { type DueRelease, dueReleases } from '../ipam/reclaim/due.ts';
import type { PodLife } from '../ipam/reclaim/ended-pods.ts';
import { orphanedClaims, podToVerify } from '../ipam/reclaim/garbage.ts';
import { releasedClaim } from '../ipam/reclaim/release-cause.ts';
import { type NodePlaces, placeMismatch } from '../ipam/select/topology-affinity.ts';
import type { Clock } from '../platform/clock.ts';
import type { Claim } from '../resources/claim.ts';
import type { Pool } from '../resources/pool.ts';
import type { Stored } from '../resources/resource.ts';
import { grownLabel } from '../resources/topology/subnet-pool.ts';
import type { Log } from '../telemetry/log.ts';
import type { Deletions } from './administration/deletions.ts';
import type { AddressSources } from './allocation/address-sources.ts';
import type { BlockLeases } from './allocation/block-leases.ts';
import type { ClaimsInBlocks } from './allocation/claims-in-blocks.ts';
import type { FixedAddresses } from './allocation/fixed-addresses.ts';
import type { HeldBack } from './allocation/held-back.ts';
import type { NodeDrain } from './allocation/node-drain.ts';
import type { NodeIpam } from './allocation/node-ipam.ts';
import type { Quarantines } from './allocation/quarantines.ts';
import type { RangePools } from './allocation/range-pools.ts';
import type { SharedClaims } from './allocation/shared-claims.ts';
import type { DaemonOptions } from './daemon-options.ts';
import type { Noting } from './history/history-notes.ts';
import type { HistorySharing } from './history/history-sharing.ts';
import type { HistoryUpkeep } from './history/history-upkeep.ts';
import { forgetCooldowns, shortenCooldowns } from './journal/cooldown-upkeep.ts';
import type { Journal } from './journal/journal.ts';
import type { ReclaimEnded } from './reclaim-ended.ts';
import type { RecordKeeper } from './recovery/record-keeper.ts';
import type { Catalog } from './view/catalog.ts';
import type { UsageKeeper } from './view/usage-keeper.ts';

/** Between two looks through all claims for old ones: there may be hundreds of thousands. */
const orphanScanMs = 5_000;
/** How long after its call has ended a claim may still appear, beyond the time after which its age tells, milliseconds. */
const lateMs = 60_000;

export interface MaintenanceParts {
  readonly node: string;
  readonly ipam: NodeIpam;
  readonly catalog: Catalog;
  readonly sources: AddressSources;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly claimsInBlocks: ClaimsInBlocks;
  readonly fixed: FixedAddresses;
  readonly notes: Pick<Noting, 'noteClaim'>;
  readonly quarantines: Quarantines;
  readonly deletions: Deletions;
  readonly ranges: RangePools;
  readonly recordKeeper: RecordKeeper;
  readonly heldBack: HeldBack;
  readonly journal: Journal;
  readonly historyUpkeep: HistoryUpkeep;
  /** Undefined: nobody shares the store. */
  readonly historySharing: HistorySharing | undefined;
  readonly usage: Pick<UsageKeeper, 'round'>;
  readonly clock: Clock;
  /** How long addresses of pools that do not say cool down, milliseconds. */
  readonly cooldownMs: number;
  /** Share of a node's addresses below which the next block is leased ahead of need, 0..1. */
  readonly preleaseThreshold: number;
  readonly log: Log;
  readonly ended: ReclaimEnded;
  /** Who knows whether Pods live; undefined: nobody. */
  readonly podLife: PodLife | undefined;
  readonly sandboxDeadlineMs: number;
  readonly onReleased: DaemonOptions['onReleased'];
  readonly drain: Pick<NodeDrain, 'whyNot'>;
  /** Where this daemon's own node is, as far as is known. */
  readonly places: () => NodePlaces;
  /** Why the store is not to be asked just now: it is unreachable, or has yet to show what it has. */
  readonly isUnreachable: () => boolean;
}

/** What the daemon does when nobody asks: lease ahead, hand back, reclaim, forget old cool-downs. */
export class Maintenance {
  readonly #parts: MaintenanceParts;
  /** When claims were last looked through, by the clock that nobody sets. */
  #scanned = Number.NEGATIVE_INFINITY;
  #toSecure = false;
  #isSecuring = false;
  /** What goes on beside the rounds; undefined: nothing does. */
  #sharing: Promise<void> | undefined;

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
  }

  /** One round, at start and then periodically. A failing part is reported and does not stop the others. */
  async round(): Promise<void> {
    const { isUnreachable, heldBack } = this.#parts;
    heldBack.expire();
    await this.secure();
    await this.#attempt('release what ended containers hold', () => this.#parts.ended.round());
    // While the store is unreachable a block that is handed back could be used by nobody, not even by us.
    if (!isUnreachable()) {
      await this.#attempt('reclaim orphaned claims', () => this.#reclaimOrphans());
      await this.#attempt('free what no claim came of', () => this.#parts.claimsInBlocks.settle());
      await this.#attempt('hand back empty blocks', () => this.#returnBlocks());
      await this.#attempt('let empty pools go', () => this.#parts.deletions.round());
      await this.#attempt('free what was kept for long enough', () => this.#freeKept());
      await this.#attempt('lift quarantines that are over', () => this.#liftQuarantines());
      await this.#attempt('delete pools of ranges that are out of use', () => this.#removeRangePools());
      this.#shareHistory();
      await this.#attempt('note how much is out', () => this.#parts.usage.round());
    }
    const cooldowns = { ...this.#parts, cooldowns: this.#parts.ipam.cooldowns };
    await this.#attempt('forget cool-downs that are over', () => forgetCooldowns(cooldowns));
    await this.#attempt('shorten cool-downs that a clock ahead began', () => shortenCooldowns(cooldowns));
    await this.#attempt('keep the history small', () => this.#parts.historyUpkeep.round());
  }

  /** The same of every record, also of one that nobody knows to be loose. */
  secureAll(): Promise<void> {
    this.#parts.recordKeeper.lookAtAll();
    return this.secure();
  }

  /** Beside the rounds: a slow store delays what nobody waits for, and nothing that comes back. */
  #shareHistory(): void {
    const { historySharing } = this.#parts;
    if (historySharing === undefined || this.#sharing !== undefined) return;
    this.#sharing = this.#attempt('share the history', () => historySharing.round()).finally(() => {
      this.#sharing = undefined;
    });
  }

  /** After the last round. Resolves when nothing goes on beside them any more that reads the journal. */
  async ended(): Promise<void> {
    this.#parts.historySharing?.end();
    await this.#sharing;
  }

  /** Takes again what is on record and the store has forgotten. Once at a time, and once more for who comes meanwhile. */
  async secure(): Promise<void> {
    const { isUnreachable, recordKeeper } = this.#parts;
    this.#toSecure = true;
    if (this.#isSecuring) return;
    this.#isSecuring = true;
    while (this.#toSecure) {
      this.#toSecure = false;
      if (!isUnreachable()) await this.#attempt('secure what is on record', () => recordKeeper.round());
    }
    this.#isSecuring = false;
  }

  /** Leases the next block in the background once a node's blocks in a pool run low (docs/daemon.md: `preallocateThreshold`). */
  async leaseAhead(node: string, poolName: string): Promise<void> {
    const { catalog, sources, preleaseThreshold, log } = this.#parts;
    const pool = catalog.pool(poolName);
    if (pool === undefined || this.#parts.drain.whyNot(node) !== '') return;
    const source = sources.of(pool);
    if (!source.isLow(pool, node, preleaseThreshold)) return;
    await this.#attempt('lease a block ahead of need', async () => {
      const block = await source.prepare(pool, node);
      if (block !== undefined) log.info({ node, pool: poolName, block }, 'leased a block ahead of need');
    });
  }

  async #returnBlocks(): Promise<void> {
    const { blocks, log } = this.#parts;
    await blocks.finishReturns();
    for (const leased of blocks.holders()) {
      for (const block of this.#returnable(leased)) {
        // Looked at again: while others were handed back, an ADD may have taken an address of this one.
        if ((block.space?.used ?? 0) > 0 || blocks.isAwaited(block)) continue;
        await blocks.giveBack(block);
        log.info({ node: block.resource.spec.node, block: block.resource.spec.cidr }, 'handed an empty block back');
      }
    }
  }

  /** Empty blocks that are not needed. @param leased what a node has of a pool */
  #returnable(leased: readonly LeasedBlock[]): readonly LeasedBlock[] {
    const { blocks, catalog, drain, preleaseThreshold, clock } = this.#parts;
    const { pool: poolName = '', node = '' } = leased[0]?.resource.spec ?? {};
    // Nearly always none is, and nothing else need be looked at.
    if (leased.every(({ space }) => (space?.used ?? 0) > 0)) return [];
    const pool = catalog.pool(poolName);
    // A pool that gives nothing out any more keeps no block: it can be deleted when the last one is back. Nor does a node that is emptied, that
    // was moved to another rack, or whose neighbours find none left. Nor of a prefix that came by itself, and goes when it is empty.
    const keepsNone =
      pool?.disabled === true ||
      (pool !== undefined && grownLabel in pool.labels) ||
      drain.whyNot(node) !== '' ||
      this.#isElsewhere(pool, node) ||
      this.#isShort(pool, node);
    // Else the first block is kept in any case, and most nodes have no other.
    if (leased.length < 2 && !keepsNone) return [];
    const facts = leased.flatMap((block) => {
      const allocator = blocks.spaceOf(block)?.allocator;
      if (allocator === undefined) return [];
      allocator.hasFresh(clock.now());
      return [
        { block: block.prefix, used: allocator.used, coolingDown: allocator.coolingDown, total: allocator.usable },
      ];
    });
    const returned = new Set(keepsNone ? restedBlocks(facts) : blocksToReturn(facts, preleaseThreshold));
    return leased.filter(({ prefix }) => returned.has(prefix));
  }

  /** Is a pool for the nodes of another place? Of other nodes than its own a daemon does not know where they are. */
  #isElsewhere(pool: Pool | undefined, node: string): boolean {
    const places = this.#parts.places();
    if (pool === undefined || node !== this.#parts.node || places.tor === undefined) return false;
    return placeMismatch(pool, node, places) !== undefined;
  }

  /** Has a pool of several nodes no block left for one more? */
  #isShort(pool: Pool | undefined, node: string): boolean {
    const { blocks } = this.#parts;
    if (pool === undefined || blocks.hasLeft(pool)) return false;
    return blocks.inPool(pool.name).some(({ resource }) => resource.spec.node !== node);
  }

  /** What rounds take back, and when. */
  due(): readonly DueRelease[] {
    const { node, ipam, shared, blocks, catalog, clock, sandboxDeadlineMs } = this.#parts;
    const now = clock.now();
    return dueReleases({
      daemon: node,
      awaited: this.awaited(),
      claims: shared.all(),
      isHeld: ({ spec }) => ipam.ledger.holds(spec, spec),
      emptyBlocks: blocks
        .holders()
        .flatMap((leased) => this.#returnable(leased))
        .map(({ resource }) => resource.spec.cidr),
      overQuarantines: catalog.quarantinesOver(now).map(({ name }) => name),
      sandboxDeadlineMs,
      now,
    });
  }

  /** A round now, in place of when its time comes. @returns what it took back */
  async collect(): Promise<readonly DueRelease[]> {
    const now = this.#parts.clock.now();
    const due = this.due().filter(({ at }) => at !== undefined && at <= now);
    this.#scanned = Number.NEGATIVE_INFINITY;
    await this.round();
    const left = new Set(this.due().map(({ kind, subject }) => `${kind} ${subject}`));
    return due.filter(({ kind, subject }) => !left.has(`${kind} ${subject}`));
  }

  async #reclaimOrphans(): Promise<void> {
    const { node, ipam, shared, fixed, clock, sandboxDeadlineMs } = this.#parts;
    await ipam.finishReleases(clock.elapsed() - sandboxDeadlineMs - lateMs);
    if (clock.elapsed() - this.#scanned < orphanScanMs) return;
    this.#scanned = clock.elapsed();
    const isHeld = ({ spec }: Claim): boolean => ipam.ledger.holds(spec, spec);
    for (const claim of orphanedClaims(shared.all(), node, isHeld, clock.now(), sandboxDeadlineMs)) {
      const { address, network, containerId, ifname } = claim.spec;
      const attachment = { network, containerId, ifname };
      // One that cannot be reclaimed must not stop the others.
      await this.#attempt(`reclaim the claim of ${address}`, () =>
        ipam.inTurn(attachment, async () => {
          // An ADD may have taken it over meanwhile.
          if (isHeld(claim) || (await this.#mayBeInUse(claim))) return;
          // Kept for its identity, it is not free; deleted by another daemon, that one tells.
          if (!(await fixed.giveBack(claim, ipam.ledger.find(attachment)?.addresses ?? []))) return;
          const text = 'claimed, and no record stands behind it: nobody was told of it';
          this.#parts.notes.noteClaim('released', claim, text, 'orphaned-claim');
          this.#parts.onReleased?.(releasedClaim(claim), { reason: 'orphaned-claim', text });
        }),
      );
    }
  }

  async #removeRangePools(): Promise<void> {
    const { ranges, catalog } = this.#parts;
    // What is held need not be gone through where no network has ranges.
    if (catalog.pools.some((pool) => pool.ranges !== undefined)) await ranges.removeIdle();
  }

  /** What Pods are kept is for the controller to judge, which knows whether they are there; so is all where it alone knows all claims. */
  async #freeKept(): Promise<void> {
    const { shared, fixed, podLife } = this.#parts;
    if (shared.everybodys.areAsked) return;
    await fixed.freeOver(({ owner }) => owner.kind === namedKind || podLife === undefined);
  }

  async #liftQuarantines(): Promise<void> {
    const { quarantines, clock, log } = this.#parts;
    for (const name of await quarantines.liftOver(clock.now())) log.info({ name }, 'lifted a quarantine that is over');
  }

  /** What stays taken although its Pod is gone or should have ended, and what it waits for. */
  awaited(): readonly AwaitedRelease[] {
    return this.#parts.ended.awaited();
  }

  async #mayBeInUse(claim: Stored<Claim>): Promise<boolean> {
    const { podLife, journal } = this.#parts;
    const pod = podToVerify(claim, journal.begun);
    if (podLife === undefined || pod === undefined) return false;
    return podLife.seen(pod) !== undefined || (await podLife.look(pod)).kind !== 'gone';
  }

  async #attempt(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#parts.log.warn({ err: error }, `could not ${what}; trying again at the next round`);
    }
  }
}
