import type { Allocation } from '../allocation.ts';
import { attachmentKey, type PodRef } from '../attachment.ts';
import { type AwaitedRelease, awaitedReleases, type PodEnd } from './awaited.ts';
import { isNetnsGone } from './leftovers.ts';
import type { PodState } from './pod-state.ts';
import { defaultReclaimPolicy, type ReclaimPolicy } from './policy.ts';
import type { ReleaseCause } from './release-cause.ts';

/** Who knows whether a Pod lives. */
export interface PodLife {
  /** Cheap, and maybe late. @returns undefined: it is not seen */
  seen(pod: PodRef): PodState | undefined;
  /** The truth. @throws IpamError store-unavailable, permission-denied */
  look(pod: PodRef): Promise<PodState>;
}

interface Answer {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: PodState;
}

/** An allocation, and what shows that its Pod has ended. */
export interface Ended {
  readonly allocation: Allocation;
  readonly cause: ReleaseCause;
  /** What was seen of its network namespace is for the caller to see: of a Pod that is there it must be known to be gone. */
  readonly isPodThere: boolean;
}

/**
 * Allocations whose Pods have ended: their DEL never came, because this daemon, its machine or the CNI executables were away.
 * What a watch shows is only a reason to ask: it may be late, and an ADD may be younger than its Pod's appearance there.
 */
export class EndedPods {
  readonly #life: PodLife;
  readonly #policy: ReclaimPolicy;
  /** What the last answer about the Pod of an attachment was. */
  readonly #answers = new Map<string, Answer>();
  /** Those that may have ended: few, so that who asks what is waited for does not look at all. */
  #watched: readonly Allocation[] = [];

  constructor(life: PodLife, policy = defaultReclaimPolicy) {
    this.#life = life;
    this.#policy = policy;
  }

  /** Each was asked for just now. @param now milliseconds since 1970 */
  async *find(allocations: Iterable<Allocation>, now: () => number): AsyncGenerator<Ended> {
    const { goneAfterMs } = this.#policy;
    this.#watched = [...allocations].filter((one) => this.#mayHaveEnded(one, now()));
    const keys = new Set(this.#watched.map(({ attachment }) => attachmentKey(attachment)));
    for (const key of this.#answers.keys()) if (!keys.has(key)) this.#answers.delete(key);
    for (const allocation of this.#watched) {
      const { pod, attachment } = allocation;
      if (pod === undefined || !this.#isWorthAQuestion(pod, now())) continue;
      const key = attachmentKey(attachment);
      const before = this.#answers.get(key);
      // Somebody may have set the clock: a time to come is no reason to wait for it.
      if (before !== undefined && Math.abs(now() - before.at) < goneAfterMs) continue;
      const state = await this.#life.look(pod);
      this.#answers.set(key, { at: now(), state });
      const cause = this.#causeOf(pod, state, before?.state, now());
      if (cause !== undefined) yield { allocation, cause, isPodThere: state.kind !== 'gone' };
    }
  }

  /** What stayed taken at the last look although its Pod has ended, or should have. @param hasNetns is this network namespace there? */
  awaited(hasNetns: (path: string) => boolean, now: number): readonly AwaitedRelease[] {
    return this.#watched.flatMap((allocation) => {
      const end = this.#endOf(allocation, now);
      if (end === undefined) return [];
      const isNetnsThere =
        end.kind === 'gone' ? hasNetns(allocation.netns) : isNetnsGone(allocation.netns, hasNetns) !== true;
      return awaitedReleases({ allocation, end, hasNetns: isNetnsThere, policy: this.#policy });
    });
  }

  #mayHaveEnded({ pod, createdAt }: Allocation, now: number): boolean {
    if (pod === undefined || !this.#policy.isOn) return false;
    const seen = this.#life.seen(pod);
    // An ADD may be younger than its Pod's appearance there. One that is to come was recorded by a clock that somebody has set since.
    return seen === undefined ? Math.abs(now - createdAt) > this.#policy.sandboxDeadlineMs : seen.kind !== 'lives';
  }

  /** The end of a grace period need not be asked for before it has come. */
  #isWorthAQuestion(pod: PodRef, now: number): boolean {
    const { isTerminatingEnough, terminatingDelayMs } = this.#policy;
    const seen = this.#life.seen(pod);
    return seen?.kind !== 'terminating' || (isTerminatingEnough && seen.endsAt + terminatingDelayMs <= now);
  }

  /** @param before what was answered for this attachment before; one answer alone shows no time that has passed */
  #causeOf(pod: PodRef, state: PodState, before: PodState | undefined, now: number): ReleaseCause | undefined {
    const { isTerminatingEnough, terminatingDelayMs } = this.#policy;
    const name = `Pod ${pod.namespace}/${pod.name}`;
    if (state.kind === 'gone' && before?.kind === 'gone')
      return { reason: 'pod-gone', text: `${name} is gone from the API server, asked twice` };
    if (state.kind === 'finished' && before?.kind === 'finished')
      return { reason: 'pod-finished', text: `${name} is ${state.phase}, and its network namespace is gone` };
    if (state.kind === 'terminating' && isTerminatingEnough && state.endsAt + terminatingDelayMs <= now) {
      const since = new Date(state.endsAt).toISOString();
      return {
        reason: 'pod-terminating',
        text: `${name} should have ended at ${since}, and its network namespace is gone`,
      };
    }
    return undefined;
  }

  #endOf({ attachment, pod }: Allocation, now: number): PodEnd | undefined {
    const answer = this.#answers.get(attachmentKey(attachment));
    if (answer?.state.kind === 'gone') return { kind: 'gone', toldAt: answer.at };
    if (answer?.state.kind === 'finished') return { kind: 'finished', phase: answer.state.phase, toldAt: answer.at };
    const seen = pod === undefined ? undefined : this.#life.seen(pod);
    return seen?.kind !== 'terminating' || seen.endsAt > now ? undefined : { kind: 'overdue', since: seen.endsAt };
  }
}
