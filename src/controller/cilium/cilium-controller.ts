import type { ClusterPool } from '../../cilium/node-subnets.ts';
import type { OwnerKind } from '../../cilium/owner-kinds.ts';
import type { Family } from '../../ip/address.ts';
import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import type { Log } from '../../telemetry/log.ts';
import type { LiveCluster } from '../live-cluster.ts';
import { type Result, WorkQueue } from '../work-queue.ts';
import type { CiliumChange, CiliumState } from './cilium-state.ts';
import { EndpointKeeper } from './endpoint-keeper.ts';
import { KeptRecords } from './kept-records.ts';
import { NodeReconciler } from './node-reconciler.ts';
import { NodeWriter } from './node-writer.ts';
import { OwnerLookup } from './owner-lookup.ts';
import { PodReconciler } from './pod-reconciler.ts';
import { Recycler } from './recycler.ts';
import { SubnetRecords } from './subnet-records.ts';

export interface CiliumControllerParts {
  readonly state: CiliumState;
  readonly client: KubernetesClient;
  readonly live: Pick<LiveCluster, 'announce'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Where records are kept. */
  readonly namespace: string;
  readonly pools: readonly ClusterPool[];
  /** Of which nodes have subnets and pools. */
  readonly families: readonly Family[];
  /** Of which addresses of Pods stay. */
  readonly fixedFamilies: readonly Family[];
  readonly rate: number;
  readonly max: number;
  readonly kinds: readonly OwnerKind[];
  readonly terminationMs: number;
  /** How long an address waits for a Pod that was made by hand, milliseconds. */
  readonly bareMs: number;
  /** Between two looks at everything, milliseconds. */
  readonly resyncMs: number;
  onReconciled(kind: string, outcome: Result['outcome'] | 'failed', seconds: number): void;
}

interface Queues {
  readonly node: WorkQueue;
  readonly pod: WorkQueue;
  readonly kept: WorkQueue;
  readonly endpoint: WorkQueue;
}

const attempts = 5;

/** What the leader does in a Cilium cluster whose agents have `ipam: crd`. */
export class CiliumController {
  readonly #parts: CiliumControllerParts;

  constructor(parts: CiliumControllerParts) {
    this.#parts = parts;
  }

  /** One term: until the signal aborts and nothing is under way any more. The state must be ready. */
  async lead(signal: AbortSignal): Promise<void> {
    const { state, client, namespace, pools, resyncMs, clock } = this.#parts;
    const kept = new KeptRecords({ client, namespace });
    const subnets = new SubnetRecords({ client, namespace, pools });
    await kept.load();
    // Before anything is given: what nodes have by now is theirs.
    await repeated(() => subnets.adopt(state.nodes()));
    const queues = this.#queues(signal, kept, subnets);
    const stopListening = state.onChange((change) => enqueue(queues, change, kept));
    try {
      await Promise.all([
        this.#resync(queues, kept, subnets, signal, clock, resyncMs),
        ...Object.values(queues).map((queue: WorkQueue) => queue.ended()),
      ]);
    } finally {
      stopListening();
    }
  }

  async #resync(
    { node, pod, kept: records, endpoint }: Queues,
    kept: KeptRecords,
    subnets: SubnetRecords,
    signal: AbortSignal,
    clock: Clock,
    resyncMs: number,
  ): Promise<void> {
    const { state } = this.#parts;
    while (!signal.aborted) {
      for (const { name } of state.nodes()) node.add(name);
      for (const name of subnets.nodes()) node.add(name);
      for (const { key } of state.pods()) {
        pod.add(key);
        endpoint.add(key);
      }
      for (const { pod: key } of kept.all()) records.add(key);
      await clock.pause(resyncMs, signal);
    }
  }

  #queues(signal: AbortSignal, kept: KeptRecords, subnets: SubnetRecords): Queues {
    const { state, client, live, clock, log, kinds, families, fixedFamilies, rate, max, onReconciled } = this.#parts;
    const { terminationMs, bareMs } = this.#parts;
    const writer = new NodeWriter({ client, state, log });
    const pods = new PodReconciler({ ...{ state, kept, writer, client, live, log, max }, families: fixedFamilies });
    const nodes = new NodeReconciler({ state, kept, subnets, writer, log, families, rate, max });
    const owners = new OwnerLookup(client, kinds);
    const recycler = new Recycler({ state, kept, writer, owners, kinds, clock, log, bareMs });
    const endpoints = new EndpointKeeper({ state, kept, client, clock, log, terminationMs });
    // One at a time: what one takes, another must see.
    const shared = { clock, log, signal, concurrency: 1, settleMs: 0, paceMs: 0, onDone: onReconciled };
    return {
      node: new WorkQueue({ ...shared, kind: 'node', reconcile: nodes.reconcile, settleMs: 20 }),
      pod: new WorkQueue({ ...shared, kind: 'pod', reconcile: pods.reconcile }),
      kept: new WorkQueue({ ...shared, kind: 'kept', reconcile: recycler.reconcile }),
      endpoint: new WorkQueue({ ...shared, kind: 'endpoint', reconcile: endpoints.reconcile, settleMs: 200 }),
    };
  }
}

function enqueue({ node, pod, kept: records, endpoint }: Queues, change: CiliumChange, kept: KeptRecords): void {
  if (change.of === 'node') node.add(change.node);
  else if (change.of === 'endpoint') endpoint.add(change.pod);
  else if (change.of === 'pod') {
    pod.add(change.pod);
    endpoint.add(change.pod);
    if (kept.of(change.pod) !== undefined) records.add(change.pod);
  } else for (const { pod: key, resource } of kept.all()) if (resource === change.resource) records.add(key);
}

/** Against another controller that writes at the same time. */
async function repeated(act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isIpamError(error, 'conflict') || attempt === attempts) throw error;
    }
  }
}
