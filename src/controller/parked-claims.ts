import { fixedBy } from '../dialects/annotated-request.ts';
import { parseAddress } from '../ip/address.ts';
import { isSuperseded } from '../ipam/bind/at-del.ts';
import {
  asOwner,
  isAskedToStay,
  isNamedByOrdinal,
  isSameOwner,
  type Owner,
  ownerTitle,
  podKind,
  virtualMachineKind,
} from '../ipam/bind/identity.ts';
import { identityOfClaim, placeOfClaim, whyKeptLongEnough } from '../ipam/bind/kept-claim.ts';
import { GoneOwners, whyNobodyComes } from '../ipam/bind/owner-gone.ts';
import { keepsWhenScaled, type ScaleDownPolicy } from '../ipam/bind/scale-down.ts';
import { isParked } from '../ipam/claim/claim-state.ts';
import { sandboxDeadlineMs } from '../ipam/reclaim/garbage.ts';
import type { ReleaseCause } from '../ipam/reclaim/release-cause.ts';
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
import type { ReclaimHistory } from './reclaim-history.ts';
import { tellReclaimed } from './reclaimed.ts';

/** What is known of claims: `ClusterState`, or `ListedClaims`. */
export interface ParkedView {
  claims(): Iterable<Stored<Claim>>;
  /** Of those that can be used. @param place of an identity, as `placeOfClaim` tells it */
  claimsKeptAt(place: string): ReadonlyMap<string, Stored<Claim>>;
}

export interface ParkedClaimsParts {
  readonly state: ParkedView;
  readonly store: Pick<Store, 'delete'>;
  readonly live: Pick<LiveCluster, 'pod' | 'owner' | 'announce'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** How long nobody must have been there to come back for an address, milliseconds. */
  readonly graceMs: number;
  /** False: addresses of StatefulSets do not stay, and what was parked before goes. */
  readonly isEnabled: boolean;
  /** False: addresses of virtual machines do not stay. */
  readonly keepsMachines: boolean;
  /** Of StatefulSets that do not say it themselves. */
  readonly whenScaled: ScaleDownPolicy;
  readonly onReclaimed?: (kind: string, cause: ReleaseCause) => void;
  readonly history?: Pick<ReclaimHistory, 'note'>;
}

/** Why nobody comes back for an address; undefined: somebody may. */
interface Absence {
  readonly reason: string | undefined;
  /** How long it must have been so, milliseconds; absent: as usual. */
  readonly graceMs?: number;
}

type Owners = Map<string, Promise<LiveOwner | 'unknown' | undefined>>;

/** How long a Pod must have been away of which nobody can tell whether it is made again, milliseconds. */
const unknownMs = 600_000;

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
    const unseen: { readonly err: unknown; readonly name: string }[] = [];
    for (const claim of parked) {
      if (signal.aborted) return;
      try {
        await this.#lookAt(claim, owners);
      } catch (err) {
        unseen.push({ err, name: claim.metadata.name });
      }
    }
    const [first] = unseen;
    // What is refused for one, as by a role of an earlier version, is for all of its kind.
    if (first !== undefined)
      log.warn(
        { ...first, claims: unseen.length },
        'could not see who comes back for addresses, of which this is the first; trying at the next round',
      );
  }

  async #lookAt(claim: Stored<Claim>, owners: Owners): Promise<void> {
    const { clock } = this.#parts;
    const { reason, graceMs } = await this.#whyNobodyComes(claim, owners);
    if (!this.#gone.isOver(keyOf(claim), reason, clock.now(), graceMs) || reason === undefined) return;
    await this.#free(claim, reason);
  }

  async #whyNobodyComes(claim: Stored<Claim>, owners: Owners): Promise<Absence> {
    const { state, isEnabled, keepsMachines, graceMs } = this.#parts;
    const named = identityOfClaim(claim)?.owner;
    const others = [...state.claimsKeptAt(placeOfClaim(claim) ?? '').values()];
    if (named !== undefined && isAskedToStay(named)) return { reason: await this.#whyLongEnough(claim, named, others) };
    if (!keepsMachines && named?.kind === virtualMachineKind)
      return { reason: 'addresses of virtual machines do not stay (enableKubevirtStaticIP)' };
    if (!isEnabled && named !== undefined && isNamedByOrdinal(named))
      return { reason: 'addresses of StatefulSets do not stay (enableStatefulSet)' };
    const owner = this.#withPolicy(await this.#ownerOf(claim, owners));
    const reason = await this.#whyNoPod(claim, owner, others);
    return owner === 'unknown' ? { reason, graceMs: Math.max(unknownMs, graceMs) } : { reason };
  }

  #withPolicy(owner: LiveOwner | 'unknown' | undefined): LiveOwner | 'unknown' | undefined {
    if (owner === undefined || owner === 'unknown') return owner;
    return { ...owner, keepsScaled: keepsWhenScaled(owner.ownAnnotations ?? {}, this.#parts.whenScaled) };
  }

  async #whyNoPod(
    claim: Stored<Claim>,
    owner: LiveOwner | 'unknown' | undefined,
    others: readonly Claim[],
  ): Promise<string | undefined> {
    const { live } = this.#parts;
    const { podNamespace: namespace = '', podName: name = '' } = claim.spec;
    const isMoved = this.#isSuperseded(claim, others);
    const seen = { owner, isAskedFor: isAskedFor(claim, owner), isSuperseded: isMoved };
    const reason = whyNobodyComes(claim, { ...seen, pod: undefined });
    // Most of them only wait for a Pod that is being made: nobody needs to be asked for that.
    if (reason === undefined || isMoved) return reason;
    const pod = await live.pod(namespace, name);
    if (pod === undefined) return reason;
    return whyNobodyComes(claim, { ...seen, pod: { ...pod, isOfOwner: isOf(claim, pod) } });
  }

  #isSuperseded(claim: Claim, others: readonly Claim[]): boolean {
    return isSuperseded(claim, others, this.#parts.clock.now(), sandboxDeadlineMs);
  }

  /** Of one that asked, nobody tells whether it comes again but the time that it gave. */
  async #whyLongEnough(claim: Stored<Claim>, { kind }: Owner, others: readonly Claim[]): Promise<string | undefined> {
    const { live, clock } = this.#parts;
    if (this.#isSuperseded(claim, others)) return 'who it is kept for has another address by now';
    const reason = whyKeptLongEnough(claim, clock.now());
    if (reason === undefined || kind !== podKind) return reason;
    const { podNamespace: namespace = '', podName: name = '' } = claim.spec;
    return (await live.pod(namespace, name)) === undefined ? reason : undefined;
  }

  async #ownerOf(claim: Claim, owners: Owners): Promise<LiveOwner | 'unknown' | undefined> {
    const { owner, namespace } = identityOfClaim(claim) ?? {};
    if (owner === undefined || namespace === undefined) return undefined;
    const key = ownerTitle(owner, namespace);
    const asked = owners.get(key) ?? this.#parts.live.owner(owner, namespace);
    owners.set(key, asked);
    return asked;
  }

  /** Taken over meanwhile, it stays. */
  async #free(claim: Stored<Claim>, reason: string): Promise<void> {
    if (!(await deleteJudged(this.#parts.store, claim))) return;
    const { owner } = identityOfClaim(claim) ?? {};
    const isAsked = owner !== undefined && isAskedToStay(owner);
    const cause: ReleaseCause = { reason: isAsked ? 'kept-long-enough' : 'owner-deleted', text: reason };
    await tellReclaimed(this.#parts, claim, cause, { verb: 'freed' });
  }
}

/** Parked again it is another. */
function keyOf({ metadata: { uid, resourceVersion } }: Stored<Claim>): string {
  return `${uid} ${resourceVersion}`;
}

/** What its author has to put right, nobody takes away meanwhile. */
function isAskedFor({ spec }: Claim, owner: LiveOwner | 'unknown' | undefined): boolean {
  const { address, ifname, podNamespace: namespace = '', podName: name = '' } = spec;
  const pod = { namespace, name, uid: '' };
  const { annotations = {} } = owner === 'unknown' ? {} : (owner ?? {});
  try {
    const fixed = fixedBy({ pod, ifname, annotations, ipamType: undefined });
    return fixed.some(([, { requested }]) => requested.some((one) => isRequested(one, parseAddress(address))));
  } catch (error) {
    if (isIpamError(error, 'invalid-config')) return true;
    throw error;
  }
}

function isOf(claim: Claim, { controller }: LivePod): boolean {
  const owner = identityOfClaim(claim)?.owner;
  return owner !== undefined && controller !== undefined && isSameOwner(asOwner(controller), owner);
}
