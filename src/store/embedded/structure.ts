import type { DatabaseFile } from './database-file.ts';
import { freePages } from './free-list.ts';
import { type Meta, type Tree, treeProblem } from './meta.ts';
import {
  branchAt,
  headerBytes,
  headerOf,
  type Leaf,
  leafAt,
  metaPages,
  overflowPagesFor,
  overflowPagesOf,
  pageFlags,
  placeOf,
} from './page.ts';
import { damaged } from './storage-error.ts';

export interface FileRecord {
  readonly key: Buffer;
  readonly value: Buffer;
}

type TreeName = 'free' | 'main';

/** Deeper than any tree of LMDB's. */
const deepest = 32;
/** Pages that LMDB may count before it has written them, beyond those on its list of free ones. */
const unwrittenPages = 1_024;

interface Counts {
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
}

interface Place {
  readonly number: number;
  /** Pages from here to the leaves, this one counted. */
  readonly depth: number;
  /** The keys below are not before this one, and before the other; undefined: no bound. */
  readonly from: Buffer | undefined;
  readonly to: Buffer | undefined;
}

/**
 * Every record of a database, in order of keys, while everything that LMDB goes by is compared with everything else it
 * says: page headers, places of nodes, order of keys, counts, and that no page is used twice or on the list of free ones.
 * LMDB trusts all of it; what is wrong ends the process at some later write, or hides records.
 * @throws IpamError storage-damaged
 */
export function* soundRecords(file: DatabaseFile): Generator<FileRecord> {
  const walk = new Walk(file);
  yield* walk.tree('main');
  walk.requireApart(walk.freeLists());
}

/** What LMDB has put down of free pages. @throws IpamError storage-damaged: that cannot be told */
export function soundFreeLists(file: DatabaseFile): readonly Buffer[] {
  const walk = new Walk(file);
  const lists = walk.freeLists();
  walk.requireApart(lists);
  return lists;
}

class Walk {
  readonly #file: DatabaseFile;
  readonly #meta: Meta;
  readonly #used: Uint8Array;

  constructor(file: DatabaseFile) {
    this.#file = file;
    this.#meta = file.meta();
    this.#used = new Uint8Array(file.pages);
  }

  *tree(which: TreeName): Generator<FileRecord> {
    const tree = this.#meta[which];
    const wrong = treeProblem(tree, which, this.#meta.last);
    if (wrong !== undefined || tree.depth > deepest) throw this.#damaged(wrong ?? `its depth is ${tree.depth}`);
    const counts: Counts = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
    if (tree.root !== undefined) {
      yield* this.#below(which, { number: tree.root, depth: tree.depth, from: undefined, to: undefined }, counts);
    }
    this.#requireCounts(which, tree, counts);
  }

  freeLists(): readonly Buffer[] {
    return [...this.tree('free')].map(({ value }) => value);
  }

  /** @param lists what LMDB has put down of free pages */
  requireApart(lists: readonly Buffer[]): void {
    const { last } = this.#meta;
    let free = 0;
    for (const list of lists) {
      const pages = freePages(list);
      if (typeof pages === 'string') throw this.#damaged(pages);
      for (const { first, count } of pages) {
        if (first < metaPages || first + count > last + 1) throw this.#damaged(`page ${first} is free and not there`);
        for (let number = first; number < first + count; number += 1) this.#use(number, 'is free and in use');
        free += count;
      }
    }
    if (last + 1 > this.#file.pages + free + unwrittenPages) {
      throw this.#damaged(`it has ${this.#file.pages} pages, and should have ${last + 1}`);
    }
  }

  *#below(which: TreeName, place: Place, counts: Counts): Generator<FileRecord> {
    const page = this.#pageOf(place);
    if (place.depth === 1) yield* this.#records(which, page, place, counts);
    else yield* this.#branches(which, page, place, counts);
  }

  *#branches(which: TreeName, page: Buffer, place: Place, counts: Counts): Generator<FileRecord> {
    counts.branchPages += 1;
    const count = this.#nodesOf(page, place, which === 'main' ? 2 : 1);
    const nodes = Array.from({ length: count }, (_, index) => {
      const node = branchAt(page, index);
      if (node === undefined) throw this.#damaged(`page ${place.number} has a bad node`);
      return node;
    });
    this.#requirePacked(page, place, nodes);
    for (const [index, { key, child }] of nodes.entries()) {
      // The first has no key of its own: it takes everything before the second.
      const from = index === 0 ? place.from : key;
      const to = nodes[index + 1]?.key ?? place.to;
      if (!isOrdered(which, from, to)) throw this.#damaged(`the keys of page ${place.number} are out of order`);
      yield* this.#below(which, { number: child, depth: place.depth - 1, from, to }, counts);
    }
  }

  *#records(which: TreeName, page: Buffer, place: Place, counts: Counts): Generator<FileRecord> {
    counts.leafPages += 1;
    const nodes: Leaf[] = [];
    let before = place.from;
    for (let index = 0; index < this.#nodesOf(page, place, 1); index += 1) {
      const node = leafAt(page, index);
      const isKey = node !== undefined && (which === 'main' ? node.key.length > 0 : node.key.length === 8);
      if (!isKey) throw this.#damaged(`page ${place.number} has a bad node`);
      const isAfter =
        index === 0
          ? before === undefined || compare(which, before, node.key) <= 0
          : isOrdered(which, before, node.key);
      if (!isAfter) throw this.#damaged(`the keys of page ${place.number} are out of order`);
      before = node.key;
      nodes.push(node);
    }
    if (!isOrdered(which, before, place.to)) throw this.#damaged(`the keys of page ${place.number} are out of order`);
    this.#requirePacked(page, place, nodes);
    for (const { key, bytes, value } of nodes) {
      counts.entries += 1;
      yield { key, value: Buffer.isBuffer(value) ? value : this.#overflow(value, bytes, counts) };
    }
  }

  #overflow({ page: first, pages }: { page: number; pages: number }, bytes: number, counts: Counts): Buffer {
    const { pageSize } = this.#file;
    if (pages < overflowPagesFor(bytes, pageSize)) throw this.#damaged(`a value of ${bytes} bytes has ${pages} pages`);
    const parts: Buffer[] = [];
    for (let index = 0; index < pages; index += 1) {
      this.#use(first + index, 'is used twice');
      parts.push(this.#read(first + index));
    }
    const whole = Buffer.concat(parts);
    const { number, flags, transaction } = headerOf(whole);
    const isSound =
      number === first &&
      flags === pageFlags.overflow &&
      overflowPagesOf(whole) === pages &&
      transaction <= this.#meta.transaction;
    if (!isSound) throw this.#damaged(`page ${first} is not that of a large value`);
    counts.overflowPages += pages;
    return whole.subarray(headerBytes, headerBytes + bytes);
  }

  #pageOf({ number, depth }: Place): Buffer {
    this.#use(number, 'is used twice');
    const page = this.#read(number);
    const header = headerOf(page);
    const flags = depth === 1 ? pageFlags.leaf : pageFlags.branch;
    const { lower, upper, transaction } = header;
    const isSound =
      header.number === number &&
      header.flags === flags &&
      transaction <= this.#meta.transaction &&
      lower % 2 === 0 &&
      lower <= upper &&
      upper <= page.length - headerBytes;
    if (!isSound) throw this.#damaged(`the header of page ${number} is wrong`);
    return page;
  }

  #nodesOf(page: Buffer, { number }: Place, least: number): number {
    const count = headerOf(page).lower / 2;
    if (count < least) throw this.#damaged(`page ${number} has ${count} nodes`);
    return count;
  }

  /** Nodes lie one after the other up to the end of their page, in any order. */
  #requirePacked(page: Buffer, { number }: Place, nodes: readonly { readonly size: number }[]): void {
    const spans = nodes.map(({ size }, index) => ({ at: placeOf(page, index) ?? 0, size })).sort((a, b) => a.at - b.at);
    let next = headerBytes + headerOf(page).upper;
    for (const { at, size } of spans) {
      if (at !== next) throw this.#damaged(`the nodes of page ${number} overlap`);
      next += size;
    }
    if (next !== page.length) throw this.#damaged(`the nodes of page ${number} do not end where it ends`);
  }

  #requireCounts(which: TreeName, tree: Tree, counts: Counts): void {
    for (const [what, found] of Object.entries(counts)) {
      const said = tree[what as keyof Counts];
      if (said !== found) throw this.#damaged(`the ${which} tree has ${found} ${what}, and should have ${said}`);
    }
  }

  #use(number: number, wrong: string): void {
    if (number < metaPages || number > this.#meta.last) throw this.#damaged(`page ${number} is not there`);
    // Free pages at the end may never have been written.
    if (number >= this.#used.length) return;
    if (this.#used[number] === 1) throw this.#damaged(`page ${number} ${wrong}`);
    this.#used[number] = 1;
  }

  #read(number: number): Buffer {
    const page = this.#file.page(number);
    if (page === undefined) throw this.#damaged(`it ends before page ${number}`);
    return page;
  }

  #damaged(found: string) {
    return damaged(this.#file.directory, found);
  }
}

function isOrdered(which: TreeName, a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined || compare(which, a, b) < 0;
}

/** Keys of the list of free pages are numbers. */
function compare(which: TreeName, a: Buffer, b: Buffer): number {
  if (which === 'main') return Buffer.compare(a, b);
  if (a.length !== 8 || b.length !== 8) return a.length - b.length;
  const [x, y] = [a.readBigUInt64LE(), b.readBigUInt64LE()];
  return x < y ? -1 : x > y ? 1 : 0;
}
