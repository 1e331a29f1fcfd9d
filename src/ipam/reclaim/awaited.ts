import type { Allocation } from '../allocation.ts';
import type { ReclaimPolicy } from './policy.ts';

/** An address that stays taken although its Pod is gone or should be: no broken promise, and what it waits for. */
export interface AwaitedRelease {
  /** The address. */
  readonly subject: string;
  /** Who is waited for, and what to do when that takes too long. */
  readonly message: string;
  /** When it comes back, milliseconds since 1970; undefined: when somebody else has acted. */
  readonly until: number | undefined;
}

/** What is known of the Pod of an allocation that is gone, or should be. Times in milliseconds since 1970. */
export type PodEnd =
  /** The API server has it no more, and said so at this time. */
  | { readonly kind: 'gone'; readonly toldAt: number }
  /** All its containers have ended, as the API server said at this time. */
  | { readonly kind: 'finished'; readonly phase: string; readonly toldAt: number }
  /** It was deleted, and its grace period was over at this time. */
  | { readonly kind: 'overdue'; readonly since: number };

export interface AwaitedFacts {
  readonly allocation: Allocation;
  readonly end: PodEnd;
  /** Is its network namespace still on the machine, or may it be? */
  readonly hasNetns: boolean;
  readonly policy: Pick<ReclaimPolicy, 'goneAfterMs' | 'isTerminatingEnough' | 'terminatingDelayMs'>;
}

/** What holds each address of one allocation. A runtime that cannot run the CNI executables never sends the DEL. */
export function awaitedReleases(facts: AwaitedFacts): readonly AwaitedRelease[] {
  const { allocation } = facts;
  const message = reasonOf(facts);
  const until = facts.hasNetns ? undefined : comesBackAt(facts);
  return allocation.addresses.map(({ address }) => ({ subject: address, message, until }));
}

/** Of one whose namespace is gone. */
function comesBackAt({ end, policy }: AwaitedFacts): number | undefined {
  const { goneAfterMs, isTerminatingEnough, terminatingDelayMs } = policy;
  if (end.kind !== 'overdue') return end.toldAt + goneAfterMs;
  return isTerminatingEnough ? end.since + terminatingDelayMs : undefined;
}

function reasonOf({ allocation: { pod, netns, attachment }, end, hasNetns }: AwaitedFacts): string {
  const name = `Pod ${pod?.namespace}/${pod?.name}`;
  const remedy =
    'see to it that kubelet and the container runtime run, and that the CNI executables are where it looks';
  if (end.kind === 'finished')
    return hasNetns
      ? `${name} is ${end.phase}, but its network namespace ${netns} is not gone: the container runtime has yet to end it: ${remedy}`
      : `${name} is ${end.phase}: the API server was asked at ${timeText(end.toldAt)}, and is asked once more before the address is released`;
  if (end.kind === 'overdue')
    return `${name} is deleted and should have ended at ${timeText(end.since)}; kubelet has not ended container ${attachment.containerId} yet: ${remedy}`;
  return hasNetns
    ? `${name} is gone, but its network namespace ${netns} is not: the container runtime has yet to end it: ${remedy}`
    : `${name} is gone: the API server was asked at ${timeText(end.toldAt)}, and is asked once more before the address is released`;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
