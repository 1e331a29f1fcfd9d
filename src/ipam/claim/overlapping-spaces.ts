import type { Address } from '../../ip/address.ts';
import { formatPrefix, prefixOf } from '../../ip/prefix.ts';
import { scopeOf } from '../../resources/scope.ts';
import type { AddressSpace } from './address-space.ts';

/** The address spaces of shared pools by where they lie. Pools of networks' ranges may overlap, and then share addresses. */
export class OverlappingSpaces {
  readonly #byPlace = new Map<string, Set<AddressSpace>>();
  /** How many places there are of each family and prefix length: few, so that looking one up is asking for each. */
  readonly #lengths = new Map<string, { readonly family: 4 | 6; readonly length: number; places: number }>();

  add(space: AddressSpace): void {
    const { subnet, name } = space.pool;
    const key = placeOf(scopeOf(name), formatPrefix(subnet));
    const spaces = this.#byPlace.get(key);
    if (spaces !== undefined) {
      spaces.add(space);
      return;
    }
    this.#byPlace.set(key, new Set([space]));
    const { family } = subnet.address;
    const known = this.#lengths.get(`${family}/${subnet.length}`);
    if (known === undefined)
      this.#lengths.set(`${family}/${subnet.length}`, { family, length: subnet.length, places: 1 });
    else known.places += 1;
  }

  delete(space: AddressSpace): void {
    const { subnet, name } = space.pool;
    const key = placeOf(scopeOf(name), formatPrefix(subnet));
    const spaces = this.#byPlace.get(key);
    if (spaces?.delete(space) !== true || spaces.size > 0) return;
    this.#byPlace.delete(key);
    const length = `${subnet.address.family}/${subnet.length}`;
    const known = this.#lengths.get(length);
    if (known === undefined) return;
    known.places -= 1;
    if (known.places === 0) this.#lengths.delete(length);
  }

  /** The spaces of a scope whose subnets have this address. */
  *at(scope: string, address: Address): Generator<AddressSpace> {
    for (const { family, length } of this.#lengths.values()) {
      if (family !== address.family) continue;
      yield* this.#byPlace.get(placeOf(scope, formatPrefix(prefixOf(address, length)))) ?? [];
    }
  }
}

function placeOf(scope: string, cidr: string): string {
  return `${cidr} ${scope}`;
}
