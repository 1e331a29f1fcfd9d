import type { Claim } from '../resources/claim.ts';
import type { Stored } from '../resources/resource.ts';
import type { Allocation } from './allocation.ts';
import { type Attachment, attachmentKey } from './attachment.ts';

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

/** How long an ADD may take from its first write to its record, in milliseconds: kubelet gives a sandbox four minutes. */
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
): readonly Stored<Claim>[] {
  return claims.filter(
    (claim) =>
      claim.spec.daemon === daemon &&
      !isHeld(claim) &&
      now - Date.parse(claim.metadata.creationTimestamp) > sandboxDeadlineMs,
  );
}
