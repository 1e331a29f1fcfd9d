import type { Allocation } from './allocation.ts';
import { type Attachment, attachmentKey } from './attachment.ts';

/** Who holds what, indexed by every question that is asked of it. Holds no address twice. */
export class Ledger {
  readonly #byKey = new Map<string, Allocation>();
  readonly #byAddress = new Map<string, string>();
  /** Mostly one key each, and then no list: a restart indexes a hundred thousand. */
  readonly #byContainer = new Map<string, string | readonly string[]>();

  get size(): number {
    return this.#byKey.size;
  }

  /** @throws Error when one of the addresses is held: the caller's allocators are wrong */
  add(allocation: Allocation): void {
    const key = attachmentKey(allocation.attachment);
    this.#requireFree(key, allocation);
    this.#byKey.set(key, allocation);
    for (const { address } of allocation.addresses) this.#byAddress.set(address, key);
    const { containerId } = allocation.attachment;
    const others = this.#byContainer.get(containerId);
    this.#byContainer.set(containerId, others === undefined ? key : [...listOf(others), key]);
  }

  /** The last line of defence before an allocation is put on record. @throws Error when somebody has one of its addresses */
  requireFree(allocation: Allocation): void {
    this.#requireFree(attachmentKey(allocation.attachment), allocation);
  }

  #requireFree(key: string, { addresses }: Allocation): void {
    if (this.#byKey.has(key)) throw new Error(`attachment ${key} holds addresses already`);
    for (const { address } of addresses) {
      const holder = this.#byAddress.get(address);
      if (holder !== undefined) throw new Error(`address ${address} is held by ${holder} already, not for ${key}`);
    }
  }

  remove(attachment: Attachment): Allocation | undefined {
    const key = attachmentKey(attachment);
    const allocation = this.#byKey.get(key);
    if (allocation === undefined) return undefined;
    this.#byKey.delete(key);
    for (const { address } of allocation.addresses) this.#byAddress.delete(address);
    const others = listOf(this.#byContainer.get(attachment.containerId)).filter((other) => other !== key);
    if (others.length === 0) this.#byContainer.delete(attachment.containerId);
    else this.#byContainer.set(attachment.containerId, others);
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
    return listOf(this.#byContainer.get(containerId)).flatMap((key) => this.#byKey.get(key) ?? []);
  }

  all(): IterableIterator<Allocation> {
    return this.#byKey.values();
  }
}

function listOf(keys: string | readonly string[] | undefined): readonly string[] {
  if (keys === undefined) return [];
  return typeof keys === 'string' ? [keys] : keys;
}
