import { type Address, parseAddress } from '../../ip/address.ts';
import { readable } from '../../ip/readable.ts';
import type { Claim } from '../../resources/claim.ts';
import { addressesMeant } from '../../resources/malformed.ts';
import {
  firstOfOccupancy,
  firstOfPage,
  formatBits,
  hasBit,
  newOccupancy,
  type Occupancy,
  pagePlace,
  pageSize,
  readBits,
  setBit,
} from '../../resources/occupancy.ts';
import type { Stored } from '../../resources/resource.ts';
import { scopeOf } from '../../resources/scope.ts';
import { versionOrder } from '../../store/version-order.ts';

interface Page {
  readonly first: Address;
  readonly scope: string;
  readonly taken: Uint8Array;
  /** Until when an address cools down, milliseconds since 1970, by offset. */
  readonly cooling: Map<number, number>;
}

/**
 * What is to be published of all claims there are: one page for each 4,096 addresses of which some are taken or cool down. It is
 * told of every claim that comes and goes, and knows which pages say something else by now than when they were published.
 */
export class OccupancyPages {
  readonly #pages = new Map<string, Page>();
  /** Those that changed since they were published, the one that waits longest first. */
  readonly #changed = new Set<string>();
  #asOf = '0';

  /**
   * What was published before this publisher came: what is not claimed any more was given back a moment ago, for all that anybody
   * knows, and cools down. Call it when all claims were told.
   */
  adopt(published: Iterable<Occupancy>, until: number): void {
    for (const occupancy of published) {
      const first = firstOfOccupancy(occupancy);
      const bits = [readBits(occupancy.spec?.taken), readBits(occupancy.spec?.coolingDown)];
      if (first === undefined) continue;
      const page = this.#pageOf(first, scopeOf(occupancy.metadata.name));
      for (let offset = 0; offset < pageSize; offset += 1) {
        const wasBusy = bits.some((set) => set !== undefined && hasBit(set, offset));
        if (wasBusy && !hasBit(page.taken, offset)) page.cooling.set(offset, until);
      }
      this.#changed.add(occupancy.metadata.name);
    }
  }

  /** A claim is there. */
  claimed(claim: Stored<Claim>): void {
    this.#reached(claim.metadata.resourceVersion);
    const address = addressOf(claim);
    if (address === undefined) return;
    const { page, offset } = this.#placeOf(claim, address);
    if (hasBit(page.taken, offset) && !page.cooling.has(offset)) return;
    setBit(page.taken, offset, true);
    page.cooling.delete(offset);
    this.#changed.add(pagePlace(address, scopeOf(claim.metadata.name)).page);
  }

  /** It is gone. @param until when its address has cooled down, milliseconds since 1970 */
  gone(claim: Stored<Claim>, until: number): void {
    this.#reached(claim.metadata.resourceVersion);
    const address = addressOf(claim);
    if (address === undefined) return;
    const { page, offset } = this.#placeOf(claim, address);
    setBit(page.taken, offset, false);
    page.cooling.set(offset, until);
    this.#changed.add(pagePlace(address, scopeOf(claim.metadata.name)).page);
  }

  /** Ends the cool-downs that are over. */
  coolDownUntil(now: number): void {
    for (const [name, { cooling }] of this.#pages) {
      for (const [offset, until] of cooling) {
        if (until > now) continue;
        cooling.delete(offset);
        this.#changed.add(name);
      }
    }
  }

  /** Names of pages that are to be published, at most so many; they count as published from now on. */
  take(limit: number): readonly string[] {
    const names = [...this.#changed].slice(0, limit);
    for (const name of names) this.#changed.delete(name);
    return names;
  }

  /** It could not be published. */
  putBack(name: string): void {
    this.#changed.add(name);
  }

  /** What a page is to say. @returns undefined: nothing of it is taken, and it may go */
  page(name: string): Occupancy | undefined {
    const page = this.#pages.get(name);
    if (page === undefined) return undefined;
    const { first, scope, taken, cooling } = page;
    const coolingDown = new Uint8Array(pageSize / 8);
    for (const offset of cooling.keys()) setBit(coolingDown, offset, true);
    const [takenText, coolingText] = [formatBits(taken), formatBits(coolingDown)];
    if (takenText === '' && coolingText === '') return undefined;
    return newOccupancy(first, scope, { taken: takenText, coolingDown: coolingText, asOf: this.#asOf });
  }

  #placeOf({ metadata }: Stored<Claim>, address: Address): { readonly page: Page; readonly offset: number } {
    const scope = scopeOf(metadata.name);
    return { page: this.#pageOf(firstOfPage(address), scope), offset: pagePlace(address, scope).offset };
  }

  #pageOf(first: Address, scope: string): Page {
    const name = pagePlace(first, scope).page;
    const known = this.#pages.get(name);
    if (known !== undefined) return known;
    const page = { first, scope, taken: new Uint8Array(pageSize / 8), cooling: new Map<number, number>() };
    this.#pages.set(name, page);
    return page;
  }

  #reached(version: string): void {
    if (versionOrder(this.#asOf) < versionOrder(version)) this.#asOf = version;
  }
}

/** The address that a claim keeps others from, whatever its spec says: its name is the lock. */
function addressOf(claim: Stored<Claim>): Address | undefined {
  const own = readable(claim.spec?.address, parseAddress);
  const [meant] = own === undefined ? addressesMeant(claim).ranges : [];
  return own ?? meant?.first;
}
