import { isDeepStrictEqual } from 'node:util';
import { isSamePod } from '../ipam/reclaim/garbage.ts';
import type { ReleaseCause } from '../ipam/reclaim/release-cause.ts';
import type { Claim } from '../resources/claim.ts';
import { parseControlledBy } from '../resources/controlled-by.ts';
import { isIpamError } from '../resources/errors.ts';
import type { Stored } from '../resources/resource.ts';
import type { Log } from '../telemetry/log.ts';
import type { EndpointRecords, PodName } from './endpoint-records.ts';
import { claimsOfLatest, type EndpointFacts, endpointStatus, type PodOwner } from './endpoint-status.ts';
import type { LiveCluster, LivePod } from './live-cluster.ts';
import type { ClusterState } from './state.ts';
import type { Result } from './work-queue.ts';

export interface EndpointReconcilerParts {
  readonly state: ClusterState;
  readonly records: EndpointRecords;
  readonly live: Pick<LiveCluster, 'pod' | 'recentPod' | 'ownerOf'>;
  readonly log: Log;
  readonly onReclaimed?: (kind: string, cause: ReleaseCause) => void;
}

type PresentEndpoint = ReturnType<ClusterState['endpoint']>;

const withoutClaims: ReleaseCause = { reason: 'orphaned-endpoint', text: 'its Pod has no claims' };

/** The event that a write met comes by itself; a namespace that is gone has none. */
const uncertainAgainMs = 30_000;

/** Keeps one endpoint for each Pod that has claims, and none for others. */
export class EndpointReconciler {
  readonly #parts: EndpointReconcilerParts;

  constructor(parts: EndpointReconcilerParts) {
    this.#parts = parts;
  }

  /** @param pod `namespace/name` */
  readonly reconcile = async (pod: string): Promise<Result> => {
    const { state, records, log, onReclaimed } = this.#parts;
    const all = state.claimsOfPod(pod);
    const present = state.endpoint(pod);
    if (all.size === 0) {
      if (present === undefined) return { outcome: 'unchanged' };
      const result = await this.#written(() => records.remove(present));
      if (result.outcome === 'written') onReclaimed?.(present.kind, withoutClaims);
      return result;
    }
    const [namespace = '', name = ''] = pod.split('/');
    const { claims, owner } = await this.#latest({ namespace, name }, [...all.values()], present);
    const poolOf = (poolName: string) => state.pool(poolName)?.value;
    const derived = endpointStatus({ claims, poolOf, owner, present: present?.status });
    for (const problem of derived?.problems ?? []) log.error({ pod, problem }, 'leaving a claim out of its endpoint');
    if (derived === undefined) return { outcome: 'skipped' };
    const { status, problems } = derived;
    const outcome = problems.length > 0 ? 'skipped' : undefined;
    if (present !== undefined && isDeepStrictEqual(present.status, status)) return { outcome: outcome ?? 'unchanged' };
    const result = await this.#written(() =>
      present === undefined ? records.create({ namespace, name }, status) : records.replace(present, status),
    );
    return { outcome: outcome ?? result.outcome };
  };

  /** Which claims are the present Pod's, and who keeps it. The API server is asked for what neither endpoint nor claims say. */
  async #latest(
    { namespace, name }: PodName,
    all: readonly Stored<Claim>[],
    present: PresentEndpoint,
  ): Promise<Pick<EndpointFacts, 'claims' | 'owner'>> {
    const uids = new Set(all.map(({ spec }) => spec.podUid ?? ''));
    const [only] = uids.size === 1 ? uids : [];
    if (only !== undefined && only === present?.status?.current.uid)
      return { claims: all, owner: ownerOnRecord(present) };
    const told = only === undefined || only === '' ? undefined : controllerTold(all);
    if (told !== undefined) return { claims: all, owner: await this.#parts.live.ownerOf({ namespace, name, ...told }) };
    const live = await this.#podOf(namespace, name, uids);
    const claims = claimsOfLatest(all, (uid) => live !== undefined && isSame(live, uid));
    return { claims, owner: await this.#ownerOf(live, claims[0]?.spec.podUid) };
  }

  /** What is there may not be what was seen: then its event is on its way, and brings the key back. */
  async #written(write: () => Promise<void>): Promise<Result> {
    try {
      await write();
      return { outcome: 'written' };
    } catch (error) {
      if (['not-found', 'already-exists', 'conflict'].every((code) => !isIpamError(error, code as 'conflict')))
        throw error;
      return { outcome: 'unchanged', againMs: uncertainAgainMs };
    }
  }

  /** The Pod that has the name now; asked once more when a memory shows another than the claims. */
  async #podOf(namespace: string, name: string, uids: ReadonlySet<string>): Promise<LivePod | undefined> {
    const recent = await this.#parts.live.recentPod(namespace, name);
    return recent !== undefined && [...uids].some((uid) => isSame(recent, uid))
      ? recent
      : this.#parts.live.pod(namespace, name);
  }

  async #ownerOf(pod: LivePod | undefined, uid: string | undefined): Promise<PodOwner> {
    return pod !== undefined && isSame(pod, uid) ? this.#parts.live.ownerOf(pod) : { kind: 'None', name: '' };
  }
}

function isSame(pod: LivePod, uid = ''): boolean {
  return isSamePod({ namespace: pod.namespace, name: pod.name, uid }, pod);
}

/** As the daemon wrote it that saw the Pod. @returns undefined: no claim says it */
function controllerTold(claims: readonly Stored<Claim>[]): ReturnType<typeof parseControlledBy> {
  for (const { spec } of claims) {
    const told = parseControlledBy(spec.controlledBy);
    if (told !== undefined) return told;
  }
  return undefined;
}

function ownerOnRecord(endpoint: PresentEndpoint): PodOwner {
  const { ownerControllerType: kind = 'None', ownerControllerName: name = '' } = endpoint?.status ?? {};
  return { kind, name };
}
