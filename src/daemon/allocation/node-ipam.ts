import { type Asked, askedOf } from '../../dialects/asked.ts';
import { parseAddress } from '../../ip/address.ts';
import type { Allocation, CoolingAddress, HeldAddress } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey, type PodRef } from '../../ipam/attachment.ts';
import type { Grant } from '../../ipam/claim/address-source.ts';
import { type Claimant, claimantOf } from '../../ipam/claim/claimant.ts';
import { duplicateAdd, heldAgain, isDuplicateAdd } from '../../ipam/claim/repeated-add.ts';
import type { Prospect } from '../../ipam/explain/explanation.ts';
import { withRoutes } from '../../ipam/interface-routes.ts';
import { Ledger } from '../../ipam/ledger.ts';
import type { PodFactsSource } from '../../ipam/pod-facts.ts';
import type { AllocationEvent, Ipam, NetworkSource, Readiness } from '../../ipam/port.ts';
import { staleAttachments } from '../../ipam/reclaim/garbage.ts';
import { byDel, type ReleaseCause, type Released } from '../../ipam/reclaim/release-cause.ts';
import { UncertainCalls } from '../../ipam/reclaim/uncertain-calls.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import type { SelectSource } from '../../ipam/select/candidates.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { NodePlaces } from '../../ipam/select/topology-affinity.ts';
import type { Clock } from '../../platform/clock.ts';
import { EventFeed } from '../../platform/event-feed.ts';
import { KeyedLock } from '../../platform/keyed-lock.ts';
import { IpamError, isIpamError, passesByItself } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Cooldowns } from '../journal/cooldowns.ts';
import type { Journal, JournalChange } from '../journal/journal.ts';
import type { Catalog } from '../view/catalog.ts';
import { isShort, whyNoAddress } from './add-readiness.ts';
import type { AddressSources } from './address-sources.ts';
import type { AutomaticPools } from './automatic-pools.ts';
import type { ConflictGuard } from './conflict-guard.ts';
import type { FixedAddresses } from './fixed-addresses.ts';
import { grantAddress } from './grant.ts';
import { holdOf } from './hold.ts';
import type { NodeDrain } from './node-drain.ts';
import { prospectOf } from './prospects.ts';
import type { RangePools } from './range-pools.ts';
import { RefusedRequests } from './refused-requests.ts';
import { releaseStale } from './release-stale.ts';
import { selectFor } from './select-for.ts';
import type { SharedClaims } from './shared-claims.ts';
import { type TakenAll, takeAll } from './take-all.ts';
import { inQuarantine, takeUnused } from './take-unused.ts';
import { nothingTold, toldOfPod } from './told-of-pod.ts';

export interface NodeIpamParts {
  readonly node: string;
  readonly catalog: Catalog;
  readonly sources: AddressSources;
  readonly shared: SharedClaims;
  readonly ranges: RangePools;
  readonly automatic: AutomaticPools;
  readonly fixed: FixedAddresses;
  readonly journal: Journal;
  readonly cooldowns: Cooldowns;
  readonly clock: Clock;
  readonly cooldownMs: number;
  readonly log: Log;
  /** Who tells about Pods; absent: nobody does. */
  readonly podFacts?: PodFactsSource | undefined;
  /** Does the API server show a Pod on this node? */
  readonly isHere: (pod: PodRef) => boolean;
  /** See `DaemonOptions.namespaceQuota`. */
  readonly usualQuota?: number | undefined;
  /** Absent: nobody asks the network before an address is answered. */
  readonly conflicts?: ConflictGuard | undefined;
  readonly drain: NodeDrain;
  /** Where this node is in the network. */
  readonly places: () => NodePlaces;
  /** Why nothing new is to be had of the store; empty: it answers. */
  readonly outage: () => string;
  /** Why nothing can be kept on this node's disk; empty: it can. */
  readonly trouble: () => string;
  /** Told when a Pod gets no address for a reason that repeating the call does not mend. */
  readonly onRefused?: ((pod: PodRef, error: IpamError) => void) | undefined;
  /** Told when an operator gives a Pod addresses, and why. */
  readonly onByHand?: ((pod: PodRef, message: string) => void) | undefined;
  /** Told of everything that comes back, and why. */
  readonly onReleased?: ((released: Released, cause: ReleaseCause) => void) | undefined;
}

const starting = 'starting';
const open = Promise.resolve();
/** How long a call waits for the start to end, milliseconds: runtimes wait as long for a daemon that is not there yet. */
const startMs = 10_000;

/**
 * The node's allocations: decides with the pure centre, takes addresses, and answers only when the journal
 * has the record. At most one call per attachment at a time.
 */
export class NodeIpam implements Ipam {
  readonly ledger = new Ledger();
  readonly cooldowns: Cooldowns;
  readonly events = new EventFeed<AllocationEvent>();
  /** Interfaces of Pods that wait for an address. */
  readonly refused: RefusedRequests;
  /** Told after each allocation which pools it drew from, to lease ahead of need. */
  onDrawn: (node: string, addresses: readonly HeldAddress[]) => void = () => {};
  readonly #parts: NodeIpamParts;
  readonly #turns = new KeyedLock();
  readonly #uncertainCalls = new UncertainCalls();
  #closedBecause = starting;
  readonly #started = new AbortController();

  constructor(parts: NodeIpamParts) {
    this.#parts = parts;
    this.cooldowns = parts.cooldowns;
    this.refused = new RefusedRequests(parts.node);
  }

  /** @param reason why calls are refused from now on; empty: they are served */
  setClosed(reason: string): void {
    this.#closedBecause = reason;
    this.#started.abort();
  }

  opened(): Promise<void> {
    return this.#closedBecause === '' ? open : this.#opening();
  }

  async #opening(): Promise<void> {
    if (this.#closedBecause === starting) await this.#parts.clock.pause(startMs, this.#started.signal);
    if (this.#closedBecause === '') return;
    throw new IpamError('not-ready', `the daemon is not ready: ${this.#closedBecause}`, { advice: 'try again' });
  }

  readiness(network?: NetworkSource): Readiness {
    const reason =
      this.#closedBecause || this.#parts.trouble() || (network === undefined ? '' : whyNoAddress(this.#parts, network));
    return { ready: reason === '', reason };
  }

  /** Is a Pod on this node, as far as anybody tells? */
  isHere(pod: PodRef): boolean {
    return this.#parts.isHere(pod);
  }

  /** What an ADD would come to now. */
  prospectOf(request: AllocateRequest): Promise<Prospect> {
    return prospectOf(this.#parts, request);
  }

  /** Calls that have not been answered yet. */
  get underway(): number {
    return this.#turns.size;
  }

  find(attachment: Attachment): Allocation | undefined {
    return this.ledger.find(attachment);
  }

  async allocate(request: AllocateRequest): Promise<Allocation> {
    if (this.#closedBecause !== '') await this.opened();
    return this.#turns.run(attachmentKey(request.attachment), async () => {
      const present = this.ledger.find(request.attachment);
      if (present === undefined) return this.#takeUnused(request);
      if (isDuplicateAdd(present, request.execution)) throw duplicateAdd(present, request.execution);
      if (!this.#isQuarantined(present)) {
        const again = heldAgain(present, request);
        // Of an executable that had no answer nobody uses them: what it asked for may not have been looked at before a crash.
        return request.execution === undefined ? again : this.#takeUnused(request, again);
      }
      // A conflict was found after the first ADD: the same address again would not help.
      await this.#release(request.attachment, inQuarantine);
      return this.#takeUnused(request);
    });
  }

  async #takeUnused(request: AllocateRequest, recorded?: Allocation): Promise<Allocation> {
    const { conflicts, clock } = this.#parts;
    const allocation = await takeUnused(
      {
        take: () => this.#tryToAllocate(request),
        examine: async (taken) => (conflicts?.isWanted(taken) === true ? this.#examine(conflicts, taken, request) : []),
        isQuarantined: (taken) => this.#isQuarantined(taken),
        giveBack: () => this.#release(request.attachment, inQuarantine),
        clock,
      },
      recorded,
    );
    if (allocation === recorded) return allocation;
    this.refused.forget(request);
    if (request.reason !== undefined) this.#putOnRecord(allocation, request.reason);
    return allocation;
  }

  /** @returns what somebody else uses, and is in quarantine now */
  async #examine(guard: ConflictGuard, allocation: Allocation, request: AllocateRequest): Promise<readonly string[]> {
    try {
      return await guard.examine(allocation, request.requested.length > 0);
    } catch (error) {
      await this.#release(request.attachment, { reason: 'add-failed', text: (error as Error).message });
      this.#noteFailure(request, error);
      throw error;
    }
  }

  async release(attachment: Attachment, cause = byDel): Promise<Allocation | undefined> {
    if (this.#closedBecause !== '') await this.opened();
    return this.releaseEarly(attachment, cause);
  }

  #putOnRecord(allocation: Allocation, reason: string): void {
    const { log, onByHand } = this.#parts;
    const { attachment, pod } = allocation;
    const addresses = allocation.addresses.map(({ address }) => address);
    log.info({ attachment, pod, addresses, reason }, 'put on record by hand');
    if (pod !== undefined)
      onByHand?.(pod, `${addresses.join(', ')} of ${attachment.ifname} put on record by hand: ${reason}`);
  }

  /** As `release`, before calls are served, too. @param isMeant asked in its turn: what was found out of a record took a while */
  releaseEarly(attachment: Attachment, cause: ReleaseCause, isMeant = () => true): Promise<Allocation | undefined> {
    const release = async () => (isMeant() ? this.#release(attachment, cause) : undefined);
    return this.#turns.run(attachmentKey(attachment), release);
  }

  /** Runs something while no ADD or DEL of this attachment is under way. */
  inTurn(attachment: Attachment, action: () => Promise<void>): Promise<void> {
    return this.#turns.run(attachmentKey(attachment), action);
  }

  settled = (attachment: Attachment): Promise<void> => this.inTurn(attachment, async () => {});

  async collect(network: string, valid: readonly Omit<Attachment, 'network'>[]): Promise<readonly Allocation[]> {
    if (this.#closedBecause !== '') await this.opened();
    const stale = staleAttachments(this.ledger.all(), network, this.#parts.node, valid);
    return releaseStale(stale, (one, text) => this.release(one, { reason: 'gc', text }), this.#parts.log);
  }

  /**
   * Deletes what calls left behind to which the store gave no answer.
   * @param since milliseconds since 1970: what older calls left is told by its age, as any claim without a record
   */
  async finishReleases(since: number): Promise<void> {
    const { shared, log } = this.#parts;
    this.#uncertainCalls.forgetBefore(since);
    for (const attachment of this.#uncertainCalls.all()) {
      if (shared.claimsOf(attachment).length === 0) continue;
      await this.inTurn(attachment, async () => {
        const addresses = await this.#releaseClaims(attachment);
        if (addresses.length > 0) log.info({ attachment, addresses }, 'reclaimed what a call without an answer left');
      });
    }
  }

  #isQuarantined({ addresses }: Allocation): boolean {
    return addresses.some(({ address }) => this.#parts.catalog.quarantineOf(parseAddress(address)) !== undefined);
  }

  async #tryToAllocate(request: AllocateRequest): Promise<Allocation> {
    try {
      const allocation = await this.#allocateNew(request);
      this.onDrawn(allocation.node, allocation.addresses);
      return allocation;
    } catch (error) {
      this.#noteFailure(request, error);
      throw error;
    }
  }

  async #allocateNew(request: AllocateRequest): Promise<Allocation> {
    const { podFacts, usualQuota, log, drain, places } = this.#parts;
    const node = request.node ?? this.#parts.node;
    drain.requireGiving(node);
    const told = podFacts === undefined ? nothingTold : await toldOfPod(request, node, podFacts);
    const isHere = node === this.#parts.node;
    const asked = askedOf(request, told, { node, places: isHere ? places() : {}, usualQuota });
    for (const warning of asked.warnings) log.warn({ attachment: request.attachment }, warning);
    return await this.#allocateAsked(asked);
  }

  #allocateAsked(asked: Asked): Promise<Allocation> {
    const { source, attachment } = asked.request;
    const { node, pod } = asked.claimant;
    const allocate = (from: SelectSource) => this.#allocateFrom(from, asked);
    if (source.kind === 'automatic') {
      return this.#parts.automatic.using(source, { pod, ifname: attachment.ifname }, allocate);
    }
    if (source.kind !== 'ranges') return allocate(source);
    const file = { network: attachment.network, node, networkName: source.networkName };
    return this.#parts.ranges.using(file, source.sets, allocate);
  }

  async #allocateFrom(source: SelectSource, asked: Asked): Promise<Allocation> {
    const [{ request, claimant }, { fixed }] = [asked, this.#parts];
    const wants = selectFor(this.#parts, source, asked);
    const { taken: grants, failure } = await this.#take(wants, claimant);
    try {
      if (failure !== undefined) throw failure.error;
      const allocation = this.#allocationOf(grants, wants, asked);
      await this.#record(allocation, holdOf(allocation, grants, asked));
      if (fixed.mayKeepFor(claimant)) await fixed.leaveBehind(claimant, request.requested);
      return allocation;
    } catch (error) {
      await this.#undo(claimant.attachment, grants);
      throw error;
    }
  }

  #take(wants: readonly Selection[], claimant: Claimant): Promise<TakenAll<Grant>> {
    return takeAll(
      wants,
      (want) => grantAddress(this.#parts, want, claimantOf(want, claimant)),
      ({ candidates }) => isShort({ ...this.#parts, node: claimant.node }, candidates),
    );
  }

  #allocationOf(grants: readonly Grant[], wants: readonly Selection[], { request, claimant }: Asked): Allocation {
    const { attachment, node, pod, identity } = claimant;
    const { netns, execution } = request;
    const addresses = grants.map(({ held }, index) => withRoutes(held, request, wants[index]?.requested?.gateway));
    const executionId = execution?.id || undefined;
    return { attachment, node, pod, netns, addresses, createdAt: this.#parts.clock.now(), identity, executionId };
  }

  #noteFailure(request: AllocateRequest, error: unknown): void {
    const { attachment, pod } = request;
    const { clock, onRefused } = this.#parts;
    if (isIpamError(error)) this.refused.note(request, error, clock.now());
    // It may have made a claim, and not have said so.
    if (isIpamError(error, 'store-unavailable')) this.#uncertainCalls.note(attachment, clock.elapsed());
    if (pod !== undefined && isIpamError(error) && !passesByItself(error)) onRefused?.(pod, error);
  }

  async #record(allocation: Allocation, hold: JournalChange): Promise<void> {
    this.ledger.requireFree(allocation);
    const wakes: JournalChange[] = this.cooldowns
      .recordedAmong(allocation.addresses)
      .map(({ address, pool }) => ({ type: 'wake', address, pool }));
    await this.#parts.journal.commit([hold, ...wakes]);
    for (const held of allocation.addresses) this.cooldowns.delete(held);
    this.ledger.add(allocation);
    this.events.publish({ type: 'allocated', allocation });
  }

  async #undo(attachment: Attachment, grants: readonly Grant[]): Promise<void> {
    for (const grant of grants) {
      try {
        await grant.undo();
      } catch (error) {
        // Its claim stays until reclaim finds that no record stands behind it.
        this.#uncertainCalls.note(attachment, this.#parts.clock.elapsed());
        this.#parts.log.warn({ err: error, address: grant.held.address }, 'could not give back an unused claim');
      }
    }
  }

  async #release(attachment: Attachment, cause: ReleaseCause): Promise<Allocation | undefined> {
    const { journal, clock, sources, onReleased } = this.#parts;
    const allocation = this.ledger.find(attachment);
    const now = clock.now();
    if (allocation !== undefined) {
      const coolingDown = this.#cooldownsAfter(allocation, now);
      const cooldowns: JournalChange[] = coolingDown.map((one) => ({ type: 'cooldown', coolingDown: one }));
      await journal.commit([{ type: 'drop', allocation, cause }, ...cooldowns]);
      this.ledger.remove(attachment);
      for (const one of coolingDown) this.cooldowns.set(one);
      for (const held of allocation.addresses) sources.ofHeld(held).release(attachment, held, now);
      this.events.publish({ type: 'released', allocation, cause });
    }
    await this.#releaseClaims(attachment, allocation);
    if (allocation !== undefined) onReleased?.(allocation, cause);
    return allocation;
  }

  /**
   * Deletes or parks the claims of an attachment but those that a record stands behind.
   * @param recorded what is, or was until now
   * @returns their addresses
   */
  async #releaseClaims(attachment: Attachment, recorded = this.ledger.find(attachment)): Promise<readonly string[]> {
    const { shared, fixed, clock, log } = this.#parts;
    const left = shared.claimsOf(attachment).filter(({ spec }) => !this.ledger.holds(attachment, spec));
    const releases = left.map(async (claim): Promise<readonly string[]> => {
      const { address } = claim.spec;
      try {
        await fixed.giveBack(claim, recorded?.addresses ?? []);
        return [address];
      } catch (error) {
        // No record stands behind the claim, so it is an orphan now, and is deleted later.
        this.#uncertainCalls.note(attachment, clock.elapsed());
        log.warn({ err: error, address }, 'could not delete a claim; it will be reclaimed');
        return [];
      }
    });
    // Side by side: a store that is unreachable is waited for once, or the CNI executable would give up before we answer.
    return (await Promise.all(releases)).flat();
  }

  #cooldownsAfter({ addresses }: Allocation, now: number): readonly CoolingAddress[] {
    return addresses.flatMap(({ address, pool }) => {
      const cooldownMs = this.#parts.catalog.pool(pool)?.cooldownMs ?? this.#parts.cooldownMs;
      return cooldownMs > 0 ? [{ address, pool, until: now + cooldownMs }] : [];
    });
  }
}
