import type { Claim, ClaimSpec } from '../../resources/claim.ts';
import { originalCreationTime } from '../../resources/migration-marks.ts';
import { longestText } from '../../resources/schema.ts';
import { type Attachment, attachmentKey, type PodRef } from '../attachment.ts';
import { type Identity, namedKind, placeOf } from './identity.ts';
import { keptForText, stayForText } from './stay.ts';

/*
 * What a claim says of binding: `ownerKind` and `ownerName` name the owner of the identity that its address is for, `keptFor`
 * for how long after its container, and `parkedAt` says that no container has it (`ipam/claim/claim-state.ts`).
 */

/** The identity that a claim's address is for; undefined: none, it goes with its container. */
export function identityOfClaim({ spec }: Claim): Identity | undefined {
  const { ownerKind: kind, ownerName: name, podNamespace: namespace, podName, ifname } = spec;
  if (kind === undefined || name === undefined) return undefined;
  // Whoever names an identity need tell of no Pod.
  if (kind === namedKind) return { owner: { kind, name }, namespace: namespace ?? '', podName: podName ?? '', ifname };
  if (namespace === undefined || podName === undefined) return undefined;
  return { owner: { kind, name }, namespace, podName, ifname };
}

/**
 * When an address was claimed first, milliseconds since 1970; one that a store has yet to make is the youngest. Of several of one
 * identity the one that was claimed first is what it has: whoever made another beside it had not heard of it, or could not
 * have it.
 */
export function bornAt({ metadata }: Claim): number {
  const at = originalCreationTime(metadata);
  return at === undefined ? Number.MAX_VALUE : Date.parse(at);
}

/** Where the identity of a claim is looked for; undefined: it has none. */
export function placeOfClaim(claim: Claim): string | undefined {
  const identity = identityOfClaim(claim);
  return identity === undefined ? undefined : placeOf(identity);
}

/** What a claim says of the identity that its address is for; nothing where it is to go with its container. */
export function keptFields({ owner, stay = 'released' }: Pick<Identity, 'owner' | 'stay'>): KeptFields {
  if (stay === 'container') return {};
  const keptFor = keptForText(stay);
  return { ownerKind: owner.kind, ownerName: owner.name, ...(keptFor === undefined ? {} : { keptFor }) };
}

type KeptFields = Pick<ClaimSpec, 'ownerKind' | 'ownerName' | 'keptFor'>;

/** Why a parked claim has been kept for long enough, as a sentence; undefined: it has not, or has no such end. @param now milliseconds since 1970 */
export function whyKeptLongEnough({ spec: { keptFor, parkedAt } }: Claim, now: number): string | undefined {
  const time = keptFor === undefined ? undefined : stayForText(keptFor);
  if (typeof time !== 'number' || parkedAt === undefined || now - Date.parse(parkedAt) < time) return undefined;
  return `it was kept for ${keptFor} since ${parkedAt}, and nobody has come for it`;
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
  /** Undefined: nothing tells of one. */
  readonly pod: PodRef | undefined;
  /** Undefined: the Pod has lost its owner, and keeps what it has. */
  readonly identity: Pick<Identity, 'owner' | 'stay' | 'migrates'> | undefined;
  /** See `Claimant`. */
  readonly controlledBy?: string | undefined;
}

export function takenSpec(spec: ClaimSpec, taker: Taker): ClaimSpec {
  const { attachment, node, daemon, pool, pod, identity, controlledBy } = taker;
  const { network, containerId, ifname } = attachment;
  return {
    ...(identity === undefined ? ownerless(spec) : { ...unkept(spec), ...keptFields(identity) }),
    pool,
    node,
    daemon,
    network,
    containerId,
    ifname,
    // Of an application it is another Pod, under another name.
    ...podFields(pod),
    // Also of what is parked, and whoever takes it: a source whose node is away has it on still, and takes it back only where it is named.
    ...(identity?.migrates === true || spec.parkedAt !== undefined ? sourcesOf(spec) : {}),
    ...(controlledBy === undefined ? {} : { controlledBy }),
  };
}

/**
 * Who may have the address beside the target of a live migration: who had it, unless that has given it back, the latest first;
 * undefined: nobody. What a source gives back changes no claim, so each stays named for as long as there is room, which is for a dozen:
 * one whose node is away for so many migrations is forgotten.
 */
export function migrationSources(spec: ClaimSpec): ClaimSpec['migratedFrom'] {
  const former = spec.migratedFrom?.split(' ') ?? [];
  const sources = [...new Set([...(spec.parkedAt === undefined ? [attachmentKey(spec)] : []), ...former])];
  while (sources.join(' ').length > longestText) sources.pop();
  return sources.length === 0 ? undefined : sources.join(' ');
}

function sourcesOf(spec: ClaimSpec): Pick<ClaimSpec, 'migratedFrom'> {
  const migratedFrom = migrationSources(spec);
  return migratedFrom === undefined ? {} : { migratedFrom };
}

/** What stays of a claim, whoever takes it. */
function ownerless(spec: ClaimSpec) {
  const { parkedAt: _, podNamespace: __, podName: ___, podUid: ____, controlledBy: _____, ...others } = spec;
  const { migratedFrom: ______, ...rest } = others;
  return rest;
}

function unkept(spec: ClaimSpec) {
  const { ownerKind: _, ownerName: __, keptFor: ___, ...rest } = ownerless(spec);
  return rest;
}

/** An API server takes an empty text in a claim for none at all, and refuses it (Kubernetes 1.20). */
export function podFields(pod: PodRef | undefined): Pick<ClaimSpec, 'podNamespace' | 'podName' | 'podUid'> {
  if (pod === undefined) return {};
  const { namespace, name, uid } = pod;
  return {
    ...(namespace === '' ? {} : { podNamespace: namespace }),
    ...(name === '' ? {} : { podName: name }),
    ...(uid === '' ? {} : { podUid: uid }),
  };
}
