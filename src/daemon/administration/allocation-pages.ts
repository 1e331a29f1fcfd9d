import { type Allocation, compareListPlaces, isOf, type ListPlace, listPlaceOf } from '../../ipam/allocation.ts';
import type { Ledger } from '../../ipam/ledger.ts';
import type { AllocationPage, PageRequest } from '../../ipam/port.ts';
import { sortInSteps } from '../../ipam/sort.ts';
import type { Clock } from '../../platform/clock.ts';
import { Coalesced } from '../../platform/coalesced.ts';

/** How long the pages behind the first are of the list that the first was of, milliseconds. */
const keptMs = 60_000;

interface Listed {
  readonly allocation: Allocation;
  readonly place: ListPlace;
}

export type Work = <T>(steps: Generator<unknown, T>) => Promise<T>;

/**
 * Lists of allocations, a page at a time. Sorting a hundred thousand takes a while: the first page has it done, and the
 * pages behind it are of the same list, without what was released meanwhile.
 */
export class AllocationPages {
  readonly #ledger: Ledger;
  readonly #work: Work;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #sorts: Coalesced<readonly Listed[]>;
  #kept: { readonly list: readonly Listed[]; readonly at: number } | undefined;

  constructor(ledger: Ledger, work: Work, clock: Pick<Clock, 'now'>) {
    this.#ledger = ledger;
    this.#work = work;
    this.#clock = clock;
    this.#sorts = new Coalesced(() => this.#sort());
  }

  async page(request: PageRequest): Promise<AllocationPage> {
    const list = request.after === undefined ? await this.#sorts.run() : await this.#behind();
    const isThere = ({ attachment }: Allocation): boolean => this.#ledger.find(attachment) !== undefined;
    return this.#work(choose(list, request, request.after === undefined ? () => true : isThere));
  }

  async #behind(): Promise<readonly Listed[]> {
    const kept = this.#kept;
    return kept !== undefined && Math.abs(this.#clock.now() - kept.at) < keptMs ? kept.list : this.#sorts.run();
  }

  async #sort(): Promise<readonly Listed[]> {
    const list = await this.#work(sorted(this.#ledger));
    this.#kept = { list, at: this.#clock.now() };
    return list;
  }
}

function* choose(
  list: readonly Listed[],
  { filter, after, limit }: PageRequest,
  isThere: (allocation: Allocation) => boolean,
): Generator<undefined, AllocationPage> {
  const allocations: Allocation[] = [];
  let total = 0;
  let isLast = true;
  for (const { allocation, place } of list) {
    yield;
    if (!isOf(allocation, filter) || !isThere(allocation)) continue;
    total += 1;
    if (after !== undefined && compareListPlaces(place, after) <= 0) continue;
    if (allocations.length < limit) allocations.push(allocation);
    else isLast = false;
  }
  return { allocations, isLast, total };
}

function* sorted(ledger: Ledger): Generator<undefined, readonly Listed[]> {
  const list: Listed[] = [];
  for (const allocation of ledger.all()) {
    list.push({ allocation, place: listPlaceOf(allocation) });
    yield;
  }
  return yield* sortInSteps(list, (a, b) => compareListPlaces(a.place, b.place));
}
