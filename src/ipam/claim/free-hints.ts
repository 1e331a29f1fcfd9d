import type { Address } from '../../ip/address.ts';
import { addressesOf, countAddresses, intersect, type RangeSet, rangeSet } from '../../ip/range-set.ts';
import { firstOfPage, hasBit, pageName, pagePlace, pageSize, setBit } from '../../resources/occupancy.ts';

/** What a page said of its addresses when it was read. */
export interface PageBits {
  readonly taken: Uint8Array;
  readonly coolingDown: Uint8Array;
}

/** Where an address is looked for. */
export interface SearchedPool {
  readonly scope: string;
  /** What the pool may give now. */
  readonly usable: RangeSet;
  /** Neither held, nor cooling down, as far as this daemon itself knows? */
  readonly isFresh: (address: Address) => boolean;
  /** Not held, as far as this daemon itself knows? It may cool down. */
  readonly isFree: (address: Address) => boolean;
  /** Evenly from 0 to count - 1, another one at each call; the first says where this daemon is at home in the pool. */
  readonly chance: (what: 'home' | 'place', count: bigint) => bigint;
  /** Milliseconds. */
  readonly now: () => number;
}

/** What is to be done next for one address, by whoever has the store. */
export type SearchStep =
  /** Read the page of this name, and tell `read`. */
  | { readonly type: 'read'; readonly page: string }
  /** Ask whether there is a claim of it; an answer of a moment ago will do. */
  | { readonly type: 'look'; readonly address: Address }
  /** Create its claim. A search that is not asked again has found what it wanted. */
  | { readonly type: 'create'; readonly address: Address }
  /** All pages say that there is none: read every claim of the pool, and tell `listed`. */
  | { readonly type: 'list' };

/** What came of a step. Of `read` and `list`, that there is an answer; of `look` and `create`, whether it was free. */
export type SearchAnswer = 'done' | 'free' | 'taken';

/** So long what a page said counts, milliseconds: pages are published once a second. */
const freshMs = 1_000;
/** Of a pool of many pages, those without a free address are read again after so long only, milliseconds. */
const fullMs = 5_000;
const manyPages = 16;
/** So long an address counts as taken that was found so before its page said it, milliseconds. */
const learnedMs = 5_000;
/**
 * After an address was not free although its page said so, so many of the page's are looked at before they are claimed: another daemon
 * fills it as well, and goes on while this one does.
 */
const doubtful = 64;
/** Pages of a pool that are looked at: 2^24 addresses, as of the largest pool that has a bit for each. */
const mostPages = 4_096;
const keptPages = 1_024;
/** Claims of a larger pool are not read at once: how full that is, its pages say well enough. */
const mostListed = 8_192n;
/** A pool that was found full by its claims is not read again for so long, milliseconds. */
const listedMs = 10_000;

interface Page extends PageBits {
  readonly readAt: number;
  /** Found taken by this daemon, by offset, and until when that counts. */
  readonly learned: Map<number, number>;
  /** So many of its addresses are still to be looked at before they are claimed. */
  doubts: number;
}

/** The part of a pool that lies in one page. */
interface Part {
  readonly first: Address;
  readonly name: string;
  /** Places of the pool's addresses in the page, in order. */
  readonly offsets: Uint16Array;
}

type Stage = 'isFresh' | 'isFree';

const noBits = new Uint8Array(pageSize / 8);

/**
 * What this daemon believes is free in shared pools whose claims it does not watch: pages that somebody published a moment ago,
 * put right by what it finds out itself. Whatever is believed here, the create of a claim decides: a hint that is old, wrong or
 * missing costs requests, and no address. So many pages are kept, whatever there is.
 */
export class FreeHints {
  readonly #pages = new Map<string, Page>();
  /** When pools were found to be full by all of their claims, by name. */
  readonly #fullAt = new Map<string, number>();
  /** Of pools as they are laid out now. */
  readonly #parts = new WeakMap<RangeSet, readonly Part[]>();

  /** A page was read. @param bits undefined: there is none of this name, and so nothing of it is taken */
  read(name: string, bits: PageBits | undefined, now: number): void {
    const { taken = noBits, coolingDown = noBits } = bits ?? {};
    const { learned = new Map<number, number>(), doubts = 0 } = this.#pages.get(name) ?? {};
    for (const [offset, until] of learned) if (until <= now) learned.delete(offset);
    this.#pages.delete(name);
    this.#pages.set(name, { taken, coolingDown, readAt: now, learned, doubts });
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > keptPages && oldest !== undefined) this.#pages.delete(oldest);
  }

  /** All claims of a pool are these: what its pages said of its addresses does not count. */
  listed(facts: SearchedPool, claimed: Iterable<Address>): void {
    const now = facts.now();
    const places = Map.groupBy(claimed, (address) => pagePlace(address, facts.scope).page);
    for (const { name, offsets } of this.#partsOf(facts)) {
      const { coolingDown = noBits, taken: before = noBits } = this.#pages.get(name) ?? {};
      const taken = new Uint8Array(before);
      for (const offset of offsets) setBit(taken, offset, false);
      for (const address of places.get(name) ?? []) setBit(taken, pagePlace(address, facts.scope).offset, true);
      this.#pages.get(name)?.learned.clear();
      this.read(name, { taken, coolingDown }, now);
    }
  }

  /**
   * Finds one address: a fresh one, else one that cools down. It yields what is to be done, is told what came of it, and ends
   * when the pool has nothing left.
   */
  *search(pool: string, facts: SearchedPool): Generator<SearchStep, void, SearchAnswer> {
    const parts = this.#partsOf(facts);
    if (parts.length === 0) return;
    const home = facts.chance('home', BigInt(parts.length));
    const order = [...parts.slice(Number(home)), ...parts.slice(0, Number(home))];
    yield* this.#tryAll(order, facts, facts.now());
    const fullAt = this.#fullAt.get(pool);
    const isKnownFull = fullAt !== undefined && facts.now() - fullAt < listedMs;
    if (isKnownFull || countAddresses(facts.usable) > mostListed) return;
    yield { type: 'list' };
    yield* this.#tryAll(order, facts, undefined);
    // Only of a pool that really has nothing: pages that say so wrongly are asked past, however often.
    this.#fullAt.set(pool, facts.now());
  }

  /** @param begun pages that were read since are not read again; undefined: none is */
  *#tryAll(
    order: readonly Part[],
    facts: SearchedPool,
    begun: number | undefined,
  ): Generator<SearchStep, void, SearchAnswer> {
    const fullFor = order.length > manyPages ? fullMs : freshMs;
    for (const stage of ['isFresh', 'isFree'] as const) {
      for (const part of order) {
        const page = this.#pages.get(part.name);
        let address = this.#pick(part, stage, facts);
        const countsFor = address === undefined ? fullFor : freshMs;
        const isOld = page !== undefined && facts.now() - page.readAt >= countsFor;
        const isDue = page === undefined || (isOld && begun !== undefined && page.readAt < begun);
        if (begun !== undefined && isDue) {
          yield { type: 'read', page: part.name };
          address = this.#pick(part, stage, facts);
        }
        yield* this.#tryPart(part, stage, facts, address);
      }
    }
  }

  /** @param first what is tried first; undefined: the part has nothing */
  *#tryPart(
    part: Part,
    stage: Stage,
    facts: SearchedPool,
    first: Address | undefined,
  ): Generator<SearchStep, void, SearchAnswer> {
    for (let address = first; address !== undefined; address = this.#pick(part, stage, facts)) {
      const isSeenTaken = this.#isDoubtful(part) && (yield { type: 'look', address }) === 'taken';
      if (!isSeenTaken) yield { type: 'create', address };
      // It was not to be had, whatever its page says: who gets one asks no more.
      this.#learn(address, part, facts.now());
    }
  }

  #learn(address: Address, { first, name }: Part, now: number): void {
    const page = this.#pages.get(name);
    if (page === undefined) return;
    page.learned.set(Number(address.value - first.value), now + learnedMs);
    page.doubts = doubtful;
  }

  /** Is it cheaper to look before a claim is made? A look costs a sixth of a create, also of one that is refused. */
  #isDoubtful({ name, offsets }: Part): boolean {
    const page = this.#pages.get(name);
    if (page === undefined) return false;
    if (page.doubts > 0) {
      page.doubts -= 1;
      return true;
    }
    let busy = 0;
    for (const offset of offsets) if (hasBit(page.taken, offset) || page.learned.has(offset)) busy += 1;
    return busy * 2 > offsets.length;
  }

  #pick({ name, first, offsets }: Part, stage: Stage, facts: SearchedPool): Address | undefined {
    const page = this.#pages.get(name);
    if (page === undefined) return undefined;
    const { taken, coolingDown, learned } = page;
    const passedOver = stage === 'isFresh' ? coolingDown : noBits;
    const from = Number(facts.chance('place', BigInt(offsets.length)));
    for (let step = 0; step < offsets.length; step += 1) {
      const index = (from + step) % offsets.length;
      const offset = offsets[index] ?? 0;
      const busy = (taken[offset >>> 3] ?? 0) | (passedOver[offset >>> 3] ?? 0);
      // Eight at once, where they lie side by side: a /10 that is full has a thousand pages, and all of them are looked through.
      if (busy === 0xff && (offset & 7) === 0 && offsets[index + 7] === offset + 7) step += 7;
      if ((busy & (1 << (offset & 7))) !== 0 || learned.has(offset)) continue;
      const address = { family: first.family, value: first.value + BigInt(offset) };
      if (facts[stage](address)) return address;
    }
    return undefined;
  }

  #partsOf({ usable, scope }: Pick<SearchedPool, 'usable' | 'scope'>): readonly Part[] {
    const known = this.#parts.get(usable);
    if (known !== undefined) return known;
    const parts = [...partsOf(usable, scope)];
    this.#parts.set(usable, parts);
    return parts;
  }
}

/** The pages of a pool, in order, as far as they are looked at. */
function* partsOf(usable: RangeSet, scope: string): Generator<Part> {
  let count = 0;
  let last: bigint | undefined;
  for (const range of usable.ranges) {
    const { family } = range.first;
    for (let { value } = firstOfPage(range.first); value <= range.last.value; value += BigInt(pageSize)) {
      if (value === last) continue;
      if (count === mostPages) return;
      count += 1;
      last = value;
      const first = { family, value };
      const whole = { first, last: { family, value: value + BigInt(pageSize - 1) } };
      yield { first, name: pageName(first, scope), offsets: offsetsOf(intersect(usable, rangeSet([whole])), value) };
    }
  }
}

/** Most pages of a large pool are whole: they share what says so. */
const everyOffset = Uint16Array.from({ length: pageSize }, (_, offset) => offset);

function offsetsOf(part: RangeSet, first: bigint): Uint16Array {
  if (countAddresses(part) === BigInt(pageSize)) return everyOffset;
  return Uint16Array.from([...addressesOf(part)].map(({ value }) => Number(value - first)));
}
