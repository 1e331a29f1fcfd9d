import type { Allocation } from '../allocation.ts';
import { attachmentKey, type PodRef } from '../attachment.ts';
import { type AwaitedRelease, awaitedReleases, type PodEnd } from './awaited.ts';
import { sandboxDeadlineMs, unseenPods } from './garbage.ts';

/** Who knows whether a Pod lives. */
export interface PodLife {
  /** Cheap, and maybe late. */
  isSeen(pod: PodRef): boolean;
  /** The truth. @throws IpamError store-unavailable, permission-denied */
  exists(pod: PodRef): Promise<boolean>;
  /** When a Pod that was deleted should have ended, as the watch shows it, milliseconds since 1970; undefined: it was not. */
  endsAt(pod: PodRef): number | undefined;
}

export interface ReclaimTimeouts {
  /** An allocation younger than this may be of a sandbox that is still being made, milliseconds. */
  readonly sandboxDeadlineMs: number;
  /**
   * A Pod that is deleted by force goes from the API server before its containers end: so long they may take, and
   * so long nobody is asked again, milliseconds.
   */
  readonly goneAfterMs: number;
}

export const defaultReclaimTimeouts: ReclaimTimeouts = { sandboxDeadlineMs, goneAfterMs: 60_000 };

/** Allocations whose Pods are gone for good: their DEL never came, because this daemon or its machine was down. */
export class GonePods {
  readonly #life: PodLife;
  readonly #reclaimTimeouts: ReclaimTimeouts;
  /** What the last answer about the Pod of an attachment was, and when it came, milliseconds since 1970. */
  readonly #answers = new Map<string, { readonly at: number; readonly isGone: boolean }>();
  /** Those whose Pods are not seen, or are ending: few, so that who asks what is waited for does not look at all. */
  #watched: readonly Allocation[] = [];

  constructor(life: PodLife, reclaimTimeouts = defaultReclaimTimeouts) {
    this.#life = life;
    this.#reclaimTimeouts = reclaimTimeouts;
  }

  /** Each was gone a while ago, and was asked for again just now. */
  async *find(allocations: Iterable<Allocation>, now: () => number): AsyncGenerator<Allocation> {
    const { sandboxDeadlineMs: deadlineMs, goneAfterMs } = this.#reclaimTimeouts;
    const held = [...allocations];
    const unseen = unseenPods(held, (pod) => this.#life.isSeen(pod), now(), deadlineMs);
    const keys = new Set(unseen.map(({ attachment }) => attachmentKey(attachment)));
    this.#watched = [...unseen, ...held.filter(({ pod }) => pod !== undefined && this.#life.endsAt(pod) !== undefined)];
    for (const key of this.#answers.keys()) if (!keys.has(key)) this.#answers.delete(key);
    for (const allocation of unseen) {
      const key = attachmentKey(allocation.attachment);
      const before = this.#answers.get(key);
      if (before !== undefined && now() - before.at < goneAfterMs) continue;
      const isGone = !(await this.#life.exists(allocation.pod));
      this.#answers.set(key, { at: now(), isGone });
      if (isGone && before?.isGone) yield allocation;
    }
  }

  /** What stayed taken at the last look although its Pod was gone or should have ended. @param hasNetns is this network namespace there? */
  awaited(hasNetns: (path: string) => boolean, now: number): readonly AwaitedRelease[] {
    const { goneAfterMs } = this.#reclaimTimeouts;
    return this.#watched.flatMap((allocation) => {
      const end = this.#endOf(allocation, now);
      if (end === undefined) return [];
      return awaitedReleases({ allocation, end, hasNetns: hasNetns(allocation.netns), goneAfterMs });
    });
  }

  #endOf({ attachment, pod }: Allocation, now: number): PodEnd | undefined {
    const answer = this.#answers.get(attachmentKey(attachment));
    if (answer?.isGone) return { kind: 'gone', toldAt: answer.at };
    const since = pod === undefined ? undefined : this.#life.endsAt(pod);
    return since === undefined || since > now ? undefined : { kind: 'overdue', since };
  }
}
