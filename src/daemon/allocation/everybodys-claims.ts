import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import { placeOfClaim } from '../../ipam/bind/kept-claim.ts';
import { atPlaceLabel, inNamespaceLabel, ofDaemonLabel } from '../../ipam/claim/claim-labels.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { problemOf } from '../../resources/malformed.ts';
import { addressName } from '../../resources/names.ts';
import type { Stored } from '../../resources/resource.ts';
import { defaultScope, inScope, scopeOf } from '../../resources/scope.ts';
import type { ResourceList, Store } from '../../store/store.ts';
import type { Catalog } from '../view/catalog.ts';

/** The claims that are known here. */
export interface KnownClaims {
  all(): Iterable<Stored<Claim>>;
  keptAt(place: string): readonly Stored<Claim>[];
  ofNamespace(namespace: string, before?: Stored<Claim>): readonly Stored<Claim>[];
}

/**
 * Everybody's claims, those that can be used: as they are known, or, where those of others are not watched, as the store has them
 * at the time of the question. All that is asked of the store may throw store-unavailable.
 */
export class EverybodysClaims {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #known: KnownClaims;
  readonly #areAllKnown: () => boolean;

  /** @param knowsOnlyOwn are those of others not watched? */
  constructor(
    { store, catalog }: { readonly store: Store; readonly catalog: Catalog },
    known: KnownClaims,
    knowsOnlyOwn: () => boolean,
  ) {
    this.#store = store;
    this.#catalog = catalog;
    this.#known = known;
    this.#areAllKnown = () => !knowsOnlyOwn();
  }

  /** @param labels of those that are wanted at least; absent: all are */
  async all(labels?: Readonly<Record<string, string>>): Promise<readonly Stored<Claim>[]> {
    return this.#areAllKnown() ? [...this.#known.all()] : (await this.#list(labels)).items;
  }

  /** What is kept for the interface of Pods of one name, parked or held. @param place as `placeKey` makes it */
  async keptAt(place: string): Promise<readonly Stored<Claim>[]> {
    if (this.#areAllKnown()) return this.#known.keptAt(place);
    const { items } = await this.#list(atPlaceLabel(place));
    return items.filter((claim) => placeOfClaim(claim) === place);
  }

  /**
   * What is claimed for the Pods of a namespace.
   * @param before a claim of this daemon that was shown: without what is known to have come after it
   */
  async ofNamespace(namespace: string, before?: Stored<Claim>): Promise<readonly Stored<Claim>[]> {
    if (this.#areAllKnown()) return this.#known.ofNamespace(namespace, before);
    const { items } = await this.#list(inNamespaceLabel(namespace));
    return items.filter(({ spec }) => spec.podNamespace === namespace);
  }

  /** Of an address, whatever their scope. */
  async ofAddress(address: Address): Promise<readonly Stored<Claim>[]> {
    const text = formatAddress(address);
    if (this.#areAllKnown()) return [...this.#known.all()].filter(({ spec }) => spec.address === text);
    const scopes = new Set([defaultScope, ...this.#catalog.pools.map(({ name }) => scopeOf(name))]);
    const found = await Promise.all([...scopes].map((scope) => this.#get(address, scope)));
    return found.filter((claim) => claim !== undefined);
  }

  /** As the store has it now. */
  at({ address, pool }: Pick<HeldAddress, 'address' | 'pool'>): Promise<Stored<Claim> | undefined> {
    return this.#get(parseAddress(address), scopeOf(pool));
  }

  /** Those that a record of this daemon stands behind, or stood behind last, as the store has them now. */
  async ofDaemon(daemon: string): Promise<ResourceList<Claim>> {
    const list = await this.#list(ofDaemonLabel(daemon));
    return { ...list, items: list.items.filter(({ spec }) => spec.daemon === daemon) };
  }

  async #list(labels: Readonly<Record<string, string>> | undefined): Promise<ResourceList<Claim>> {
    const list = await this.#store.list<Claim>(claimKind, labels === undefined ? undefined : { labels });
    return { ...list, items: list.items.filter((claim) => problemOf(claim) === undefined) };
  }

  async #get(address: Address, scope: string): Promise<Stored<Claim> | undefined> {
    const name = inScope(addressName(address), scope);
    const claim = await this.#store.get<Claim>({ kind: claimKind, name });
    return claim === undefined || problemOf(claim) !== undefined ? undefined : claim;
  }
}
