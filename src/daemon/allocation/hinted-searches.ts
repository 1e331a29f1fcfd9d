import { type Address, parseAddress } from '../../ip/address.ts';
import { containsAddress, type RangeSet } from '../../ip/range-set.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import { ofPoolLabel } from '../../ipam/claim/claim-labels.ts';
import {
  FreeHints,
  type PageBits,
  type SearchAnswer,
  type SearchedPool,
  type SearchStep,
} from '../../ipam/claim/free-hints.ts';
import { spreadIndex } from '../../ipam/claim/spread.ts';
import type { Clock } from '../../platform/clock.ts';
import { Coalesced } from '../../platform/coalesced.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { problemOf } from '../../resources/malformed.ts';
import { addressName } from '../../resources/names.ts';
import { type Occupancy, occupancyKind, readBits } from '../../resources/occupancy.ts';
import type { Pool } from '../../resources/pool.ts';
import { inScope, scopeOf } from '../../resources/scope.ts';
import type { Store } from '../../store/store.ts';
import type { AddressSearches, NextAddress } from './address-searches.ts';

export interface HintedSearchesOptions {
  readonly daemon: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Told what a page says that was just read. @param asOf the latest version of a claim that it goes by */
  readonly onPage: (page: string, bits: PageBits, asOf: string) => void;
}

/** Looks for free addresses of shared pools without the claims of others: carries out what `FreeHints` wants to know. */
export class HintedSearches implements AddressSearches {
  readonly isInOrder = false;
  readonly #options: HintedSearchesOptions;
  readonly #hints = new FreeHints();
  /** Pages that are being read: whoever wants one meanwhile shares the answer. */
  readonly #reads = new Map<string, Promise<void>>();
  /** Lists of what is claimed of a pool: whoever asks meanwhile shares the answer, and no more: pools change while they are asked for. */
  readonly #lists = new Map<string, Coalesced<readonly Address[]>>();
  /** For which layouts an answer has been heard already. */
  readonly #heard = new WeakMap<readonly Address[], WeakSet<RangeSet>>();
  #places = 0;

  constructor(options: HintedSearchesOptions) {
    this.#options = options;
  }

  begin(pool: Pool, space: () => AddressSpace, key: string): NextAddress {
    const { clock } = this.#options;
    const facts = this.#factsOf(pool, space);
    const search = this.#hints.search(pool.name, facts);
    let answer: SearchAnswer = 'done';
    return async () => {
      for (;;) {
        const { value: step, done } = search.next(answer);
        if (done || step === undefined) return undefined;
        answer = await this.#carryOut(step, pool, facts);
        if (step.type !== 'create') continue;
        // Another call of this daemon may have been faster, or the pool laid out anew.
        if (space().allocator.claim(step.address, key, clock.now()) === 'claimed') return step.address;
      }
    };
  }

  /** @throws IpamError store-unavailable */
  async #carryOut(step: SearchStep, pool: Pool, facts: SearchedPool): Promise<SearchAnswer> {
    const { store } = this.#options;
    switch (step.type) {
      case 'read':
        await this.#read(step.page);
        return 'done';
      case 'list':
        await this.#list(pool, facts);
        return 'done';
      case 'look': {
        const name = inScope(addressName(step.address), facts.scope);
        const present = await store.get({ kind: claimKind, name }, { stale: true });
        return present === undefined ? 'free' : 'taken';
      }
      case 'create':
        return 'done';
    }
  }

  #read(page: string): Promise<void> {
    const read = this.#reads.get(page) ?? this.#readOnce(page).finally(() => this.#reads.delete(page));
    this.#reads.set(page, read);
    return read;
  }

  async #readOnce(name: string): Promise<void> {
    const { store, clock, onPage } = this.#options;
    const present = await store.get<Occupancy>({ kind: occupancyKind, name }, { stale: true });
    const { taken: takenText, coolingDown: coolingText, asOf = '' } = present?.spec ?? {};
    const [taken, coolingDown] = [readBits(takenText), readBits(coolingText)];
    const isPage = present !== undefined && taken !== undefined && coolingDown !== undefined;
    const bits = isPage ? { taken, coolingDown } : undefined;
    this.#hints.read(name, bits, clock.elapsed());
    if (bits !== undefined) onPage(name, bits, asOf);
  }

  async #list({ name }: Pool, facts: SearchedPool): Promise<void> {
    const list = this.#lists.get(name) ?? new Coalesced(() => this.#claimedOf(name));
    this.#lists.set(name, list);
    const claimed = await list.run();
    const heard = this.#heard.get(claimed) ?? new WeakSet();
    this.#heard.set(claimed, heard);
    if (heard.has(facts.usable)) return;
    heard.add(facts.usable);
    this.#hints.listed(facts, claimed);
  }

  async #claimedOf(pool: string): Promise<readonly Address[]> {
    const { items } = await this.#options.store.list<Claim>(claimKind, { labels: ofPoolLabel(pool) });
    const usable = items.filter((claim) => problemOf(claim) === undefined);
    return usable.map(({ spec }) => parseAddress(spec.address));
  }

  #factsOf({ name }: Pool, space: () => AddressSpace): SearchedPool {
    const { daemon, clock } = this.#options;
    return {
      scope: scopeOf(name),
      usable: space().open,
      isFresh: (address) => space().allocator.isOpen(address, clock.now()),
      isFree: (address) => containsAddress(space().open, address) && space().allocator.ownerOf(address) === undefined,
      chance: (what, count) =>
        spreadIndex(what === 'home' ? `${daemon} ${name}` : `${daemon} ${this.#places++}`, count),
      now: () => clock.elapsed(),
    };
  }
}
