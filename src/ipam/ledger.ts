import { addressKey, inScope, scopeOf } from '../resources/scope.ts';
import type { Allocation, HeldAddress } from './allocation.ts';
import { type Attachment, attachmentKey } from './attachment.ts';

/** Who holds what, by container and by address. Holds no address of a scope twice. */
export class Ledger {
  /** Mostly one allocation each, and then no list: a restart indexes a hundred thousand. */
  readonly #byContainer = new Map<string, Allocation | readonly Allocation[]>();
  /** By `addressKey`. */
  readonly #byAddress = new Map<string, Allocation>();
  /** How many addresses of each pool are held; of none there is no entry. */
  readonly #byPool = new Map<string, number>();
  /** Those in which an address was ever held. */
  readonly #scopes = new Set<string>();
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
    for (const held of allocation.addresses) {
      this.#byAddress.set(addressKey(held), allocation);
      this.#count(held.pool, 1);
      this.#scopes.add(scopeOf(held.pool));
    }
    this.#size += 1;
  }

  /** The last line of defence before an allocation is put on record. @throws Error when somebody has one of its addresses */
  requireFree({ attachment, addresses }: Allocation): void {
    if (this.find(attachment) !== undefined) {
      throw new Error(`attachment ${attachmentKey(attachment)} holds addresses already`);
    }
    for (const held of addresses) {
      const holder = this.#byAddress.get(addressKey(held));
      if (holder === undefined) continue;
      const [has, wants] = [attachmentKey(holder.attachment), attachmentKey(attachment)];
      throw new Error(`address ${addressKey(held)} is held by ${has} already, not for ${wants}`);
    }
  }

  remove(attachment: Attachment): Allocation | undefined {
    const allocation = this.find(attachment);
    if (allocation === undefined) return undefined;
    for (const held of allocation.addresses) {
      this.#byAddress.delete(addressKey(held));
      this.#count(held.pool, -1);
    }
    const others = this.ofContainer(attachment.containerId).filter((other) => other !== allocation);
    if (others.length === 0) this.#byContainer.delete(attachment.containerId);
    else this.#byContainer.set(attachment.containerId, others);
    this.#size -= 1;
    return allocation;
  }

  find(attachment: Attachment): Allocation | undefined {
    const held = this.#byContainer.get(attachment.containerId);
    // What nearly every ADD finds, several times.
    return held === undefined ? undefined : amongThose(listOf(held), attachment);
  }

  /** @param key as `addressKey` makes it */
  holderOf(key: string): Allocation | undefined {
    return this.#byAddress.get(key);
  }

  /** Who holds an address, in whichever scope. @param address canonical text */
  holdersOf(address: string): readonly Allocation[] {
    return [...this.#scopes].flatMap((scope) => this.#byAddress.get(inScope(address, scope)) ?? []);
  }

  /** Is this address on record as this attachment's? */
  holds(attachment: Attachment, claimed: Pick<HeldAddress, 'address' | 'pool'>): boolean {
    const key = addressKey(claimed);
    return this.find(attachment)?.addresses.some((held) => addressKey(held) === key) ?? false;
  }

  ofContainer(containerId: string): readonly Allocation[] {
    return listOf(this.#byContainer.get(containerId));
  }

  /** Every address that came of a shared pool. */
  *shared(): Generator<HeldAddress> {
    for (const { addresses } of this.all()) yield* addresses.filter(({ block }) => block === undefined);
  }

  /** Pools of which something is held. */
  pools(): Iterable<string> {
    return this.#byPool.keys();
  }

  /** Is something of a pool held? */
  hasPool(pool: string): boolean {
    return this.#byPool.has(pool);
  }

  *all(): Generator<Allocation> {
    for (const allocations of this.#byContainer.values()) yield* listOf(allocations);
  }

  #count(pool: string, change: 1 | -1): void {
    const held = (this.#byPool.get(pool) ?? 0) + change;
    if (held === 0) this.#byPool.delete(pool);
    else this.#byPool.set(pool, held);
  }
}

const none: readonly Allocation[] = [];

function amongThose(held: readonly Allocation[], { network, ifname }: Attachment): Allocation | undefined {
  return held.find(({ attachment }) => attachment.network === network && attachment.ifname === ifname);
}

function listOf(held: Allocation | readonly Allocation[] | undefined): readonly Allocation[] {
  if (held === undefined) return none;
  return isList(held) ? held : [held];
}

function isList(held: Allocation | readonly Allocation[]): held is readonly Allocation[] {
  return Array.isArray(held);
}
