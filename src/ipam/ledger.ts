import type { Allocation } from './allocation.ts';
import { type Attachment, attachmentKey } from './attachment.ts';

/** Who holds what, by container and by address. Holds no address twice. */
export class Ledger {
  /** Mostly one allocation each, and then no list: a restart indexes a hundred thousand. */
  readonly #byContainer = new Map<string, Allocation | readonly Allocation[]>();
  readonly #byAddress = new Map<string, Allocation>();
  #size = 0;

  /** How many attachments hold addresses. */
  get size(): number {
    return this.#size;
  }

  /** @throws Error when one of the addresses is held: the caller's allocators are wrong */
  add(allocation: Allocation): void {
    this.requireFree(allocation);
    const { containerId } = allocation.attachment;
    const others = this.#byContainer.get(containerId);
    this.#byContainer.set(containerId, others === undefined ? allocation : [...listOf(others), allocation]);
    for (const { address } of allocation.addresses) this.#byAddress.set(address, allocation);
    this.#size += 1;
  }

  /** The last line of defence before an allocation is put on record. @throws Error when somebody has one of its addresses */
  requireFree({ attachment, addresses }: Allocation): void {
    if (this.find(attachment) !== undefined) {
      throw new Error(`attachment ${attachmentKey(attachment)} holds addresses already`);
    }
    for (const { address } of addresses) {
      const holder = this.#byAddress.get(address);
      if (holder === undefined) continue;
      const [has, wants] = [attachmentKey(holder.attachment), attachmentKey(attachment)];
      throw new Error(`address ${address} is held by ${has} already, not for ${wants}`);
    }
  }

  remove(attachment: Attachment): Allocation | undefined {
    const allocation = this.find(attachment);
    if (allocation === undefined) return undefined;
    for (const { address } of allocation.addresses) this.#byAddress.delete(address);
    const others = this.ofContainer(attachment.containerId).filter((other) => other !== allocation);
    if (others.length === 0) this.#byContainer.delete(attachment.containerId);
    else this.#byContainer.set(attachment.containerId, others);
    this.#size -= 1;
    return allocation;
  }

  find({ network, containerId, ifname }: Attachment): Allocation | undefined {
    return this.ofContainer(containerId).find(
      ({ attachment }) => attachment.network === network && attachment.ifname === ifname,
    );
  }

  /** @param address canonical text */
  holderOf(address: string): Allocation | undefined {
    return this.#byAddress.get(address);
  }

  /** Is this address on record as this attachment's? @param address canonical text */
  holds(attachment: Attachment, address: string): boolean {
    return this.find(attachment)?.addresses.some((held) => held.address === address) ?? false;
  }

  ofContainer(containerId: string): readonly Allocation[] {
    return listOf(this.#byContainer.get(containerId));
  }

  *all(): Generator<Allocation> {
    for (const allocations of this.#byContainer.values()) yield* listOf(allocations);
  }
}

const none: readonly Allocation[] = [];

function listOf(held: Allocation | readonly Allocation[] | undefined): readonly Allocation[] {
  if (held === undefined) return none;
  return isList(held) ? held : [held];
}

function isList(held: Allocation | readonly Allocation[]): held is readonly Allocation[] {
  return Array.isArray(held);
}
