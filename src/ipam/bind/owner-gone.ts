import type { Claim } from '../../resources/claim.ts';
import { isSamePod } from '../reclaim/garbage.ts';
import { identityTitle, isApplication, ordinalOf, ownerTitle, virtualMachineKind } from './identity.ts';
import { identityOfClaim } from './kept-claim.ts';

/** What the owner of Pods says of them. */
export interface OwnerFacts {
  readonly replicas: number;
  /** The first ordinal of a StatefulSet (`spec.ordinals.start`, Kubernetes 1.26). */
  readonly start: number;
  /** Ordinals that are passed over (`spec.reserveOrdinals` of OpenKruise's), from and to; absent: none. */
  readonly skips?: readonly (readonly [first: number, last: number])[];
  /** It was deleted, and waits for its Pods. */
  readonly isDeleting: boolean;
  /** Do addresses stay for ordinals that it was scaled down below? Absent: no. */
  readonly keepsScaled?: boolean;
}

/** What was looked up of a parked claim. */
export interface ParkedWitness {
  /** Undefined: it is not there. `unknown`: of a kind that nobody can look up. */
  readonly owner: OwnerFacts | 'unknown' | undefined;
  /** Do the Pods that it makes ask for this address by themselves? */
  readonly isAskedFor: boolean;
  /** The Pod that has the name now; undefined: none has it. */
  readonly pod:
    | { readonly uid: string; readonly annotations: Readonly<Record<string, string>>; readonly isOfOwner: boolean }
    | undefined;
  /** Has the identity another address by now? */
  readonly isSuperseded: boolean;
}

/**
 * Why nobody comes back for a parked claim, as a sentence; undefined: somebody may. True once is not enough: an ordinal
 * that goes and comes within the grace keeps its address.
 */
export function whyNobodyComes(
  claim: Claim,
  { owner, isAskedFor, pod, isSuperseded }: ParkedWitness,
): string | undefined {
  const identity = identityOfClaim(claim);
  if (identity === undefined) return 'it names nobody that it is kept for';
  const { namespace, podName, owner: named } = identity;
  if (isSuperseded) return `${identityTitle(identity)} has another address by now`;
  // Whoever left its StatefulSet (kubectl delete --cascade=orphan) keeps what it has, to its own end.
  const claimant = { namespace, name: podName, uid: claim.spec.podUid ?? '' };
  if (pod !== undefined && (pod.isOfOwner || isSamePod(claimant, pod))) return undefined;
  const title = ownerTitle(named, namespace);
  if (owner === undefined) return `${title} is gone`;
  if (owner === 'unknown')
    return `there is no Pod ${namespace}/${podName}, and nobody can tell whether ${title} is there`;
  if (owner.isDeleting) return `${title} is being deleted`;
  if (named.kind === virtualMachineKind) return undefined;
  if (isApplication(named)) return isAskedFor ? undefined : `${title} does not ask for ${claim.spec.address} any more`;
  if (owner.keepsScaled) return undefined;
  const ordinal = ordinalOf(podName, named.name);
  if (ordinal !== undefined && isAmong(ordinal, owner)) return undefined;
  return `${title} has ${owner.replicas} replicas, and no Pod ${podName} among them`;
}

/** Is it one of the ordinals that the owner gives its Pods now? */
function isAmong(ordinal: number, { start, replicas, skips = [] }: OwnerFacts): boolean {
  if (ordinal < start || skips.some(([first, last]) => ordinal >= first && ordinal <= last)) return false;
  return ordinal - start - skippedBetween(skips, start, ordinal) < replicas;
}

/** How many ordinals from `start` on and below `end` are passed over. Ranges may overlap and be huge: they are counted, not listed. */
function skippedBetween(skips: NonNullable<OwnerFacts['skips']>, start: number, end: number): number {
  let count = 0;
  let next = start;
  for (const [first, last] of [...skips].sort(([a], [b]) => a - b)) {
    const from = Math.max(first, next);
    const to = Math.min(last + 1, end);
    if (to <= from) continue;
    count += to - from;
    next = to;
  }
  return count;
}

/** Since when nobody is known to come back for each parked claim: what was so once, and is not, begins anew. */
export class GoneOwners {
  readonly #graceMs: number;
  /** By the claim's uid and version, milliseconds since 1970: taken over and parked again, it is another. */
  readonly #since = new Map<string, number>();

  /** @param graceMs how long nobody must have been there, milliseconds */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** @param graceMs in the place of the usual one @returns whether it has been so for longer than the grace */
  isOver(key: string, reason: string | undefined, now: number, graceMs = this.#graceMs): boolean {
    if (reason === undefined) {
      this.#since.delete(key);
      return false;
    }
    const since = this.#since.get(key) ?? now;
    this.#since.set(key, since);
    return now - since >= graceMs;
  }

  /** Forgets all but these. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
  }
}
