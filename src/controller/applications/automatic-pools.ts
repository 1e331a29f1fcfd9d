import {
  addressesOf,
  countAddresses,
  intersect,
  type RangeSet,
  rangeSet,
  subtract,
  union,
} from '../../ip/range-set.ts';
import { type AppliedApplication, applicationTitle, isCounted } from '../../ipam/bind/application.ts';
import {
  givable,
  type PoolPlan,
  type PresentPool,
  planAutomaticPool,
  type SubnetFacts,
  type WantedPool,
} from '../../ipam/bind/automatic-plan.ts';
import { isPoolOf } from '../../ipam/bind/automatic-pool.ts';
import type { Clock } from '../../platform/clock.ts';
import { comesInTime } from '../../platform/comes-in-time.ts';
import { claimName } from '../../resources/claim.ts';
import { IpamError, isIpamError, isOvertaken } from '../../resources/errors.ts';
import { addressesMeant } from '../../resources/malformed.ts';
import { parsePool, poolKind } from '../../resources/pool.ts';
import { ownerLabels } from '../../resources/published.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Subnet } from '../../resources/subnet.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { deleteJudged } from '../delete-judged.ts';
import type { LiveCluster } from '../live-cluster.ts';
import type { PoolObject } from '../objects.ts';
import { heldIn } from '../occupancy.ts';
import type { ParsedPool } from '../parsed.ts';
import type { ClusterState } from '../state.ts';
import type { Result } from '../work-queue.ts';
import type { Applications } from './applications.ts';
import type { AskingApplication } from './workload.ts';

export interface AutomaticPoolsParts {
  readonly state: ClusterState;
  readonly applications: Pick<Applications, 'ready' | 'find'>;
  readonly store: Store;
  readonly live: Pick<LiveCluster, 'announce'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How many addresses a pool has beyond its application's Pods, where the application does not say. */
  readonly flexibleCount: number;
}

/** How often what others change meanwhile is looked at anew: of a pool, status is written all the time. */
const attempts = 5;
/** How long a write is waited for to be known here, milliseconds. */
const shownMs = 5_000;
/** When to look again whether a subnet has addresses, or whether all kinds have been listed, milliseconds. */
const shortAgainMs = 5_000;
const startAgainMs = 250;

const families = [4, 6] as const;

/**
 * Keeps the pools that applications have of their own. One application after the other: what one has taken of a subnet, the
 * next must know.
 */
export class AutomaticPoolReconciler {
  readonly #parts: AutomaticPoolsParts;
  /** What was last said of an application, so that it is said once. */
  readonly #told = new Map<string, string>();

  constructor(parts: AutomaticPoolsParts) {
    this.#parts = parts;
  }

  /** @param key as `applicationKey` makes it */
  readonly reconcile = async (key: string): Promise<Result> => {
    const { state, applications } = this.#parts;
    if (!applications.ready) return { outcome: 'unchanged', againMs: startAgainMs };
    const asking = applications.find(key);
    if (asking?.problem) {
      await this.#tell(key, asking.application, asking.problem);
      return { outcome: 'skipped' };
    }
    const wanted = asking === undefined ? [] : wantedPools(asking, this.#parts.flexibleCount);
    const problems: string[] = [];
    let isWritten = false;
    for (const one of wanted) {
      const { wrote, problem } = await this.#apply(key, one);
      isWritten ||= wrote;
      if (problem !== '') problems.push(problem);
    }
    for (const pool of [...state.poolsOfApplication(key).values()]) {
      if (!wanted.some((one) => isPoolFor(pool, one))) isWritten = (await this.#letGo(pool, asking)) || isWritten;
    }
    if (asking === undefined) this.#told.delete(key);
    else await this.#tell(key, asking.application, problems.join('; '));
    const outcome = isWritten ? 'written' : 'unchanged';
    return problems.length === 0 ? { outcome } : { outcome, againMs: shortAgainMs };
  };

  /** @returns what keeps the pool from being as it should, as a sentence; empty: nothing */
  async #apply(key: string, wanted: WantedPool): Promise<{ readonly wrote: boolean; readonly problem: string }> {
    const subnet = this.#subnet(wanted);
    if (typeof subnet === 'string') return { wrote: false, problem: subnet };
    let present = this.#present(key, wanted);
    for (let attempt = 1; ; attempt += 1) {
      const plan = planAutomaticPool(wanted, subnet, present, (name) => this.#parts.state.pool(name) !== undefined);
      try {
        if (plan.write !== undefined) await this.#write(wanted, plan.write);
        return { wrote: plan.write !== undefined, problem: shortage(wanted, plan) };
      } catch (error) {
        if (!isIpamError(error)) throw error;
        if (isIpamError(error, 'invalid-config') || isIpamError(error, 'in-use'))
          return { wrote: false, problem: error.message };
        if (!isOvertaken(error) || present === undefined || attempt === attempts) throw error;
        present = await this.#fresh(present);
      }
    }
  }

  #subnet({ application, subnet, family }: WantedPool): SubnetFacts | string {
    const known = this.#parts.state.subnet(subnet);
    const whose = `${applicationTitle(application)} asks for addresses of SpiderSubnet "${subnet}"`;
    if (known === undefined) return `${whose}, and there is none of this name`;
    const { resource, value, problem } = known;
    if (resource.metadata.deletionTimestamp !== undefined) return `${whose}, which is being deleted`;
    if (value === undefined) return `${whose}, which cannot be read: ${problem}`;
    if (value.family !== family) return `${whose} for IPv${family}, and it is of IPv${value.family}`;
    return {
      ...{ resource, value },
      free: () => this.#free(subnet, value),
      offeredBeside: (pool) => this.#offeredBeside(subnet, pool),
      claimedBeside: (pool, addresses) => this.#claimedBeside(subnet, pool, addresses),
    };
  }

  #offeredBeside(subnet: string, pool: string): RangeSet {
    const others = [...this.#parts.state.poolsOfSubnet(subnet).values()].filter(
      ({ resource }) => resource.metadata.name !== pool,
    );
    return rangeSet(others.flatMap(({ value }) => value?.usable.ranges ?? []));
  }

  /** A pool of an application is small, and the claims of a subnet are many; a hand may have made it large. */
  #claimedBeside(subnet: string, pool: string, addresses: RangeSet): RangeSet {
    const { state } = this.#parts;
    const others = state.poolsOfSubnet(subnet);
    const isSmall = countAddresses(addresses) <= BigInt(state.claimCount);
    const claims = isSmall
      ? [...addressesOf(addresses)].flatMap((address) => state.claim(claimName(address, pool)) ?? [])
      : [...state.claims()];
    const ofOthers = claims.filter(({ spec }) => spec.pool !== pool && others.has(spec.pool));
    return intersect(addresses, rangeSet(ofOthers.flatMap((claim) => addressesMeant(claim).ranges)));
  }

  /** Addresses that a pool had before it shrank may be out still: what is held of any pool is not free. */
  #free(name: string, subnet: Subnet): RangeSet {
    const { state } = this.#parts;
    let free = subtract(givable(subnet), state.reserved);
    for (const { resource, value } of state.poolsOfSubnet(name).values()) {
      if (value !== undefined) free = subtract(free, union(value.usable, heldIn(state, resource.metadata.name)));
    }
    return free;
  }

  #present(key: string, wanted: WantedPool): PresentPool | undefined {
    const { state } = this.#parts;
    const found = [...state.poolsOfApplication(key).values()].find((pool) => isPoolFor(pool, wanted));
    if (found === undefined) return undefined;
    const { resource, value, problem } = found;
    if (value === undefined) {
      throw new IpamError('invalid-config', `SpiderIPPool "${resource.metadata.name}" cannot be read: ${problem}`);
    }
    return { resource, value, held: heldIn(state, resource.metadata.name) };
  }

  async #fresh({ resource: { metadata } }: PresentPool): Promise<PresentPool | undefined> {
    const { store, state } = this.#parts;
    const resource = await store.get<PoolObject>({ kind: poolKind, name: metadata.name });
    if (resource === undefined || resource.metadata.deletionTimestamp !== undefined) return undefined;
    return { resource, value: parsePool(resource), held: heldIn(state, metadata.name) };
  }

  async #write(wanted: WantedPool, { verb, resource }: NonNullable<PoolPlan['write']>): Promise<void> {
    const { store, state, clock, log } = this.#parts;
    const { name } = resource.metadata;
    const stored =
      verb === 'create' ? await store.create(resource) : await store.update(resource as Stored<PoolObject>);
    log.info(
      {
        pool: name,
        ips: resource.spec.ips,
        application: wanted.application,
        replicas: wanted.replicas,
        count: wanted.count,
      },
      verb === 'create' ? 'made a pool for an application' : 'changed the pool of an application',
    );
    const over = new AbortController();
    try {
      if (await comesInTime(state.poolShown(stored, over.signal), shownMs, clock)) return;
    } finally {
      over.abort();
    }
    throw new IpamError(
      'store-unavailable',
      `SpiderIPPool "${name}" was written, and is not shown after ${shownMs / 1000} s`,
    );
  }

  /** A pool that its application does not ask for any more goes when it is empty; with the application, at once. */
  async #letGo(pool: ParsedPool, asking: AskingApplication | undefined): Promise<boolean> {
    const { state, store, log } = this.#parts;
    const { metadata } = pool.resource;
    const { labels = {}, deletionTimestamp, name } = metadata;
    if (deletionTimestamp !== undefined || labels[ownerLabels.reclaim] !== 'true') return false;
    const kind = {
      apiVersion: labels[ownerLabels.groupVersion]?.replace('_', '/') ?? '',
      kind: labels[ownerLabels.kind] ?? '',
    };
    // Whether another's application is there, nobody here can tell.
    if (asking === undefined && !isCounted(kind)) return false;
    if (asking !== undefined && heldIn(state, name).ranges.length > 0) return false;
    if (!(await deleteJudged(store, pool.resource))) return false;
    log.info({ pool: name, labels }, 'deleted the pool of an application that asks for it no more');
    return true;
  }

  async #tell(key: string, application: AppliedApplication, message: string): Promise<void> {
    const { live, log } = this.#parts;
    if ((this.#told.get(key) ?? '') === message) return;
    this.#told.set(key, message);
    if (message === '') return;
    log.warn({ application, problem: message }, 'the pools of an application are not as they should be');
    try {
      await live.announce({
        subject: application,
        type: 'Warning',
        reason: 'AutomaticPool',
        message: message.slice(0, 1_024),
      });
    } catch (error) {
      log.warn({ err: error, application }, 'could not write an Event on an application');
    }
  }
}

function wantedPools(
  { application, replicas, asked }: AskingApplication,
  flexibleCount: number,
): readonly WantedPool[] {
  const { interfaces, isReclaimed, count = { kind: 'elastic', count: flexibleCount } } = asked;
  return interfaces.flatMap(({ ifname, subnets }) =>
    families.flatMap((family): readonly WantedPool[] => {
      const subnet = subnets[family];
      return subnet === undefined ? [] : [{ application, replicas, count, isReclaimed, ifname, family, subnet }];
    }),
  );
}

/** Was it made for this, by whatever uid the application had then? */
function isPoolFor({ resource }: ParsedPool, { application, ...wanted }: WantedPool): boolean {
  const { labels = {}, deletionTimestamp } = resource.metadata;
  return (
    deletionTimestamp === undefined && isPoolOf(labels, { ...wanted, application: { ...application, uid: undefined } })
  );
}

function shortage({ application, ifname, family, subnet }: WantedPool, { missing }: PoolPlan): string {
  if (missing === 0n) return '';
  return `SpiderSubnet "${subnet}" has no address left for the IPv${family} pool of ${applicationTitle(application)} for ${ifname}, which lacks ${missing}; add some to spec.ips of the subnet`;
}
