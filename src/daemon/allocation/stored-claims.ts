import { type Address, parseAddress } from '../../ip/address.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { problemOf } from '../../resources/malformed.ts';
import { addressName } from '../../resources/names.ts';
import type { Stored } from '../../resources/resource.ts';
import { inScope, scopeOf } from '../../resources/scope.ts';
import type { ResourceList, Selection, Store } from '../../store/store.ts';

/** Claims as the store has them at the time of the question, those that can be used. Each may throw store-unavailable. */
export class StoredClaims {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param labels of those that are wanted; absent: all are. @param asOf as `Selection` has it */
  async list(
    labels?: Readonly<Record<string, string>>,
    asOf: Pick<Selection, 'atLeast' | 'withinMs'> = {},
  ): Promise<ResourceList<Claim>> {
    const list = await this.#store.list<Claim>(claimKind, labels === undefined ? undefined : { labels, ...asOf });
    return { ...list, items: list.items.filter((claim) => problemOf(claim) === undefined) };
  }

  async of(address: Address, scope: string): Promise<Stored<Claim> | undefined> {
    const name = inScope(addressName(address), scope);
    const claim = await this.#store.get<Claim>({ kind: claimKind, name });
    return claim === undefined || problemOf(claim) !== undefined ? undefined : claim;
  }

  at({ address, pool }: Pick<HeldAddress, 'address' | 'pool'>): Promise<Stored<Claim> | undefined> {
    return this.of(parseAddress(address), scopeOf(pool));
  }
}
