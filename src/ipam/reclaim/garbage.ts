import type { Claim } from '../../resources/claim.ts';
import { originalCreationTime } from '../../resources/migration-marks.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Allocation } from '../allocation.ts';
import { type Attachment, attachmentKey, type PodRef } from '../attachment.ts';
import { isOfDaemon } from '../claim/claim-state.ts';

export interface Release {
  readonly attachment: Attachment;
  readonly reason: string;
}

/**
 * CNI GC: what the runtime no longer knows of its network on this node may go. The runtime promises that no
 * ADD or DEL is under way (CNI 1.1.0, section 3), so its list is evidence.
 */
export function staleAttachments(
  allocations: Iterable<Allocation>,
  network: string,
  node: string,
  valid: readonly Omit<Attachment, 'network'>[],
): readonly Release[] {
  const live = new Set(valid.map((attachment) => attachmentKey({ ...attachment, network })));
  const stale: Release[] = [];
  for (const { attachment, node: holder } of allocations) {
    if (attachment.network !== network || holder !== node || live.has(attachmentKey(attachment))) continue;
    stale.push({ attachment, reason: 'not among the valid attachments of the CNI GC call' });
  }
  return stale;
}

/**
 * How long an ADD may take from its first write to its record, in milliseconds, unless the daemon is told otherwise:
 * kubelet gives a sandbox four minutes.
 */
export const sandboxDeadlineMs = 5 * 60_000;

/**
 * Claims of this daemon with no record behind them: the daemon died between the claim and the record, so the
 * runtime never saw the address. A young claim may belong to an ADD in flight and is never garbage.
 */
export function orphanedClaims(
  claims: readonly Stored<Claim>[],
  daemon: string,
  isHeld: (claim: Claim) => boolean,
  now: number,
  deadlineMs = sandboxDeadlineMs,
): readonly Stored<Claim>[] {
  return claims.filter(
    (claim) =>
      // What is parked needs no record, and is its identity's.
      isOfDaemon(claim, daemon) && !isHeld(claim) && now - Date.parse(claim.metadata.creationTimestamp) > deadlineMs,
  );
}

/** How much the clocks of a node and of its API server may differ, milliseconds. */
const clockSkewMs = 5_000;

/**
 * May the record behind a claim have been lost with its disk, while the container runs on? A claim that is younger than the
 * journal and has no record was never answered; an older one is garbage only when its Pod is gone.
 * @param begun when the journal was begun, milliseconds since 1970
 * @returns the Pod to ask for; undefined: the claim needs nobody's word
 */
export function podToVerify({ metadata, spec }: Stored<Claim>, begun: number): PodRef | undefined {
  // A copy in another engine is as old as what it was made of.
  if (Date.parse(originalCreationTime(metadata) ?? '') > begun + clockSkewMs) return undefined;
  const { podNamespace: namespace, podName: name, podUid: uid = '' } = spec;
  return namespace === undefined || name === undefined ? undefined : { namespace, name, uid };
}

/** As kubelet marks the Pod that it shows for one of its own (a static Pod), whose uid the runtime knows. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Is the Pod that an API server shows under a name the one that a runtime spoke of? A name alone says little. */
export function isSamePod(
  pod: PodRef,
  seen: { readonly uid: string; readonly annotations: Readonly<Record<string, string>> },
): boolean {
  return pod.uid === '' || pod.uid === seen.uid || pod.uid === seen.annotations[mirrorAnnotation];
}
