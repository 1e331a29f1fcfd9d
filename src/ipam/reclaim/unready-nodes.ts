import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { identityOfClaim } from '../bind/kept-claim.ts';
import { holderOf } from '../claim/claim-state.ts';
import { isSamePod } from './garbage.ts';
import type { PodState } from './pod-state.ts';
import type { ReleaseCause } from './release-cause.ts';

/*
 * What a node holds that is there and says nothing. Nobody can look at its network namespaces from elsewhere, and its containers
 * may run on: that their addresses come back all the same rests on the word of an operator.
 */

/** What the API says of a node. */
export interface NodeState {
  readonly isReady: boolean;
  /** Since when it is ready or not, milliseconds since 1970; NaN: nothing tells. */
  readonly since: number;
  /** An operator says that it is shut down: the taint `node.kubernetes.io/out-of-service`. */
  readonly isOutOfService: boolean;
}

export interface UnreadyPolicy {
  /** A claim younger than this may be of a sandbox that is still being made, milliseconds. */
  readonly sandboxDeadlineMs: number;
  /** Does a Pod's address come back that should have ended, whatever its node does? An identity's never does. */
  readonly isTerminatingEnough: boolean;
  /** How long after its grace period, milliseconds. */
  readonly terminatingDelayMs: number;
  /** After how long a node counts as shut down, milliseconds; undefined: never by itself. */
  readonly nodeNotReadyMs: number | undefined;
}

/** Worth a closer look. @param nodes as they were listed after the claim was seen @param now milliseconds since 1970 */
export function isOnUnready(
  claim: Stored<Claim>,
  nodes: ReadonlyMap<string, NodeState>,
  policy: UnreadyPolicy,
  now: number,
): boolean {
  const { metadata, spec } = claim;
  const holder = holderOf(claim);
  if (holder === undefined || (spec.podNamespace ?? '') === '' || (spec.podName ?? '') === '') return false;
  const node = nodes.get(holder.node);
  if (node === undefined || node.isReady || now - Date.parse(metadata.creationTimestamp) <= policy.sandboxDeadlineMs)
    return false;
  return policy.isTerminatingEnough || whyDown(node, policy, now) !== undefined;
}

/** What was looked up, of such a claim, just before it would be released. */
export interface UnreadyWitness {
  /** Undefined: it is not there, which is another rule. */
  readonly node: NodeState | undefined;
  /** The Pod that has the name now; undefined: none has it. */
  readonly pod:
    | { readonly uid: string; readonly annotations: Readonly<Record<string, string>>; readonly state: PodState }
    | undefined;
}

/** @param now milliseconds since 1970 @returns why the address comes back; undefined: it stays */
export function whyReleasedOfUnready(
  claim: Claim,
  { node, pod }: UnreadyWitness,
  policy: UnreadyPolicy,
  now: number,
): ReleaseCause | undefined {
  if (node === undefined || node.isReady) return undefined;
  const { node: name, podNamespace: namespace = '', podName = '', podUid: uid = '' } = claim.spec;
  const title = `Pod ${namespace}/${podName}`;
  const isThere = pod !== undefined && isSamePod({ namespace, name: podName, uid }, pod);
  const what = isThere ? howEnded(pod.state, policy, now) : 'is gone';
  if (what === undefined) return undefined;
  const down = whyDown(node, policy, now);
  if (down !== undefined) return { reason: 'node-not-ready', text: `node "${name}" ${down}, and ${title} ${what}` };
  const isOverdue = isThere && pod.state.kind === 'terminating';
  if (!isOverdue || !policy.isTerminatingEnough || identityOfClaim(claim) !== undefined) return undefined;
  return { reason: 'pod-terminating-node-not-ready', text: `${title} ${what}, and node "${name}" is not ready` };
}

/** @returns undefined: it has not */
function howEnded(state: PodState, { terminatingDelayMs }: UnreadyPolicy, now: number): string | undefined {
  if (state.kind === 'finished') return `is ${state.phase}`;
  if (state.kind !== 'terminating' || state.endsAt + terminatingDelayMs > now) return undefined;
  return `should have ended at ${new Date(state.endsAt).toISOString()}`;
}

/** @returns why nothing of a node runs any more; undefined: it may */
function whyDown(
  { since, isOutOfService }: NodeState,
  { nodeNotReadyMs }: UnreadyPolicy,
  now: number,
): string | undefined {
  if (isOutOfService) return 'is out of service';
  // A time that cannot be read is no time that has passed.
  if (nodeNotReadyMs === undefined || !(now - since >= nodeNotReadyMs)) return undefined;
  return `has not been ready since ${new Date(since).toISOString()}`;
}
