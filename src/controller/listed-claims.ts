import { placeOfClaim } from '../ipam/bind/kept-claim.ts';
import type { Claim } from '../resources/claim.ts';
import { problemOf } from '../resources/malformed.ts';
import type { Stored } from '../resources/resource.ts';
import { ObjectCache, whole } from '../store/cache/object-cache.ts';
import type { ParkedView } from './parked-claims.ts';

/** The claims that can be used, as they were listed last: for whoever looks after them from time to time, and watches none. */
export class ListedClaims implements ParkedView {
  readonly #claims = new ObjectCache<Claim>(whole, { versionOf: ({ metadata }) => metadata.resourceVersion });
  readonly #byPlace = this.#claims.indexBy(placeOfClaim);

  replace(claims: readonly Stored<Claim>[]): void {
    this.#claims.replace(claims.filter((claim) => problemOf(claim) === undefined));
  }

  claims(): Iterable<Stored<Claim>> {
    return this.#claims.values();
  }

  claimsKeptAt(place: string): ReadonlyMap<string, Stored<Claim>> {
    return this.#byPlace.of(place);
  }
}
