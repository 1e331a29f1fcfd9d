import type { Clock } from '../platform/clock.ts';
import { objectName } from '../store/cache/object-cache.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { EndpointReconciler } from './endpoint-reconciler.ts';
import type { EndpointRecords } from './endpoint-records.ts';
import type { LiveCluster } from './live-cluster.ts';
import { LostNodes } from './lost-nodes.ts';
import { OccupancyPublisher } from './occupancy-publisher.ts';
import { ParkedClaims } from './parked-claims.ts';
import { PoolReconciler, poolPaceMs } from './pool-reconciler.ts';
import type { ClusterState, StateChange } from './state.ts';
import { SubnetReconciler } from './subnet-reconciler.ts';
import { type Result, WorkQueue } from './work-queue.ts';

/** Told what the controller does; kinds are `pool`, `subnet` and `endpoint`. */
export interface ControllerObserver {
  reconciled(kind: string, outcome: Result['outcome'] | 'failed', seconds: number): void;
  /** A claim or block of a lost node was deleted. */
  reclaimed(kind: string): void;
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
  /** How long after its owner is gone, or scaled down, an address stays, milliseconds. */
  readonly scaleDownGraceMs: number;
  /** Do addresses of StatefulSets stay? */
  readonly enableStatefulSet: boolean;
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

/** How often parked addresses are looked at within the grace that their owners have to come back. */
const looksInGrace = 3;
const shortestRoundMs = 1_000;

interface Queues {
  readonly pool: WorkQueue;
  readonly subnet: WorkQueue;
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
    const { pool, subnet, endpoint } = this.#queues ?? {};
    return { pool: lengthOf(pool), subnet: lengthOf(subnet), endpoint: lengthOf(endpoint) };
  }

  /** One term: until the signal aborts and nothing is under way any more. The state must be ready. */
  async lead(signal: AbortSignal): Promise<void> {
    const { state, resyncMs, lostNodesMs, scaleDownGraceMs, publishesOccupancy } = this.#parts;
    const queues = this.#newQueues(signal);
    this.#queues = queues;
    const stopListening = state.onChange((change) => enqueue(queues, change));
    const lostNodes = this.#lostNodes(signal);
    const parked = this.#parkedClaims(signal);
    try {
      await Promise.all([
        this.#every(resyncMs, async () => this.#addAll(queues), signal),
        this.#every(lostNodesMs, () => lostNodes.round(), signal),
        this.#every(Math.max(scaleDownGraceMs / looksInGrace, shortestRoundMs), () => parked.round(), signal),
        ...Object.values(queues).map((queue: WorkQueue) => queue.ended()),
        ...(publishesOccupancy ? [new OccupancyPublisher(this.#parts).run(signal)] : []),
      ]);
    } finally {
      stopListening();
      this.#queues = undefined;
    }
  }

  /** Everything there is, and everything derived whose source may be gone. */
  #addAll(queues: Queues): void {
    const { state } = this.#parts;
    for (const { resource } of state.pools()) queues.pool.revisit(resource.metadata.name, 0);
    for (const { resource } of state.subnets()) queues.subnet.revisit(resource.metadata.name, 0);
    for (const pod of state.podsWithClaims()) queues.endpoint.revisit(pod, 0);
    for (const endpoint of state.endpoints()) queues.endpoint.revisit(objectName(endpoint), 0);
  }

  async #every(ms: number, act: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await act();
      await this.#parts.clock.pause(ms, signal);
    }
  }

  #lostNodes(signal: AbortSignal): LostNodes {
    const { observer, ...parts } = this.#parts;
    return new LostNodes({ ...parts, signal, onReclaimed: (kind) => observer.reclaimed(kind) });
  }

  #parkedClaims(signal: AbortSignal): ParkedClaims {
    const { observer, scaleDownGraceMs: graceMs, enableStatefulSet: isEnabled, ...parts } = this.#parts;
    return new ParkedClaims({ ...parts, signal, graceMs, isEnabled, onReclaimed: (kind) => observer.reclaimed(kind) });
  }

  #newQueues(signal: AbortSignal): Queues {
    const { state, store, endpoints: records, live, clock, log, observer, drainMs } = this.#parts;
    const shared = { clock, log, signal, onDone: observer.reconciled.bind(observer) };
    const pools = new PoolReconciler({ state, store, clock, log, drainMs });
    const subnets = new SubnetReconciler({ state, store, log });
    const endpoints = new EndpointReconciler({ state, records, live, log });
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
      endpoint: new WorkQueue({ ...quick, kind: 'endpoint', reconcile: endpoints.reconcile }),
    };
  }
}

function enqueue({ pool, subnet, endpoint }: Queues, change: StateChange): void {
  if (change.of === 'pool') pool.add(change.pool);
  else if (change.of === 'subnet') subnet.add(change.subnet);
  else if (change.of === 'pod') endpoint.add(change.pod);
  // Most endpoints are seen to change because they were written here.
  else endpoint.revisit(change.pod);
}
