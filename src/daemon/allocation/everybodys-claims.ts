import type { Address } from '../../ip/address.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import type { ClaimEvent } from '../../ipam/claim/claim-machine.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import type { AddressSearches } from './address-searches.ts';

/**
 * Everybody's claims, those that can be used, and how a daemon knows of them: it watches all (`WatchedClaims`), or knows its own
 * and asks for the rest (`AskedClaims`). Which of them, is chosen once, before claims are followed (`view/claims-view.ts`). What
 * is asked of the store may throw store-unavailable.
 */
export interface EverybodysClaims {
  /** Does each question about others cost the store a call, and do the allocators here know nothing of what others have? */
  readonly areAsked: boolean;
  /** Looks for what is free. */
  readonly searches: AddressSearches;
  /** @param labels of those that are wanted at least; absent: all are */
  all(labels?: Readonly<Record<string, string>>): Promise<readonly Stored<Claim>[]>;
  /** As `all`, of those that the allocators here do not know; undefined: they know all. */
  uncounted(labels?: Readonly<Record<string, string>>): Promise<readonly Stored<Claim>[] | undefined>;
  /** May `keptAt` find anything? Costs nothing; false for nearly every ADD. */
  mayBeKeptAt(place: string): boolean;
  /**
   * What is kept for the interface of Pods of one name, parked or held.
   * @param place as `placeKey` makes it
   * @param atLeast what was written up to this version of a claim will do; `0`: a guess will. Absent: all that was written before
   */
  keptAt(place: string, atLeast?: string): Promise<readonly Stored<Claim>[]>;
  /**
   * What is claimed for the Pods of a namespace.
   * @param before a claim of this daemon that was shown: without what is known to have come after it
   */
  ofNamespace(namespace: string, before?: Stored<Claim>): Promise<readonly Stored<Claim>[]>;
  /** Of an address, whatever their scope. */
  ofAddress(address: Address): Promise<readonly Stored<Claim>[]>;
  /** The claim of an address, by what is to be gone by now. */
  now(held: Pick<HeldAddress, 'address' | 'pool'>): Promise<Stored<Claim> | undefined>;
  /** Is a claim to be known here, when the store has shown it in an answer? */
  isToKnow(claim: Stored<Claim>): boolean;
  /** A call that may end a claim is on its way. */
  asking(claim: Stored<Claim>): void;
  /** The store has shown a claim in an answer. @returns how it is gone by; undefined: the watch tells */
  answered(claim: Stored<Claim>): ClaimEvent | undefined;
  /** It has deleted one for this daemon. @returns as `answered` */
  deleted(claim: Stored<Claim>): ClaimEvent | undefined;
}
