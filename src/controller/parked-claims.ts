import { fixedBy } from '../dialects/annotated-request.ts';
import { parseAddress } from '../ip/address.ts';
import { isSuperseded } from '../ipam/bind/at-del.ts';
import { ownerTitle, statefulSetKind } from '../ipam/bind/identity.ts';
import { identityOfClaim } from '../ipam/bind/kept-claim.ts';
import { GoneOwners, whyNobodyComes } from '../ipam/bind/owner-gone.ts';
import { keepsWhenScaled, type ScaleDownPolicy } from '../ipam/bind/scale-down.ts';
import { isParked } from '../ipam/claim/claim-state.ts';
import { isRequested } from '../ipam/requested-address.ts';
import type { Clock } from '../platform/clock.ts';
import type { Claim } from '../resources/claim.ts';
import { isIpamError } from '../resources/errors.ts';
import { problemOf } from '../resources/malformed.ts';
import type { Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { deleteJudged } from './delete-judged.ts';
import type { LiveCluster, LiveOwner, LivePod } from './live-cluster.ts';
import type { ClusterState } from './state.ts';

export interface ParkedClaimsParts {
  readonly state: Pick<ClusterState, 'claims' | 'claimsOfPod'>;
  readonly store: Pick<Store, 'delete'>;
  readonly live: Pick<LiveCluster, 'pod' | 'owner'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** How long nobody must have been there to come back for an address, milliseconds. */
  readonly graceMs: number;
  /** False: addresses of StatefulSets do not stay, and what was parked before goes. */
  readonly isEnabled: boolean;
  /** Of StatefulSets that do not say it themselves. */
  readonly whenScaled: ScaleDownPolicy;
  readonly onReclaimed?: (kind: string) => void;
}

type Owners = Map<string, Promise<LiveOwner | undefined>>;

/** Frees addresses that are kept for whom nobody will make again. */
export class ParkedClaims {
  readonly #parts: ParkedClaimsParts;
  readonly #gone: GoneOwners;

  constructor(parts: ParkedClaimsParts) {
    this.#parts = parts;
    this.#gone = new GoneOwners(parts.graceMs);
  }

  /** One round: each owner of a parked claim is asked for once. What cannot be looked at is for the next. */
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
    const { state, live, isEnabled, whenScaled } = this.#parts;
    if (!isEnabled && claim.spec.ownerKind === statefulSetKind)
      return 'addresses of StatefulSets do not stay (enableStatefulSet)';
    const { podNamespace: namespace = '', podName: name = '' } = claim.spec;
    const ofPod = [...state.claimsOfPod(`${namespace}/${name}`).values()];
    const others = ofPod.filter((other) => problemOf(other) === undefined && other.spec.ifname === claim.spec.ifname);
    const found = await this.#ownerOf(claim, owners);
    const keepsScaled = keepsWhenScaled(found?.ownAnnotations ?? {}, whenScaled);
    const owner = found === undefined ? undefined : { ...found, keepsScaled };
    const seen = { owner, isAskedFor: isAskedFor(claim, owner), isSuperseded: isSuperseded(claim, others) };
    const reason = whyNobodyComes(claim, { ...seen, pod: undefined });
    // Most of them only wait for a Pod that is being made: nobody needs to be asked for that.
    if (reason === undefined || seen.isSuperseded) return reason;
    const pod = await live.pod(namespace, name);
    if (pod === undefined) return reason;
    return whyNobodyComes(claim, { ...seen, pod: { ...pod, isOfOwner: isOf(claim, pod) } });
  }

  async #ownerOf(claim: Claim, owners: Owners): Promise<LiveOwner | undefined> {
    const { owner, namespace } = identityOfClaim(claim) ?? {};
    if (owner === undefined || namespace === undefined) return undefined;
    const key = ownerTitle(owner, namespace);
    const asked = owners.get(key) ?? this.#parts.live.owner(owner, namespace);
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

/** What its author has to put right, nobody takes away meanwhile. */
function isAskedFor({ spec }: Claim, owner: LiveOwner | undefined): boolean {
  const { address, ifname, podNamespace: namespace = '', podName: name = '' } = spec;
  const pod = { namespace, name, uid: '' };
  try {
    const fixed = fixedBy({ pod, ifname, annotations: owner?.annotations ?? {}, ipamType: undefined });
    return fixed.some(([, { requested }]) => requested.some((one) => isRequested(one, parseAddress(address))));
  } catch (error) {
    if (isIpamError(error, 'invalid-config')) return true;
    throw error;
  }
}

function isOf(claim: Claim, { controller }: LivePod): boolean {
  const owner = identityOfClaim(claim)?.owner;
  return owner !== undefined && controller?.kind === owner.kind && controller.name === owner.name;
}
