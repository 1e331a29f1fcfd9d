import type { Allocation } from '../../ipam/allocation.ts';
import { type Attachment, attachmentKey } from '../../ipam/attachment.ts';
import { podFields } from '../../ipam/bind/kept-claim.ts';
import { notGivenBack } from '../../ipam/bind/not-given-back.ts';
import { isHeldBy } from '../../ipam/claim/claim-state.ts';
import { isNetnsGone } from '../../ipam/reclaim/leftovers.ts';
import type { ReleaseCause } from '../../ipam/reclaim/release-cause.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { addressKey } from '../../resources/scope.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface FormerContainersParts {
  readonly shared: Pick<SharedClaims, 'everybodys' | 'look'>;
  readonly clock: Clock;
  /** Who has an address by this daemon's record. @param key as `addressKey` makes it */
  readonly holderOf: (key: string) => Allocation | undefined;
  readonly options: Pick<DaemonOptions, 'hasNetns'>;
  readonly release: (attachment: Attachment, cause: ReleaseCause) => Promise<unknown>;
}

/** Of a container whose network namespace is gone, when another one asks for what it has. */
const endedBefore: ReleaseCause = {
  reason: 'sandbox-gone',
  text: 'its network namespace is gone, and whom its address is kept for asks for it again',
};

/** Between two looks whether it has: at what the watch has shown, and at what the store says. */
const [viewMs, askMs] = [100, 500];
/**
 * How long its interface may outlive its DEL, milliseconds: a plugin that wires interfaces has us release the address first, and
 * removes the interface then.
 */
const unpluggedMs = 500;

/** Containers that have what is kept for whoever asks now: those that are gone are ended, the others' DEL is waited for. */
export class FormerContainers {
  readonly #parts: FormerContainersParts;

  constructor(parts: FormerContainersParts) {
    this.#parts = parts;
  }

  /**
   * Of a virtual machine that has moved away and comes back, a container of before may be on this node's record still.
   * @returns whether it was, and is not any more @throws IpamError not-ready: it may have the address
   */
  async end(claim: Stored<Claim>, attachment: Attachment): Promise<boolean> {
    const former = this.#parts.holderOf(addressKey(claim.spec));
    if (former === undefined || attachmentKey(former.attachment) === attachmentKey(attachment)) return false;
    const { node, pod } = former;
    const { containerId } = former.attachment;
    if (!this.#isLeft(former))
      throw notGivenBack({ ...claim, spec: { ...claim.spec, node, containerId, ...podFields(pod) } });
    await this.#parts.release(former.attachment, endedBefore);
    return true;
  }

  /**
   * By what was seen last, another container has it. Asks the store, ends what a container of this node left that is
   * gone without a DEL, and waits for the DEL of any other. Returns when there is something new to look at.
   * @param until milliseconds since 1970
   * @throws IpamError not-ready: it has it still; store-unavailable
   */
  async settle(claim: Stored<Claim>, gone: Set<string>, until: number): Promise<void> {
    const { shared, release } = this.#parts;
    const present = await shared.look(claim);
    if (present === undefined) {
      gone.add(claim.metadata.uid);
      return;
    }
    if (present.metadata.resourceVersion !== claim.metadata.resourceVersion) return;
    const left = this.#leftHere(claim) ?? (await this.#untilGivenBack(claim, until));
    if (left !== undefined) await release(left, endedBefore);
  }

  /** A container of this node that has it on record and is gone, as its network namespace is. */
  #leftHere(claim: Stored<Claim>): Attachment | undefined {
    const holder = this.#parts.holderOf(addressKey(claim.spec));
    if (holder === undefined || !isHeldBy(claim, attachmentKey(holder.attachment))) return undefined;
    return this.#isLeft(holder) ? holder.attachment : undefined;
  }

  /**
   * A Pod that is made anew asks while kubelet still ends the former one: refused, it would come again after ten seconds and more.
   * @returns who has gone without a DEL meanwhile; undefined: the claim has changed
   */
  async #untilGivenBack(claim: Stored<Claim>, until: number): Promise<Attachment | undefined> {
    const { shared, clock } = this.#parts;
    const { signal } = new AbortController();
    while (clock.elapsed() < until) {
      await clock.pause(shared.everybodys.areAsked ? askMs : viewMs, signal);
      const left = this.#leftHere(claim);
      if (left !== undefined) return left;
      const present = await shared.everybodys.now(claim.spec);
      if (present?.metadata.resourceVersion === claim.metadata.resourceVersion) continue;
      await clock.pause(unpluggedMs, signal);
      return undefined;
    }
    throw notGivenBack(claim);
  }
  #isLeft({ netns }: Allocation): boolean {
    const { hasNetns } = this.#parts.options;
    return hasNetns !== undefined && isNetnsGone(netns, hasNetns) === true;
  }
}
