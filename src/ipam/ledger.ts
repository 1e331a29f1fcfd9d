import type { Allocation } from './allocation.ts';
import { type Attachment, attachmentKey } from './attachment.ts';

/** Who holds what, indexed by every question that is asked of it. Holds no address twice. */
export class Ledger {
  readonly #byKey = new Map<string, Allocation>();
  readonly #byAddress = new Map<string, string>();
  readonly #byContainer = new Map<string, Set<string>>();

  get size(): number {
    return this.#byKey.size;
  }

  /** @throws Error when one of the addresses is held: the caller's allocators are wrong */
  add(allocation: Allocation): void {
    const key = attachmentKey(allocation.attachment);
    if (this.#byKey.has(key)) throw new Error(`attachment ${key} holds addresses already`);
    for (const { address } of allocation.addresses) {
      const holder = this.#byAddress.get(address);
      if (holder !== undefined) throw new Error(`address ${address} is held by ${holder} already, not for ${key}`);
    }
    this.#byKey.set(key, allocation);
    for (const { address } of allocation.addresses) this.#byAddress.set(address, key);
    const { containerId } = allocation.attachment;
    const keys = this.#byContainer.get(containerId);
    if (keys === undefined) this.#byContainer.set(containerId, new Set([key]));
    else keys.add(key);
  }

  remove(attachment: Attachment): Allocation | undefined {
    const key = attachmentKey(attachment);
    const allocation = this.#byKey.get(key);
    if (allocation === undefined) return undefined;
    this.#byKey.delete(key);
    for (const { address } of allocation.addresses) this.#byAddress.delete(address);
    const keys = this.#byContainer.get(attachment.containerId);
    keys?.delete(key);
    if (keys?.size === 0) this.#byContainer.delete(attachment.containerId);
    return allocation;
  }

  find(attachment: Attachment): Allocation | undefined {
    return this.#byKey.get(attachmentKey(attachment));
  }

  /** @param address canonical text */
  holderOf(address: string): Allocation | undefined {
    const key = this.#byAddress.get(address);
    return key === undefined ? undefined : this.#byKey.get(key);
  }

  ofContainer(containerId: string): readonly Allocation[] {
    return [...(this.#byContainer.get(containerId) ?? [])].flatMap((key) => this.#byKey.get(key) ?? []);
  }

  all(): IterableIterator<Allocation> {
    return this.#byKey.values();
  }
}
