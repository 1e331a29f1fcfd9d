import { endpointStep } from '../../cilium/endpoint-plan.ts';
import type { Clock } from '../../platform/clock.ts';
import { isOvertaken } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { objectPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { podType } from '../../store/kubernetes/core.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Result } from '../work-queue.ts';
import type { CiliumState } from './cilium-state.ts';
import type { KeptRecords } from './kept-records.ts';
import { ciliumEndpointType } from './types.ts';

export interface EndpointKeeperParts {
  readonly state: CiliumState;
  readonly kept: KeptRecords;
  readonly client: Pick<KubernetesClient, 'patch'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an endpoint may be ending, milliseconds. */
  readonly terminationMs: number;
}

/** A Pod's label that says when its endpoint was asked for: its agent looks at a Pod whose labels change. */
const rebuildLabel = 'berth.network/endpoint-asked-for';
const rebuiltWithinMs = 60_000;

interface Addressing {
  readonly ipv4?: string;
  readonly ipv6?: string;
}

interface EndpointStatus {
  readonly networking?: { readonly addressing?: readonly Addressing[] };
}

/** Keeps the CiliumEndpoints of Pods whose addresses stay from being missing, and from staying for ever. */
export class EndpointKeeper {
  readonly #parts: EndpointKeeperParts;

  constructor(parts: EndpointKeeperParts) {
    this.#parts = parts;
  }

  /** @param key `namespace/name` of endpoint and Pod */
  readonly reconcile = async (key: string): Promise<Result> => {
    const { state, kept, clock, terminationMs, log } = this.#parts;
    const [pod, endpoint] = [state.pod(key), state.endpoint(key)];
    if (pod === undefined && kept.of(key) === undefined) return { outcome: 'unchanged' };
    const step = endpointStep({
      endpoint: endpoint && factsOf(endpoint),
      pod: pod?.nodeName ? pod : undefined,
      now: clock.now(),
      terminationMs,
    });
    if (step.do === 'nothing') {
      return { outcome: 'unchanged', ...(step.againMs === undefined ? {} : { againMs: step.againMs }) };
    }
    if (step.do === 'report') {
      log.warn({ pod: key, addresses: pod?.addresses }, 'a CiliumEndpoint has an address that its Pod has not');
      return { outcome: 'unchanged' };
    }
    if (step.do === 'release') return this.#release(endpoint);
    return this.#rebuild(key);
  };

  async #release(endpoint: Stored<Resource> | undefined): Promise<Result> {
    if (endpoint === undefined) return { outcome: 'unchanged' };
    const { name, namespace = '', resourceVersion } = endpoint.metadata;
    this.#parts.log.warn({ namespace, name }, 'a CiliumEndpoint was ending for too long; its finalizers are taken off');
    return this.#patch(objectPath(ciliumEndpointType, { name, namespace }), { resourceVersion, finalizers: null });
  }

  async #rebuild(key: string): Promise<Result> {
    const [namespace = '', name = ''] = key.split('/');
    this.#parts.log.warn({ pod: key }, 'a Pod has no CiliumEndpoint; its agent is asked for one');
    const labels = { [rebuildLabel]: String(Math.floor(this.#parts.clock.now() / 1_000)) };
    const result = await this.#patch(objectPath(podType, { name, namespace }), { labels });
    return { ...result, againMs: rebuiltWithinMs };
  }

  async #patch(path: string, metadata: object): Promise<Result> {
    try {
      await this.#parts.client.patch(path, { metadata }, 'merge');
      return { outcome: 'written' };
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      return { outcome: 'unchanged' };
    }
  }
}

function factsOf(endpoint: Stored<Resource>) {
  const { ownerReferences = [], deletionTimestamp, finalizers = [] } = endpoint.metadata;
  const addressing = (endpoint.status as EndpointStatus | undefined)?.networking?.addressing ?? [];
  return {
    podUid: ownerReferences.find(({ kind }) => kind === 'Pod')?.uid,
    deletingSince: deletionTimestamp === undefined ? undefined : Date.parse(deletionTimestamp),
    hasFinalizers: finalizers.length > 0,
    addresses: addressing.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter((one) => one !== undefined)),
  };
}
