import { isSuperseded } from '../ipam/bind/at-del.ts';
import { identityOfClaim } from '../ipam/bind/kept-claim.ts';
import { GoneOwners, type OwnerFacts, whyNobodyComes } from '../ipam/bind/owner-gone.ts';
import { isParked } from '../ipam/claim/claim-state.ts';
import type { Clock } from '../platform/clock.ts';
import type { Claim } from '../resources/claim.ts';
import { problemOf } from '../resources/malformed.ts';
import type { Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { deleteJudged } from './delete-judged.ts';
import type { LiveCluster, LivePod } from './live-cluster.ts';
import type { ClusterState } from './state.ts';

export interface ParkedClaimsParts {
  readonly state: Pick<ClusterState, 'claims' | 'claimsOfPod'>;
  readonly store: Pick<Store, 'delete'>;
  readonly live: Pick<LiveCluster, 'pod' | 'statefulSet'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** How long nobody must have been there to come back for an address, milliseconds. */
  readonly graceMs: number;
  /** False: addresses of StatefulSets do not stay, and what was parked before goes. */
  readonly isEnabled: boolean;
  readonly onReclaimed?: (kind: string) => void;
}

type Owners = Map<string, Promise<OwnerFacts | undefined>>;

/** Frees addresses that are kept for whom nobody will make again. */
export class ParkedClaims {
  readonly #parts: ParkedClaimsParts;
  readonly #gone: GoneOwners;

  constructor(parts: ParkedClaimsParts) {
    this.#parts = parts;
    this.#gone = new GoneOwners(parts.graceMs);
  }

  /** One round: each StatefulSet of a parked claim is asked for once. What cannot be looked at is for the next. */
  async round(): Promise<void> {
    const { state, log, signal } = this.#parts;
    const parked = [...state.claims()].filter((claim) => problemOf(claim) === undefined && isParked(claim));
    this.#gone.retain(new Set(parked.map(keyOf)));
    const owners: Owners = new Map();
    for (const claim of parked) {
      if (signal.aborted) return;
      try {
        await this.#lookAt(claim, owners);
      } catch (error) {
        const { name } = claim.metadata;
        log.warn({ err: error, name }, 'could not see who comes back for an address; trying at the next round');
      }
    }
  }

  async #lookAt(claim: Stored<Claim>, owners: Owners): Promise<void> {
    const { clock } = this.#parts;
    const reason = await this.#whyNobodyComes(claim, owners);
    if (!this.#gone.isOver(keyOf(claim), reason, clock.now()) || reason === undefined) return;
    await this.#free(claim, reason);
  }

  async #whyNobodyComes(claim: Stored<Claim>, owners: Owners): Promise<string | undefined> {
    const { state, live, isEnabled } = this.#parts;
    if (!isEnabled) return 'addresses of StatefulSets do not stay (enableStatefulSet)';
    const { podNamespace: namespace = '', podName: name = '' } = claim.spec;
    const ofPod = [...state.claimsOfPod(`${namespace}/${name}`).values()];
    const others = ofPod.filter((other) => problemOf(other) === undefined && other.spec.ifname === claim.spec.ifname);
    const seen = { owner: await this.#ownerOf(claim, owners), isSuperseded: isSuperseded(claim, others) };
    const reason = whyNobodyComes(claim, { ...seen, pod: undefined });
    // Most of them only wait for a Pod that is being made: nobody needs to be asked for that.
    if (reason === undefined || seen.isSuperseded) return reason;
    const pod = await live.pod(namespace, name);
    if (pod === undefined) return reason;
    return whyNobodyComes(claim, { ...seen, pod: { ...pod, isOfOwner: isOf(claim, pod) } });
  }

  #ownerOf(claim: Claim, owners: Owners): Promise<OwnerFacts | undefined> {
    const { ownerName = '', podNamespace = '' } = claim.spec;
    const key = `${podNamespace}/${ownerName}`;
    const asked = owners.get(key) ?? this.#parts.live.statefulSet(podNamespace, ownerName);
    owners.set(key, asked);
    return asked;
  }

  /** Taken over meanwhile, it stays. */
  async #free(claim: Stored<Claim>, reason: string): Promise<void> {
    const { store, log, onReclaimed } = this.#parts;
    const { kind, metadata, spec } = claim;
    if (!(await deleteJudged(store, claim))) return;
    onReclaimed?.(kind);
    log.info({ name: metadata.name, spec }, `freed ${spec.address}: ${reason}`);
  }
}

/** Parked again it is another. */
function keyOf({ metadata: { uid, resourceVersion } }: Stored<Claim>): string {
  return `${uid} ${resourceVersion}`;
}

function isOf(claim: Claim, { controller }: LivePod): boolean {
  const owner = identityOfClaim(claim)?.owner;
  return owner !== undefined && controller?.kind === owner.kind && controller.name === owner.name;
}
