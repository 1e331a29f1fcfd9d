import type { Address } from '../../ip/address.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import { placeOfClaim } from '../../ipam/bind/kept-claim.ts';
import { atPlaceLabel, inNamespaceLabel, ofDaemonLabel, ofPoolLabel } from '../../ipam/claim/claim-labels.ts';
import type { ClaimEvent } from '../../ipam/claim/claim-machine.ts';
import type { Claim, ClaimSpec } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { defaultScope, scopeOf } from '../../resources/scope.ts';
import { RecentWrites } from '../../store/cache/recent-writes.ts';
import type { ResourceList } from '../../store/store.ts';
import { versionOrder } from '../../store/version-order.ts';
import type { Catalog } from '../view/catalog.ts';
import type { AddressSearches } from './address-searches.ts';
import type { ClaimsToKnow } from './claims-to-know.ts';
import type { EverybodysClaims } from './everybodys-claims.ts';
import type { StoredClaims } from './stored-claims.ts';

/**
 * A store that has no index of labels looks through all claims: an API server before 1.31 reads each from etcd, 20 µs of its
 * time, for a list that nobody but this daemon waits for. Milliseconds.
 */
const ownListMs = 60_000;

/** Longer than a server whose memory is asked hears late of what etcd has, and than a call to it takes, milliseconds. */
const lagMs = 60_000;

export interface AskedClaimsParts {
  readonly stored: StoredClaims;
  readonly catalog: Pick<Catalog, 'pools'>;
  readonly searches: AddressSearches;
  /** Those of this daemon, as they are known. */
  readonly own: () => readonly Stored<Claim>[];
  /** Those that are in a list of its own, and others, of addresses of its blocks. */
  readonly toKnow: Pick<ClaimsToKnow, 'isToKnow' | 'isOfRecord' | 'isInOwnBlock'>;
  /** As it is known. */
  readonly claimOf: (held: ClaimSpec) => Stored<Claim> | undefined;
  /** Milliseconds. */
  readonly now: () => number;
  /** Told of one of somebody else, as the store has it. */
  readonly shown: (claim: Stored<Claim>) => void;
  readonly gone: (claim: Stored<Claim>) => void;
  /** Told of a whole list of its own. @param known those that the list may lack only if they are gone @param version of the list */
  readonly relisted: (known: readonly Stored<Claim>[], claims: readonly Stored<Claim>[], version: string) => void;
}

/** This daemon knows its own claims only: of others' it asks the store, and what that answers is all that ever shows its own. */
export class AskedClaims implements EverybodysClaims {
  readonly areAsked = true;
  readonly searches: AddressSearches;
  readonly #parts: AskedClaimsParts;
  /** What this daemon wrote to since a list of its own claims was asked for, or deleted before: what that says may be older. */
  readonly #recent: RecentWrites;
  /** The latest that the store has shown of its own claims. */
  #reached = '0';

  constructor(parts: AskedClaimsParts) {
    this.#parts = parts;
    this.#recent = new RecentWrites(parts.now, lagMs);
    this.searches = parts.searches;
  }

  async all(labels?: Readonly<Record<string, string>>): Promise<readonly Stored<Claim>[]> {
    return (await this.#parts.stored.list(labels)).items;
  }

  uncounted(labels?: Readonly<Record<string, string>>): Promise<readonly Stored<Claim>[]> {
    return this.all(labels);
  }

  mayBeKeptAt(): boolean {
    return true;
  }

  async keptAt(place: string, atLeast?: string): Promise<readonly Stored<Claim>[]> {
    const { items } = await this.#parts.stored.list(atPlaceLabel(place), {
      ...(atLeast === undefined ? {} : { atLeast }),
    });
    return items.filter((claim) => placeOfClaim(claim) === place);
  }

  async ofNamespace(namespace: string, before?: Stored<Claim>): Promise<readonly Stored<Claim>[]> {
    const asOf = before === undefined ? {} : { atLeast: before.metadata.resourceVersion };
    const { items } = await this.#parts.stored.list(inNamespaceLabel(namespace), asOf);
    return items.filter(({ spec }) => spec.podNamespace === namespace);
  }

  async ofAddress(address: Address): Promise<readonly Stored<Claim>[]> {
    const { stored, catalog } = this.#parts;
    const scopes = new Set([defaultScope, ...catalog.pools.map(({ name }) => scopeOf(name))]);
    const found = await Promise.all([...scopes].map((scope) => stored.of(address, scope)));
    return found.filter((claim) => claim !== undefined);
  }

  async now(held: Pick<HeldAddress, 'address' | 'pool'>): Promise<Stored<Claim> | undefined> {
    const claim = await this.#parts.stored.at(held);
    // A list that is asked for later shows it, too, or is older than what is known.
    if (claim !== undefined && this.isToKnow(claim)) this.#reach(claim.metadata.resourceVersion);
    return claim;
  }

  isToKnow(claim: Stored<Claim>): boolean {
    return this.#parts.toKnow.isToKnow(claim);
  }

  asking({ metadata }: Stored<Claim>): void {
    this.#recent.deleting(metadata.uid);
  }

  answered(claim: Stored<Claim>): ClaimEvent {
    this.#recent.add(claim.metadata.uid);
    this.#reach(claim.metadata.resourceVersion);
    return { type: 'shown', claim, isToKnow: this.isToKnow(claim) };
  }

  deleted(claim: Stored<Claim>): ClaimEvent {
    return { type: 'removed', claim };
  }

  /**
   * Those that a record of a daemon stands behind, or stood behind last.
   * @param isProof shows it all that was written before, whatever that costs? Else what the store has shown of them will do
   */
  async ofDaemon(daemon: string, isProof: boolean): Promise<ResourceList<Claim>> {
    const known = this.#reached;
    const asOf = isProof ? {} : { atLeast: known };
    const list = await this.#parts.stored.list(ofDaemonLabel(daemon), { ...asOf, withinMs: ownListMs });
    // A store that went back is where it is; what was written while the list was on its way is later than that.
    if (versionOrder(list.version) < versionOrder(known)) this.#reached = list.version;
    else this.#reach(list.version);
    return { ...list, items: list.items.filter(({ spec }) => spec.daemon === daemon) };
  }

  #reach(version: string): void {
    if (versionOrder(version) > versionOrder(this.#reached)) this.#reached = version;
  }

  /**
   * Before the claims of this daemon are asked for, one such list at a time. What it writes meanwhile is younger than the list.
   * @returns what takes the list; undefined: there is none
   */
  listingOwn(): (list: ResourceList<Claim> | undefined) => void {
    const { own, toKnow, relisted } = this.#parts;
    const before = own().filter((claim) => toKnow.isOfRecord(claim));
    const end = this.#recent.begin();
    return (list) => {
      const touched = end();
      if (list === undefined) return;
      const isPast = ({ metadata }: Stored<Claim>): boolean => touched.has(metadata.uid);
      const still = new Set(own());
      relisted(
        before.filter((claim) => still.has(claim) && !isPast(claim)),
        list.items.filter((claim) => !isPast(claim) && toKnow.isToKnow(claim)),
        list.version,
      );
    };
  }

  /** Of a pool, as the store has it; those of others in blocks of this daemon are known from then on. @throws IpamError store-unavailable */
  async ofPool(pool: string): Promise<readonly Stored<Claim>[]> {
    const { stored } = this.#parts;
    const { items } = await this.#showing(async () => (await stored.list(ofPoolLabel(pool))).items);
    return items;
  }

  /** Looks at those, one by one: they are few, and in no list of its own. @throws IpamError store-unavailable */
  async lookAtOthers(): Promise<void> {
    const { own, toKnow, stored, gone } = this.#parts;
    for (const claim of own().filter((one) => !toKnow.isOfRecord(one))) {
      const { items, isOld } = await this.#showing(async () => {
        const present = await stored.at(claim.spec);
        return present === undefined ? [] : [present];
      });
      if (!isOld(claim) && items[0]?.metadata.uid !== claim.metadata.uid) gone(claim);
    }
  }

  /** What this daemon wrote to while the store was asked may have been answered as it was before. */
  async #showing(ask: () => Promise<readonly Stored<Claim>[]>) {
    const { toKnow, claimOf, shown } = this.#parts;
    const end = this.#recent.begin();
    const items = await ask().catch((error: unknown) => {
      end();
      throw error;
    });
    const touched = end();
    const isOld = ({ metadata }: Stored<Claim>): boolean => touched.has(metadata.uid);
    for (const claim of items) {
      if (isOld(claim) || toKnow.isOfRecord(claim)) continue;
      if (toKnow.isInOwnBlock(claim) || claimOf(claim.spec) !== undefined) shown(claim);
    }
    return { items, isOld };
  }
}
