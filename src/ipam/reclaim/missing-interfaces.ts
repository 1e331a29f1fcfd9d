import type { Allocation } from '../allocation.ts';
import { attachmentKey } from '../attachment.ts';
import { Absences } from './absences.ts';
import type { EndedSandbox } from './ended-sandboxes.ts';

/** An interface of a network namespace, as the kernel has it. */
export interface KernelInterface {
  readonly name: string;
  /** Canonical, without a length. */
  readonly addresses: readonly string[];
}

export interface InterfaceFacts {
  readonly allocations: readonly Allocation[];
  /** What is in the namespace of an attachment; undefined: nothing tells. By `attachmentKey`. */
  readonly found: ReadonlyMap<string, readonly KernelInterface[] | undefined>;
  /** How long it must have been away, milliseconds. */
  readonly afterMs: number;
  readonly sandboxDeadlineMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Allocations whose interface is not in their namespace any more: a plugin has removed it, and the DEL after that has not come
 * here. One that was renamed has the address still, and one that is no interface of the kernel (SR-IOV with VFIO) was never there:
 * neither is missed.
 */
export class MissingInterfaces {
  readonly #absences = new Absences();

  find({ allocations, found, afterMs, sandboxDeadlineMs, now }: InterfaceFacts): readonly EndedSandbox[] {
    this.#absences.retain(new Set(allocations.map(({ attachment }) => attachmentKey(attachment))));
    return allocations.flatMap((allocation) => {
      const { attachment, createdAt, netns } = allocation;
      const key = attachmentKey(attachment);
      const present = found.get(key);
      if (present === undefined) return [];
      this.#absences.look(
        key,
        present.some((one) => isOf(allocation, one)),
        now,
      );
      if (now - createdAt <= sandboxDeadlineMs || !this.#absences.isLongerThan(key, afterMs, now)) return [];
      const text = `interface ${attachment.ifname} is not in its network namespace ${netns} any more, nor is its address on another one`;
      return [{ allocation, cause: { reason: 'interface-missing', text } }];
    });
  }
}

function isOf({ attachment, addresses }: Allocation, { name, addresses: has }: KernelInterface): boolean {
  return name === attachment.ifname || addresses.some(({ address }) => has.includes(address));
}
