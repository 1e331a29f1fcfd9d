import type { Allocation } from '../allocation.ts';
import { attachmentKey, type PodRef } from '../attachment.ts';
import { Absences } from './absences.ts';
import { isNetnsGone } from './leftovers.ts';
import { defaultReclaimPolicy, type ReclaimPolicy } from './policy.ts';
import type { ReleaseCause } from './release-cause.ts';

export interface SandboxFacts {
  readonly allocations: Iterable<Allocation>;
  readonly hasNetns: (path: string) => boolean;
  /** Does somebody tell of this Pod that it is there? Then its end is told as well, and alone counts. */
  readonly isTold: (pod: PodRef) => boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** An allocation whose container has ended, by what the kernel has of it. */
export interface EndedSandbox {
  readonly allocation: Allocation;
  readonly cause: ReleaseCause;
}

/**
 * Allocations whose network namespaces are gone without a DEL, since the runtime has lost what it knew of them. A Pod that somebody
 * tells of must have another sandbox by then: kubelet makes it when the former one has ended. Of others the time alone tells.
 */
export class EndedSandboxes {
  readonly #policy: ReclaimPolicy;
  readonly #absences = new Absences();
  /** Those in which a namespace was seen. */
  readonly #folders = new Set<string>();

  constructor(policy = defaultReclaimPolicy) {
    this.#policy = policy;
  }

  /** Does this process see into the folder of a namespace? A folder that is not mounted here has none, whatever runs. */
  canSee(netns: string): boolean {
    return this.#folders.has(folderOf(netns));
  }

  find({ allocations, hasNetns, isTold, now }: SandboxFacts): readonly EndedSandbox[] {
    const { sandboxDeadlineMs, sandboxGoneMs } = this.#policy;
    const latest = new Map<string, Allocation>();
    const known: (Allocation & { readonly key: string })[] = [];
    for (const allocation of allocations) {
      const place = placeOf(allocation);
      const other = place === undefined ? undefined : latest.get(place);
      if (place !== undefined && (other === undefined || other.createdAt < allocation.createdAt))
        latest.set(place, allocation);
      const isGone = isNetnsGone(allocation.netns, hasNetns);
      if (isGone === undefined) continue;
      const key = attachmentKey(allocation.attachment);
      if (!isGone) this.#folders.add(folderOf(allocation.netns));
      this.#absences.look(key, !isGone, now);
      known.push({ ...allocation, key });
    }
    this.#absences.retain(new Set(known.map(({ key }) => key)));
    if (sandboxGoneMs === undefined) return [];
    return known.flatMap(({ key, ...allocation }) => {
      const { pod, netns, createdAt } = allocation;
      if (now - createdAt <= sandboxDeadlineMs) return [];
      if (!this.#absences.isLongerThan(key, sandboxGoneMs, now)) return [];
      const successor = latest.get(placeOf(allocation) ?? '');
      const isReplaced = successor !== undefined && attachmentKey(successor.attachment) !== key;
      if (pod !== undefined && isTold(pod) && !isReplaced) return [];
      const then = isReplaced ? `, and its Pod has another container, ${successor.attachment.containerId}` : '';
      return [{ allocation, cause: { reason: 'sandbox-gone', text: `its network namespace ${netns} is gone${then}` } }];
    });
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Of the containers of one Pod one has this interface at a time. @returns undefined: nothing tells of its Pod */
function placeOf({ pod, attachment: { network, ifname } }: Allocation): string | undefined {
  return pod === undefined || pod.uid === '' ? undefined : `${pod.uid}/${network}/${ifname}`;
}
