import type { HeldAddress } from '../allocation.ts';

/** Addresses on record whose block this daemon does not have now: they are marked when it is ours again. */
export class UnbackedAddresses {
  /** By block, with their owners. */
  readonly #byBlock = new Map<string, Map<string, string>>();

  add(cidr: string, address: string, owner: string): void {
    const addresses = this.#byBlock.get(cidr) ?? new Map<string, string>();
    this.#byBlock.set(cidr, addresses.set(address, owner));
  }

  delete({ block, address }: Pick<HeldAddress, 'block' | 'address'>): void {
    const addresses = block === undefined ? undefined : this.#byBlock.get(block);
    if (block === undefined || addresses === undefined) return;
    addresses.delete(address);
    if (addresses.size === 0) this.#byBlock.delete(block);
  }

  /** How many wait for this block. */
  countOf(cidr: string): number {
    return this.#byBlock.get(cidr)?.size ?? 0;
  }

  /** Addresses that wait for this block, with their owners. */
  of(cidr: string): readonly (readonly [address: string, owner: string])[] {
    return [...(this.#byBlock.get(cidr) ?? [])];
  }

  all(): readonly string[] {
    return [...this.#byBlock.values()].flatMap((addresses) => [...addresses.keys()]);
  }
}
