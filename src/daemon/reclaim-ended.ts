import type { Allocation } from '../ipam/allocation.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import type { AwaitedRelease } from '../ipam/reclaim/awaited.ts';
import { EndedPods, type PodLife } from '../ipam/reclaim/ended-pods.ts';
import { EndedSandboxes } from '../ipam/reclaim/ended-sandboxes.ts';
import { isNetnsGone } from '../ipam/reclaim/leftovers.ts';
import { type KernelInterface, MissingInterfaces } from '../ipam/reclaim/missing-interfaces.ts';
import type { ReclaimPolicy } from '../ipam/reclaim/policy.ts';
import type { ReleaseCause } from '../ipam/reclaim/release-cause.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { NodeIpam } from './allocation/node-ipam.ts';

export interface ReclaimEndedParts {
  readonly ipam: NodeIpam;
  /** Who knows whether Pods live; undefined: nobody. */
  readonly podLife?: PodLife;
  readonly policy: ReclaimPolicy;
  /** Is a network namespace of this path on the machine? Absent: a Pod that is gone has ended. */
  readonly hasNetns?: (path: string) => boolean;
  /** What is in one; absent: nobody looks. */
  readonly interfacesIn?: (netns: string) => Promise<readonly KernelInterface[] | undefined>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks at all interfaces within the time that one must have been away. */
const looksInTime = 4;

/** Takes back what containers have that ended without a DEL. */
export class ReclaimEnded {
  readonly #parts: ReclaimEndedParts;
  readonly #hasNetns: (path: string) => boolean;
  readonly #pods: EndedPods | undefined;
  readonly #sandboxes: EndedSandboxes;
  readonly #interfaces = new MissingInterfaces();
  /** When interfaces were looked at last, milliseconds since 1970. */
  #lookedAt = 0;

  constructor(parts: ReclaimEndedParts) {
    const { podLife, policy } = parts;
    this.#parts = parts;
    this.#hasNetns = parts.hasNetns ?? (() => false);
    this.#pods = podLife === undefined ? undefined : new EndedPods(podLife, policy);
    this.#sandboxes = new EndedSandboxes(policy);
  }

  /** One round. @throws IpamError store-unavailable, permission-denied: nobody tells of Pods; the rest was looked at before */
  async round(): Promise<void> {
    if (!this.#parts.policy.isOn) return;
    await this.#releaseSandboxes();
    await this.#releaseWithoutInterface();
    await this.#releasePods();
  }

  /** What stays taken although its Pod has ended or should have, and what it waits for. */
  awaited(): readonly AwaitedRelease[] {
    const { ipam, clock } = this.#parts;
    const awaited = this.#pods?.awaited(this.#hasNetns, clock.now()) ?? [];
    // Released since that look, it waits no more.
    return awaited.filter(({ subject }) => ipam.ledger.holdersOf(subject).length > 0);
  }

  async #releasePods(): Promise<void> {
    const { ipam, clock, log } = this.#parts;
    const hasNetns = this.#hasNetns;
    if (this.#pods === undefined) return;
    for await (const { allocation, cause, isPodThere } of this.#pods.find(ipam.ledger.all(), () => clock.now())) {
      const { attachment, pod, netns } = allocation;
      // With a kubelet that is down, containers outlive their Pod: whoever got the address would share it with them.
      const isEnded = isPodThere ? this.#isKnownGone(netns) : !hasNetns(netns);
      if (isEnded) await this.#release(allocation, cause);
      else log.warn({ attachment, pod, netns }, `${nameOf(cause)}, but not its network namespace: what it holds stays`);
    }
  }

  #isKnownGone(netns: string): boolean {
    return this.#sandboxes.canSee(netns) && isNetnsGone(netns, this.#hasNetns) === true;
  }

  async #releaseSandboxes(): Promise<void> {
    const { ipam, podLife, clock } = this.#parts;
    const isTold: Parameters<EndedSandboxes['find']>[0]['isTold'] = () => podLife !== undefined;
    const facts = { allocations: ipam.ledger.all(), hasNetns: this.#hasNetns, isTold, now: clock.now() };
    for (const { allocation, cause } of this.#sandboxes.find(facts)) await this.#release(allocation, cause);
  }

  async #releaseWithoutInterface(): Promise<void> {
    const { ipam, policy, interfacesIn, clock } = this.#parts;
    const { interfaceMissingMs: afterMs, sandboxDeadlineMs } = policy;
    if (afterMs === undefined || interfacesIn === undefined) return;
    if (Math.abs(clock.now() - this.#lookedAt) < afterMs / looksInTime) return;
    this.#lookedAt = clock.now();
    const allocations = [...ipam.ledger.all()].filter(({ netns }) => isNetnsGone(netns, this.#hasNetns) === false);
    const found = new Map<string, readonly KernelInterface[] | undefined>();
    // One after the other: each is a process, and nobody waits for it.
    for (const { attachment, netns } of allocations) found.set(attachmentKey(attachment), await interfacesIn(netns));
    const facts = { allocations, found, afterMs, sandboxDeadlineMs, now: clock.now() };
    for (const { allocation, cause } of this.#interfaces.find(facts)) await this.#release(allocation, cause);
  }

  /** One that cannot be released must not stop the others. What a DEL and an ADD have put in its place meanwhile stays. */
  async #release(allocation: Allocation, cause: ReleaseCause): Promise<void> {
    const { ipam, log } = this.#parts;
    const { attachment, createdAt } = allocation;
    try {
      await ipam.releaseEarly(attachment, cause, () => ipam.find(attachment)?.createdAt === createdAt);
    } catch (error) {
      log.warn({ err: error, attachment, ...cause }, 'could not release it; trying again at the next round');
    }
  }
}

function nameOf({ reason }: ReleaseCause): string {
  if (reason === 'pod-gone') return 'a Pod is gone';
  return reason === 'pod-finished' ? 'a Pod is finished' : 'a Pod should have ended';
}
