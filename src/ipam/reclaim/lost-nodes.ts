import type { Block } from '../../resources/block.ts';
import type { Claim } from '../../resources/claim.ts';
import type { PoolResource } from '../../resources/pool.ts';
import { rangesOwner } from '../../resources/ranges-owner.ts';
import type { Stored } from '../../resources/resource.ts';
import { holderOf } from '../claim/claim-state.ts';
import { isSamePod, sandboxDeadlineMs } from './garbage.ts';

/*
 * What a lost node leaves: nobody of it will ever release. A node is lost when the API has no Node object of its name,
 * which is seen twice: in a list, and once more, of this one, just before anything is taken away.
 */

/**
 * Worth a closer look: old enough, of a Pod, and neither where it lives nor the daemon that claimed it is a node any
 * more. A claim that names no Pod is nothing that the API could tell about: its daemon alone may release it.
 * @param nodes names of the nodes of now, listed after the claim was seen
 * @param now milliseconds since 1970
 */
export function isSuspectClaim(
  claim: Stored<Claim>,
  nodes: ReadonlySet<string>,
  now: number,
  deadlineMs = sandboxDeadlineMs,
): boolean {
  const { metadata, spec } = claim;
  const holder = holderOf(claim);
  if (holder === undefined) return false;
  const namesPod = (spec.podNamespace ?? '') !== '' && (spec.podName ?? '') !== '';
  return namesPod && !nodes.has(holder.node) && !nodes.has(holder.daemon) && isOld(metadata, now, deadlineMs);
}

/** What was looked up, of a suspect claim, just before it would be deleted. */
export interface ClaimWitness {
  /** Is its node, or its daemon's, there after all? */
  readonly isNodeThere: boolean;
  /** The Pod that has the name now; undefined: none has it. */
  readonly pod: { readonly uid: string; readonly annotations: Readonly<Record<string, string>> } | undefined;
}

/** @returns why the claim may go; undefined: it stays */
export function reasonToRelease({ spec }: Claim, { isNodeThere, pod }: ClaimWitness): string | undefined {
  const { node, podNamespace = '', podName = '', podUid = '' } = spec;
  const claimant = { namespace: podNamespace, name: podName, uid: podUid };
  if (isNodeThere || (pod !== undefined && isSamePod(claimant, pod))) return undefined;
  const gone = pod === undefined ? 'is gone' : 'is another one now';
  return `node "${node}" is gone, and Pod ${podNamespace}/${podName} ${gone}`;
}

/** A block whose node, and whose daemon's node, is gone, and that is old enough. */
export function isSuspectBlock(
  { metadata, spec }: Stored<Block>,
  nodes: ReadonlySet<string>,
  now: number,
  deadlineMs = sandboxDeadlineMs,
): boolean {
  return !nodes.has(spec.node) && !nodes.has(spec.daemon) && isOld(metadata, now, deadlineMs);
}

/** What was looked up, of a suspect block, just before it would be handed back. */
export interface BlockWitness {
  readonly isNodeThere: boolean;
  /** Claims of the node. */
  readonly claims: number;
  /** Pods that the API still has on the node. */
  readonly pods: number;
}

/** @returns why the block may go back; undefined: it stays */
export function reasonToReturn({ spec }: Block, { isNodeThere, claims, pods }: BlockWitness): string | undefined {
  if (isNodeThere || claims > 0 || pods > 0) return undefined;
  return `node "${spec.node}" is gone, and no Pod or claim of it is left`;
}

/** The pool that a node's ranges were made of, when nothing of it is claimed: its daemon would have deleted it. */
export function isSuspectPool(
  pool: Stored<PoolResource>,
  nodes: ReadonlySet<string>,
  claims: number,
  now: number,
): boolean {
  const node = rangesOwner(pool)?.node;
  return node !== undefined && !nodes.has(node) && claims === 0 && isOld(pool.metadata, now);
}

function isOld(
  { creationTimestamp }: { readonly creationTimestamp: string },
  now: number,
  deadlineMs = sandboxDeadlineMs,
): boolean {
  return now - Date.parse(creationTimestamp) > deadlineMs;
}
