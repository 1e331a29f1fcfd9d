import type { Claim, ClaimSpec } from '../../resources/claim.ts';
import type { Attachment, PodRef } from '../attachment.ts';
import { type Identity, type Owner, placeOf } from './identity.ts';

/*
 * What a claim says of binding: `ownerKind` and `ownerName` name the owner of the identity that its address is for, and
 * `parkedAt` says that no container has it (`ipam/claim/claim-state.ts`).
 */

/** The identity that a claim's address is for; undefined: none, it goes with its container. */
export function identityOfClaim({ spec }: Claim): Identity | undefined {
  const { ownerKind: kind, ownerName: name, podNamespace: namespace, podName, ifname } = spec;
  if (kind === undefined || name === undefined || namespace === undefined || podName === undefined) return undefined;
  return { owner: { kind, name }, namespace, podName, ifname };
}

/** Where the identity of a claim is looked for; undefined: it has none. */
export function placeOfClaim(claim: Claim): string | undefined {
  const identity = identityOfClaim(claim);
  return identity === undefined ? undefined : placeOf(identity);
}

/** What a claim says of the owner of its identity. */
export function ownerFields(owner: Owner): Pick<ClaimSpec, 'ownerKind' | 'ownerName'> {
  return { ownerKind: owner.kind, ownerName: owner.name };
}

/** @param at milliseconds since 1970 */
export function parkedSpec(spec: ClaimSpec, at: number): ClaimSpec {
  return { ...spec, parkedAt: new Date(at).toISOString() };
}

/** Who takes a claim over. */
export interface Taker {
  readonly attachment: Attachment;
  readonly node: string;
  readonly daemon: string;
  readonly pool: string;
  readonly pod: PodRef;
  /** Undefined: the Pod has lost its owner, and keeps what it has. */
  readonly owner: Owner | undefined;
  /** See `Claimant`. */
  readonly controlledBy?: string | undefined;
}

export function takenSpec(spec: ClaimSpec, taker: Taker): ClaimSpec {
  const { attachment, node, daemon, pool, pod, owner, controlledBy } = taker;
  const { parkedAt: _, podUid: __, controlledBy: ___, ...rest } = spec;
  const { network, containerId, ifname } = attachment;
  return {
    ...rest,
    pool,
    node,
    daemon,
    network,
    containerId,
    ifname,
    // Of an application it is another Pod, under another name.
    podName: pod.name,
    ...(pod.uid === '' ? {} : { podUid: pod.uid }),
    ...(owner === undefined ? {} : ownerFields(owner)),
    ...(controlledBy === undefined ? {} : { controlledBy }),
  };
}
