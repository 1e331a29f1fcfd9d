import { applicationKey, applicationOfPool } from '../ipam/bind/application.ts';
import type { ScaleDownPolicy } from '../ipam/bind/scale-down.ts';
import type { Forecast } from '../ipam/forecast/usage-record.ts';
import type { ReleaseCause } from '../ipam/reclaim/release-cause.ts';
import type { UnreadyPolicy } from '../ipam/reclaim/unready-nodes.ts';
import type { Clock } from '../platform/clock.ts';
import { topologyName } from '../resources/network-topology.ts';
import { topologyLabel } from '../resources/topology/subnet-pool.ts';
import { objectName } from '../store/cache/object-cache.ts';
import type { FollowedTopology } from '../store/followed-topology.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Applications } from './applications/applications.ts';
import { AutomaticPoolReconciler } from './applications/automatic-pools.ts';
import { EndpointReconciler } from './endpoint-reconciler.ts';
import type { EndpointRecords } from './endpoint-records.ts';
import type { LiveCluster } from './live-cluster.ts';
import { LostNodes } from './lost-nodes.ts';
import { OccupancyPublisher } from './occupancy-publisher.ts';
import { ParkedClaims } from './parked-claims.ts';
import { PoolReconciler, poolPaceMs } from './pool-reconciler.ts';
import { ReclaimHistory } from './reclaim-history.ts';
import type { ClusterState, StateChange } from './state.ts';
import { SubnetReconciler } from './subnet-reconciler.ts';
import { SubnetGrowth } from './topology/subnet-growth.ts';
import { TopologyPools } from './topology/topology-pools.ts';
import { type Result, WorkQueue } from './work-queue.ts';

/** Told what the controller does; kinds are `pool`, `subnet`, `application`, `topology` and `endpoint`. */
export interface ControllerObserver {
  reconciled(kind: string, outcome: Result['outcome'] | 'failed', seconds: number): void;
  /** An object was deleted that nobody stands behind any more, and its address is back. */
  reclaimed(kind: string, cause: ReleaseCause): void;
}

export interface ControllerParts {
  readonly state: ClusterState;
  readonly store: Store;
  readonly endpoints: EndpointRecords;
  readonly live: LiveCluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly observer: ControllerObserver;
  /** Between two looks at everything, whether or not it changed, milliseconds. */
  readonly resyncMs: number;
  /** Between two looks for what lost nodes left, milliseconds. */
  readonly lostNodesMs: number;
  /** False: what nodes left that are gone or not ready, and what nobody comes back for, stays. */
  readonly reclaims: boolean;
  /** When nodes that are there count as lost, too. */
  readonly unready: UnreadyPolicy;
  /** How long after its owner is gone, or scaled down, an address stays, milliseconds. */
  readonly scaleDownGraceMs: number;
  /** Do addresses of StatefulSets stay? */
  readonly enableStatefulSet: boolean;
  /** Do addresses of virtual machines stay? */
  readonly enableKubevirtStaticIP: boolean;
  /** See `ParkedClaimsParts`. */
  readonly whenScaled: ScaleDownPolicy;
  /** Looks anew, for each term, for those that ask for pools of their own; absent: nobody makes any. */
  readonly applications?: (() => Applications) | undefined;
  /** Looks anew, for each term, for the topology whose subnets have pools; absent: nobody makes those. */
  readonly topology?: (() => FollowedTopology) | undefined;
  /** How fast pools fill; absent: nobody knows. */
  readonly forecasts?: (() => readonly Forecast[]) | undefined;
  /** See `AutomaticPoolsParts`. */
  readonly flexibleCount: number;
  /** See `PoolReconcilerParts`. */
  readonly drainMs: number;
  /** Is it published which addresses of shared pools are taken? */
  readonly publishesOccupancy: boolean;
}

/** A Pod's interfaces get their addresses one after the other: one write for all. */
const endpointSettleMs = 200;
/**
 * Nobody waits for an endpoint, and each costs as much as a claim: few at once, so that in a rush, with dozens of claims
 * under way, the API server is there for those.
 */
const endpointConcurrency = 4;
/** For the same reason none is written in the first seconds of a rush. */
const endpointRush = { quietMs: 200, longestMs: 5_000 };

/** Claims of a pool come and go in numbers, and what is grown for does not wait for them. */
const poolSettleMs = 500;

/** How often parked addresses are looked at within the grace that their owners have to come back. */
const looksInGrace = 3;
const shortestRoundMs = 1_000;

/** Between two looks at how full the subnets of the topology are, milliseconds. */
const growthMs = 10_000;

interface Queues {
  readonly pool: WorkQueue;
  readonly subnet: WorkQueue;
  readonly application: WorkQueue;
  readonly topology: WorkQueue;
  readonly endpoint: WorkQueue;
}

/** What the leader does: keeps everything derived as it should be, and takes back what lost nodes left. */
export class Controller {
  readonly #parts: ControllerParts;
  #queues: Queues | undefined;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
  }

  /** Keys that wait or are at work, by kind; none while another leads. */
  queueLengths(): Readonly<Record<keyof Queues, number>> {
    const lengthOf = (queue: WorkQueue | undefined): number => queue?.length ?? 0;
    const { pool, subnet, application, topology, endpoint } = this.#queues ?? {};
    return {
      pool: lengthOf(pool),
      subnet: lengthOf(subnet),
      application: lengthOf(application),
      topology: lengthOf(topology),
      endpoint: lengthOf(endpoint),
    };
  }

  /** One term: until the signal aborts and nothing is under way any more. The state must be ready. */
  async lead(signal: AbortSignal): Promise<void> {
    const { state, resyncMs, lostNodesMs, scaleDownGraceMs, publishesOccupancy, reclaims } = this.#parts;
    const applications = this.#parts.applications?.();
    const topology = this.#parts.topology?.();
    const parkedMs = Math.max(scaleDownGraceMs / looksInGrace, shortestRoundMs);
    const queues = this.#newQueues(signal, applications, topology);
    this.#queues = queues;
    const stopListening = state.onChange((change) => {
      enqueue(queues, change);
      if (applications !== undefined) enqueueApplications(queues.application, applications, change, state);
      if (concernsTopology(change, state)) queues.topology.revisit(topologyName, poolSettleMs);
    });
    applications?.onChange((key) => queues.application.add(key));
    topology?.onChange(() => queues.topology.add(topologyName));
    // Lists that are refused are tried until they are not, and nobody waits for them.
    const followed = [
      this.#reported(
        applications?.follow(signal).then(() => this.#addApplications(queues, applications)),
        'cannot see who asks for pools: none is made, changed or deleted for them',
        signal,
      ),
      this.#reported(
        topology?.follow(signal).then(() => queues.topology.add(topologyName)),
        'cannot see the topology: no pool is made, changed or deleted for its subnets',
        signal,
      ),
    ];
    const history = new ReclaimHistory(this.#parts);
    const lostNodes = this.#lostNodes(signal, history);
    const parked = this.#parkedClaims(signal, history);
    const thenWritten = (round: Promise<void>): Promise<void> => round.then(() => history.flush());
    try {
      await Promise.all([
        this.#every(resyncMs, async () => this.#addAll(queues, applications), signal),
        ...(reclaims
          ? [
              this.#every(lostNodesMs, () => thenWritten(lostNodes.round()), signal),
              this.#every(parkedMs, () => thenWritten(parked.round()), signal),
            ]
          : []),
        ...(topology === undefined ? [] : [this.#every(growthMs, this.#growthOf(topology), signal)]),
        ...Object.values(queues).map((queue: WorkQueue) => queue.ended()),
        ...followed,
        ...(publishesOccupancy ? [new OccupancyPublisher(this.#parts).run(signal)] : []),
      ]);
    } finally {
      stopListening();
      this.#queues = undefined;
    }
  }

  /** Everything there is, and everything derived whose source may be gone. */
  #addAll(queues: Queues, applications: Applications | undefined): void {
    const { state } = this.#parts;
    for (const { resource } of state.pools()) queues.pool.revisit(resource.metadata.name, 0);
    for (const { resource } of state.subnets()) queues.subnet.revisit(resource.metadata.name, 0);
    for (const pod of state.podsWithClaims()) queues.endpoint.revisit(pod, 0);
    for (const endpoint of state.endpoints()) queues.endpoint.revisit(objectName(endpoint), 0);
    if (applications?.ready === true) this.#addApplications(queues, applications);
    queues.topology.revisit(topologyName, 0);
  }

  /** Those that ask for pools, and those that have some. */
  #addApplications({ application }: Queues, applications: Applications): void {
    for (const asking of applications.all()) application.revisit(applicationKey(asking.application), 0);
    for (const { resource } of this.#parts.state.pools()) {
      const owner = applicationOfPool(resource.metadata.labels ?? {});
      if (owner !== undefined) application.revisit(applicationKey(owner), 0);
    }
  }

  async #every(ms: number, act: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await act();
      await this.#parts.clock.pause(ms, signal);
    }
  }

  /** All else goes on without it. Errors that come with the end of a term are none. */
  async #reported(followed: Promise<unknown> | undefined, what: string, signal: AbortSignal): Promise<void> {
    try {
      await followed;
    } catch (error) {
      if (!signal.aborted) this.#parts.log.error({ err: error }, what);
    }
  }

  #growthOf(topology: FollowedTopology): () => Promise<void> {
    const { state, store, log, forecasts = () => [] } = this.#parts;
    const growth = new SubnetGrowth({ state, store, topology, forecasts, log });
    return () => growth.round();
  }

  #lostNodes(signal: AbortSignal, history: ReclaimHistory): LostNodes {
    const { observer, ...parts } = this.#parts;
    return new LostNodes({ ...parts, signal, history, onReclaimed: (...of) => observer.reclaimed(...of) });
  }

  #parkedClaims(signal: AbortSignal, history: ReclaimHistory): ParkedClaims {
    const { observer, scaleDownGraceMs: graceMs, enableStatefulSet: isEnabled, ...parts } = this.#parts;
    const { enableKubevirtStaticIP: keepsMachines } = parts;
    return new ParkedClaims({
      ...parts,
      signal,
      history,
      graceMs,
      isEnabled,
      keepsMachines,
      onReclaimed: (...of) => observer.reclaimed(...of),
    });
  }

  #newQueues(
    signal: AbortSignal,
    applications: Applications | undefined,
    topology: FollowedTopology | undefined,
  ): Queues {
    const { state, store, endpoints: records, live, clock, log, observer, drainMs, flexibleCount } = this.#parts;
    const shared = { clock, log, signal, onDone: observer.reconciled.bind(observer) };
    const pools = new PoolReconciler({ state, store, clock, log, drainMs });
    const subnets = new SubnetReconciler({ state, store, log });
    const onReclaimed = observer.reclaimed.bind(observer);
    const endpoints = new EndpointReconciler({ state, records, live, log, onReclaimed });
    const automatic =
      applications === undefined
        ? undefined
        : new AutomaticPoolReconciler({ state, applications, store, live, clock, log, flexibleCount });
    const topologyPools = topology === undefined ? undefined : new TopologyPools({ state, topology, store, live, log });
    const nothing = async (): Promise<Result> => ({ outcome: 'unchanged' });
    const inOrder = { ...shared, concurrency: 1, settleMs: 20, paceMs: 0 };
    const slow = { ...shared, concurrency: 4, settleMs: 50, paceMs: poolPaceMs };
    const quick = {
      ...shared,
      concurrency: endpointConcurrency,
      settleMs: endpointSettleMs,
      paceMs: 0,
      rush: endpointRush,
    };
    return {
      pool: new WorkQueue({ ...slow, kind: 'pool', reconcile: pools.reconcile }),
      subnet: new WorkQueue({ ...slow, kind: 'subnet', reconcile: subnets.reconcile }),
      application: new WorkQueue({
        ...inOrder,
        kind: 'application',
        reconcile: automatic?.reconcile ?? nothing,
      }),
      topology: new WorkQueue({
        ...{ ...inOrder, paceMs: poolPaceMs, kind: 'topology' },
        reconcile: topologyPools?.reconcile ?? nothing,
      }),
      endpoint: new WorkQueue({ ...quick, kind: 'endpoint', reconcile: endpoints.reconcile }),
    };
  }
}

/** A pool that the topology made may be gone by a hand, or what kept it from being changed is back. */
function concernsTopology(change: StateChange, state: ClusterState): boolean {
  if (change.of !== 'pool') return false;
  const known = state.pool(change.pool);
  return known === undefined || topologyLabel in (known.resource.metadata.labels ?? {});
}

function enqueue({ pool, subnet, endpoint }: Queues, change: StateChange): void {
  if (change.of === 'pool') pool.add(change.pool);
  else if (change.of === 'subnet') subnet.add(change.subnet);
  else if (change.of === 'pod') endpoint.add(change.pod);
  // Most endpoints are seen to change because they were written here.
  else endpoint.revisit(change.pod);
}

/** A pool may shrink when something of it is released, and grow when its subnet has more. */
function enqueueApplications(
  queue: WorkQueue,
  applications: Applications,
  change: StateChange,
  state: ClusterState,
): void {
  if (change.of === 'pool') {
    const owner = applicationOfPool(state.pool(change.pool)?.resource.metadata.labels ?? {});
    if (owner !== undefined) queue.revisit(applicationKey(owner), poolSettleMs);
  }
  if (change.of !== 'subnet') return;
  for (const key of applications.askingFor(change.subnet)) queue.revisit(key, poolSettleMs);
}
