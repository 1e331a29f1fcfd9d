import { type Address, formatAddress } from '../../ip/address.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import type { ClaimMachine } from '../../ipam/claim/claim-machine.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import type { AddressSearches } from './address-searches.ts';
import type { EverybodysClaims } from './everybodys-claims.ts';

/** All claims are watched: what is known here is all there is, and the watch alone tells what becomes of it. */
export class WatchedClaims implements EverybodysClaims {
  readonly areAsked = false;
  readonly searches: AddressSearches;
  readonly #known: Pick<ClaimMachine, 'all' | 'keptAt' | 'ofNamespace' | 'claimOf'>;

  /** @param known as the watch has shown them */
  constructor(known: Pick<ClaimMachine, 'all' | 'keptAt' | 'ofNamespace' | 'claimOf'>, searches: AddressSearches) {
    this.#known = known;
    this.searches = searches;
  }

  async all(): Promise<readonly Stored<Claim>[]> {
    return [...this.#known.all()];
  }

  async uncounted(): Promise<undefined> {}

  mayBeKeptAt(place: string): boolean {
    return this.#known.keptAt(place).length > 0;
  }

  async keptAt(place: string): Promise<readonly Stored<Claim>[]> {
    return this.#known.keptAt(place);
  }

  async ofNamespace(namespace: string, before?: Stored<Claim>): Promise<readonly Stored<Claim>[]> {
    return this.#known.ofNamespace(namespace, before);
  }

  async ofAddress(address: Address): Promise<readonly Stored<Claim>[]> {
    const text = formatAddress(address);
    return [...this.#known.all()].filter(({ spec }) => spec.address === text);
  }

  async now(held: Pick<HeldAddress, 'address' | 'pool'>): Promise<Stored<Claim> | undefined> {
    return this.#known.claimOf(held);
  }

  isToKnow(): boolean {
    return true;
  }

  asking(): void {}

  answered(): undefined {}

  deleted(): undefined {}
}
