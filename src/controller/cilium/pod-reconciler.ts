import { type CiliumNode, familyOf } from '../../cilium/cilium-node.ts';
import { freshForOwner } from '../../cilium/fresh-address.ts';
import type { KeptPod } from '../../cilium/kept-pod.ts';
import { sizeOf } from '../../cilium/node-plan.ts';
import { type PodPlan, podPlan } from '../../cilium/pod-plan.ts';
import type { Family } from '../../ip/address.ts';
import { isIpamError, isOvertaken } from '../../resources/errors.ts';
import { objectPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { podType } from '../../store/kubernetes/core.ts';
import type { Log } from '../../telemetry/log.ts';
import type { LiveCluster } from '../live-cluster.ts';
import type { Result } from '../work-queue.ts';
import type { CiliumState } from './cilium-state.ts';
import type { SelectedPod } from './fixed-pods.ts';
import type { KeptRecords } from './kept-records.ts';
import type { NodeWriter } from './node-writer.ts';

export interface PodReconcilerParts {
  readonly state: CiliumState;
  readonly kept: KeptRecords;
  readonly writer: NodeWriter;
  readonly client: Pick<KubernetesClient, 'patch'>;
  readonly live: Pick<LiveCluster, 'announce'>;
  readonly log: Log;
  /** Of which addresses of Pods stay. */
  readonly families: readonly Family[];
  /** See `NodePlanInput`. */
  readonly max: number;
}

/** How soon what was refused is decided again, milliseconds; the watch mostly comes first. */
const againMs = 1_000;

/** Has each Pod's own addresses where it is, and nowhere else. */
export class PodReconciler {
  readonly #parts: PodReconcilerParts;
  /** By uid: it was told that it has another address than its own. */
  readonly #told = new Set<string>();
  /** By a Pod's name, its uid: it had no address when its first was chosen, and may have been given another since. */
  readonly #offered = new Map<string, string>();

  constructor(parts: PodReconcilerParts) {
    this.#parts = parts;
  }

  /** @param key `namespace/name` */
  readonly reconcile = async (key: string): Promise<Result> => {
    const { state, kept, writer, log } = this.#parts;
    const pod = state.pod(key);
    if (pod === undefined) return { outcome: 'unchanged' };
    const plan = this.#plan(pod);
    if (plan.record !== undefined) {
      await kept.put(plan.record);
      if (pod.addresses.length === 0) this.#offered.set(key, pod.uid);
      log.info({ ...plan.record, node: pod.nodeName }, 'addresses of a Pod stay from now on');
    }
    if (!(await writer.write(plan.changes))) return { outcome: 'unchanged', againMs };
    if (plan.isFree && pod.gate >= 0) await this.#liftGate(pod);
    if (plan.isMisplaced) await this.#tell(pod);
    return { outcome: plan.changes.length > 0 || plan.record !== undefined ? 'written' : 'unchanged' };
  };

  #plan(pod: SelectedPod): PodPlan {
    const { state, families } = this.#parts;
    return podPlan({
      pod: {
        key: pod.key,
        resource: pod.resource,
        node: pod.nodeName === '' ? undefined : state.node(pod.nodeName),
        addresses: pod.addresses,
        isGated: pod.gate >= 0,
      },
      kept: this.#keptFor(pod),
      places: state,
      families,
      fresh: (node, family) => this.#fresh(node, family),
    });
  }

  /** What was offered to a Pod that had been given another by then was never its own: that other one is. */
  #keptFor({ key, uid, addresses }: SelectedPod): KeptPod | undefined {
    const record = this.#parts.kept.of(key);
    if (record === undefined || this.#offered.get(key) !== uid || addresses.length === 0) return record;
    const families = addresses.map(familyOf);
    const own = record.addresses.filter((one) => addresses.includes(one) || !families.includes(familyOf(one)));
    if (own.length === record.addresses.length) this.#offered.delete(key);
    return own.length === 0 ? undefined : { ...record, addresses: own };
  }

  #fresh(node: CiliumNode, family: Family): string | undefined {
    const { state, kept, max } = this.#parts;
    if (sizeOf(node, family) >= max) return undefined;
    const isTaken = (address: string): boolean =>
      kept.for(address) !== undefined || state.withEntry(address).length > 0 || state.using(address).length > 0;
    return freshForOwner(node, family, isTaken);
  }

  async #liftGate({ namespace, name, gate }: SelectedPod): Promise<void> {
    const path = `/spec/schedulingGates/${gate}`;
    const patch = [
      { op: 'test', path: `${path}/name`, value: 'berth.network/address' },
      { op: 'remove', path },
    ];
    try {
      await this.#parts.client.patch(objectPath(podType, { namespace, name }), patch, 'json');
    } catch (error) {
      // Gone, or its gates are others by now: its watch says so.
      if (!isOvertaken(error) && !(isIpamError(error) && error.facts.status === 422)) throw error;
    }
  }

  /** Once for each Pod. */
  async #tell({ key, namespace, name, uid, addresses }: SelectedPod): Promise<void> {
    if (this.#told.has(uid)) return;
    this.#told.add(uid);
    const own = this.#parts.kept.of(key)?.addresses.join(', ') ?? '';
    const message = `it has ${addresses.join(', ')} and not its own ${own}, which came too late from another node; it has that when it is started again`;
    this.#parts.log.warn({ pod: key, addresses, own }, 'a Pod runs with another address than its own');
    const subject = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid };
    await this.#parts.live.announce({ subject, type: 'Warning', reason: 'AddressIsAnother', message });
  }
}
