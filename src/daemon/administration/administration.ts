import { type Address, formatAddress } from '../../ip/address.ts';
import { comparePrefixes, formatPrefix, type Prefix, prefixContains } from '../../ip/prefix.ts';
import { type AddressState, addressState } from '../../ipam/address-state.ts';
import { type Allocation, type CoolingAddress, compareListPlaces, listPlaceOf } from '../../ipam/allocation.ts';
import { essence, findViolations, type Violation } from '../../ipam/check.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import { sizeOfBlock } from '../../ipam/claim/leased-block.ts';
import type {
  ClusterAdministration,
  ClusterwideAdministration,
  Forecasting,
  Remembering,
} from '../../ipam/cluster-port.ts';
import type { Draining } from '../../ipam/drain.ts';
import type { ExplainSubject, Explanation } from '../../ipam/explain/explanation.ts';
import type { FreeAddresses } from '../../ipam/explain/free.ts';
import type {
  AllocationEvent,
  AllocationPage,
  BlockUsage,
  Forgotten,
  KeptSubject,
  PageRequest,
  PoolUsage,
} from '../../ipam/port.ts';
import type { AwaitedRelease } from '../../ipam/reclaim/awaited.ts';
import type { DueRelease } from '../../ipam/reclaim/due.ts';
import { isNetnsGone } from '../../ipam/reclaim/leftovers.ts';
import type { Repair, RepairOutcome } from '../../ipam/repair.ts';
import { sortInSteps } from '../../ipam/sort.ts';
import { Coalesced } from '../../platform/coalesced.ts';
import { runAtOnce } from '../../platform/pace.ts';
import type { Claim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import { withPlaces } from '../allocation/outside-blocks.ts';
import { ownHistory } from '../history/own-history.ts';
import type { AdministrationParts } from './administration-parts.ts';
import { AllocationPages } from './allocation-pages.ts';
import { blockUsage } from './block-usage.ts';
import { claimsToCheck } from './claims-to-check.ts';
import { reasonOf } from './cluster/ask.ts';
import { WholeCluster } from './cluster/cluster-administration.ts';
import { noPeers } from './cluster/peerless.ts';
import { coolsDownUntil } from './cools-down.ts';
import { drainingOf } from './draining.ts';
import { explainHere } from './explain.ts';
import { forgetNode, leftOfNode } from './forget-node.ts';
import { askedAlone, freeIn } from './free.ts';
import { leasablePools } from './leasable-pools.ts';
import { leftBehind } from './left-behind.ts';
import { countByNode } from './node-objects.ts';
import { repair, repairsOf } from './repairs.ts';
import { unkeep } from './unkeep.ts';
import { ofPod, whoHolds } from './who-holds.ts';

/** How often what seems broken is looked at before it is said, where others go on meanwhile. */
const looks = 3;

/** What operators see and do, over the same state that serves the runtime. */
export class DaemonAdministration implements ClusterwideAdministration {
  readonly node: string;
  /** The same of all daemons. */
  readonly cluster: ClusterAdministration;
  readonly draining: Draining;
  readonly #parts: AdministrationParts;
  readonly #pages: AllocationPages;
  readonly #checks = new Coalesced(() => this.#check());

  constructor(parts: AdministrationParts) {
    this.node = parts.node;
    this.#parts = parts;
    this.draining = drainingOf(parts);
    const { peers = noPeers } = parts;
    this.cluster = new WholeCluster({
      ...{ ...parts, peers, local: this, outage: () => this.#outage() },
      free: (pool, next, asked) => freeIn(pool, next, parts, asked),
    });
    this.#pages = new AllocationPages(parts.ipam.ledger, (steps) => this.#work(steps), parts.clock);
  }

  /** Why what others have changed is not seen; empty: it is. */
  #outage(): string {
    try {
      this.#parts.requireCurrent();
    } catch (error) {
      return reasonOf(error);
    }
    return this.#parts.connectivity?.outage ?? '';
  }

  blocks(node?: string): Promise<readonly BlockUsage[]> {
    return this.#work(this.#blockUsages(node));
  }

  *#blockUsages(node: string | undefined): Generator<undefined, readonly BlockUsage[]> {
    const chosen = this.#parts.blocks.all().filter(({ resource }) => node === undefined || resource.spec.node === node);
    const sorted = yield* sortInSteps(chosen, (a, b) => comparePrefixes(a.prefix, b.prefix));
    const usages: BlockUsage[] = [];
    for (const leased of sorted) {
      usages.push(blockUsage(leased, this.#parts));
      yield;
    }
    return usages;
  }

  async leaseBlock(node: string, pool?: string): Promise<BlockUsage> {
    const { blocks, drain } = this.#parts;
    drain.requireLeasing(node);
    const candidates = leasablePools(pool, this.#parts);
    for (const candidate of candidates) {
      const leased = await blocks.lease(node, candidate);
      if (leased !== undefined) return blockUsage(leased, this.#parts);
    }
    const tried = candidates.map(({ name, subnet }) => `"${name}" ${formatPrefix(subnet)}`).join(', ');
    throw new IpamError('pool-exhausted', `no block left to lease for node "${node}" in ${tried}`, {
      advice: 'add a pool, or hand empty blocks of other nodes back with ipam-cli release',
    });
  }

  async returnBlock(node: string, cidr: Prefix): Promise<void> {
    const text = formatPrefix(cidr);
    const leased = this.#parts.blocks.find(text);
    if (leased === undefined || leased.resource.spec.node !== node) {
      const owner = leased === undefined ? 'nobody leases it' : `node "${leased.resource.spec.node}" leases it`;
      throw new IpamError('not-found', `node "${node}" does not lease block ${text}: ${owner}`);
    }
    if (!this.#parts.blocks.isOwn(leased)) {
      const { daemon } = leased.resource.spec;
      throw new IpamError(
        'unsupported',
        `block ${text} is kept by ipam-daemon "${daemon}", which alone knows what is in use`,
        {
          advice: `ask that daemon: ipam-cli on "${daemon}"`,
        },
      );
    }
    await this.#parts.blocks.giveBack(leased);
  }

  async forgetNode(node: string, force = false): Promise<Forgotten> {
    const left = await this.#leftOf(node, force);
    await forgetNode(node, left, this.#parts);
    return { blocks: left.blocks.length, claims: left.claims.length };
  }

  async dryRunForgetNode(node: string, force = false): Promise<Forgotten> {
    const left = await this.#leftOf(node, force);
    return { blocks: left.blocks.length, claims: left.claims.length };
  }

  /** @throws IpamError why it is not to be forgotten */
  async #leftOf(node: string, force: boolean): ReturnType<typeof leftOfNode> {
    if (node === this.node) {
      throw new IpamError('invalid-argument', `node "${node}" is this daemon's own and is not forgotten`, {
        advice: 'name a node that will never come back, or drain this one: DEL its Pods',
      });
    }
    this.#parts.requireCurrent();
    if (await this.#parts.isPresent?.(node)) {
      throw new IpamError('in-use', `the ipam-daemon of node "${node}" runs, and may give addresses of its blocks`, {
        advice: 'stop it, or DEL its Pods there; a daemon that was killed counts as gone after ten seconds',
        facts: { node },
      });
    }
    const known = async (): Promise<readonly string[]> => (await this.nodes()).filter((one) => one !== this.node);
    return leftOfNode(node, this.#parts, force ? undefined : known);
  }

  countByNode(kind: string): ReadonlyMap<string, number> {
    return countByNode(kind, this.#parts);
  }

  async quarantine(address: Address, reason: string, forMs?: number): Promise<Allocation | undefined> {
    const until = forMs === undefined ? undefined : this.#parts.clock.now() + forMs;
    await this.#parts.quarantines.add(address, { reason, until });
    return this.holdersOf(address)[0];
  }

  lift(address: Address): Promise<void> {
    return this.#parts.quarantines.lift(address);
  }

  unkeep(subject: KeptSubject): Promise<readonly string[]> {
    return unkeep(subject, this.#parts);
  }

  async pools(): Promise<readonly PoolUsage[]> {
    const claims = await this.#parts.shared.everybodys.uncounted();
    return this.#work(this.#poolUsages(claims));
  }

  /** @param claims everybody's, where this daemon does not know them by itself */
  *#poolUsages(claims: readonly Claim[] | undefined): Generator<undefined, readonly PoolUsage[]> {
    const { catalog } = this.#parts;
    const byPool = claims && Map.groupBy(claims, ({ spec }) => spec.pool);
    const going = new Set(catalog.going.map(({ metadata }) => metadata.name));
    const usages: PoolUsage[] = [];
    for (const pool of catalog.pools) {
      const unknown = yield* this.#unknownIn(pool);
      const told = byPool && (byPool.get(pool.name) ?? []);
      usages.push({ ...this.#usageOfPool(pool, going.has(pool.name), told), unknown });
      yield;
    }
    return usages;
  }

  async nodes(): Promise<readonly string[]> {
    return this.#work(this.#knownNodes(await this.#parts.shared.everybodys.all()));
  }

  *#knownNodes(claims: readonly Claim[]): Generator<undefined, readonly string[]> {
    const { blocks, ipam } = this.#parts;
    const known = new Set([this.node]);
    for (const { spec } of [...blocks.all().map(({ resource }) => resource), ...claims]) {
      known.add(spec.node).add(spec.daemon);
      yield;
    }
    for (const { node } of ipam.ledger.all()) {
      known.add(node);
      yield;
    }
    return [...known].sort();
  }

  allocations(): readonly Allocation[] {
    return [...this.#parts.ipam.ledger.all()]
      .map((allocation) => ({ allocation, place: listPlaceOf(allocation) }))
      .sort((a, b) => compareListPlaces(a.place, b.place))
      .map(({ allocation }) => withPlaces(allocation, this.#parts));
  }

  async page(request: PageRequest): Promise<AllocationPage> {
    const page = await this.#pages.page(request);
    return { ...page, allocations: page.allocations.map((one) => withPlaces(one, this.#parts)) };
  }

  async ofPod(namespace: string, name: string): Promise<readonly Allocation[]> {
    const found = await this.#work(ofPod(this.#parts.ipam.ledger, namespace, name));
    return found.map((one) => withPlaces(one, this.#parts));
  }

  counts(): { readonly allocations: number; readonly blocks: number } {
    return { allocations: this.#parts.ipam.ledger.size, blocks: this.#parts.blocks.all().length };
  }

  coolingDown(): readonly CoolingAddress[] {
    const now = this.#parts.clock.now();
    return this.#parts.ipam.cooldowns.all().filter(({ until }) => until > now);
  }

  holdersOf(address: Address): readonly Allocation[] {
    return this.#parts.ipam.ledger.holdersOf(formatAddress(address)).map((one) => withPlaces(one, this.#parts));
  }

  async stateOf(address: Address): Promise<AddressState> {
    const { ipam, catalog, blocks, shared } = this.#parts;
    const leased = blocks.all().find(({ prefix }) => prefixContains(prefix, address));
    return addressState({
      address,
      pools: catalog.pools,
      quarantine: catalog.quarantineOf(address),
      planned: catalog.planned,
      ...(await whoHolds(address, { ledger: ipam.ledger, shared })),
      block: leased && {
        prefix: leased.prefix,
        node: leased.resource.spec.node,
        pool: leased.resource.spec.pool,
        isOwn: blocks.isOwn(leased),
      },
      heldBack: catalog.withheld,
      coolsDownUntil: coolsDownUntil(address, this.#parts),
    });
  }

  explain(subject: ExplainSubject): Promise<Explanation> {
    return explainHere(subject, this.#parts, this);
  }

  history: Remembering['history'] = (question) => this.#work(ownHistory(question, this.#parts));

  forecast: Forecasting['forecast'] = (subject) => this.#parts.forecasts.forecast(subject);

  async free(pool: string, next: number): Promise<FreeAddresses> {
    const alone = askedAlone(
      (request) => this.page(request),
      () => this.blocks(),
    );
    return (await freeIn(pool, next, this.#parts, alone)).value;
  }

  ofContainer(containerId: string): readonly Allocation[] {
    return this.#parts.ipam.ledger.ofContainer(containerId).map((one) => withPlaces(one, this.#parts));
  }

  watchAllocations(signal: AbortSignal): AsyncIterable<AllocationEvent> {
    return this.#parts.ipam.events.follow(signal);
  }

  awaited(): readonly AwaitedRelease[] {
    return this.#parts.awaited();
  }

  due = (): readonly DueRelease[] => this.#parts.garbage.due();

  collect = (): Promise<readonly DueRelease[]> => this.#parts.garbage.collect();

  repairs = (): Promise<readonly Repair[]> => repairsOf(this);

  repair = (reason: string, ids?: readonly string[]): Promise<readonly RepairOutcome[]> =>
    repair(this, this.#parts, reason, ids);

  leftovers(): Promise<readonly Violation[]> {
    return leftBehind(this.#parts);
  }

  isGone({ netns }: Allocation): boolean | undefined {
    return isNetnsGone(netns, this.#parts.hasNetns);
  }

  hasNetns(path: string): boolean | undefined {
    return path === '' ? undefined : this.#parts.hasNetns(path);
  }

  check(): Promise<readonly Violation[]> {
    return this.#parts.pace === undefined ? this.#check() : this.#checks.run();
  }

  /** What changes while it is looked at can seem broken: what is, is so at every look. */
  async #check(): Promise<readonly Violation[]> {
    const { pace, malformed, history } = this.#parts;
    let broken = await this.#look();
    for (let look = 1; look < looks && pace !== undefined && broken.length > 0; look += 1) {
      const again = new Set((await this.#look()).map(essence));
      broken = broken.filter((violation) => again.has(essence(violation)));
    }
    return [...broken, ...malformed.violations(), ...history.violations()];
  }

  async #look(): Promise<readonly Violation[]> {
    const { ipam, catalog, blocks, shared, journal, clock, sandboxDeadlineMs } = this.#parts;
    // What the store has is half of what is compared.
    this.#parts.requireCurrent();
    const claims = await claimsToCheck({ ipam, shared });
    return this.#work(
      findViolations({
        daemon: this.node,
        pools: catalog.pools,
        // Whoever held an address before its quarantine keeps it.
        reserved: catalog.planned,
        blocks: blocks.all().map(({ resource, prefix, space }) => ({
          prefix,
          node: resource.spec.node,
          pool: resource.spec.pool,
          marked: space === undefined ? undefined : { [Symbol.iterator]: () => marksOf(space) },
        })),
        claims,
        allocations: [...ipam.ledger.all()],
        underway: ipam.underway,
        recorded: journal.recorded(),
        now: clock.now(),
        sandboxDeadlineMs,
      }),
    );
  }

  async #work<T>(steps: Generator<unknown, T>): Promise<T> {
    return this.#parts.pace?.run(steps) ?? runAtOnce(steps);
  }

  /** In blocks of other daemons, who alone know what of them is used. */
  *#unknownIn({ name }: Pool): Generator<undefined, bigint> {
    const { blocks, catalog } = this.#parts;
    let unknown = 0n;
    for (const leased of blocks.inPool(name)) {
      if (!blocks.isOwn(leased)) unknown += sizeOfBlock(leased, catalog);
      yield;
    }
    return unknown;
  }

  #usageOfPool(pool: Pool, isTerminating: boolean, claims: readonly Claim[] | undefined): Omit<PoolUsage, 'unknown'> {
    const { name, subnet, family, isDefault, disabled } = pool;
    const usage = this.#parts.sources.of(pool).usage(pool, claims);
    return { name, subnet: formatPrefix(subnet), family, isDefault, disabled, isTerminating, ...usage };
  }
}

function* marksOf(space: AddressSpace): Generator<{ readonly address: string; readonly key: string }> {
  for (const [address, key] of space.entries()) yield { address: formatAddress(address), key };
}
