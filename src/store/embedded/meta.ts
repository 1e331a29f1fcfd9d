import { headerBytes, headerOf, metaPages, pageFlags, readWord } from './page.ts';

const magic = 0xbeefc0de;
const dataVersion = 2;
const smallestPage = 256;
const largestPage = 65_536;
/** More than any database of ours; beyond, the system maps no file. */
const largestMap = 2 ** 43;
/** "No page": the tree is empty. */
const noPage = 2 ** 64;

/** Places in a meta page, and of a tree in it. */
const offsets = {
  magic: 0,
  version: 4,
  address: 8,
  mapSize: 16,
  free: 24,
  main: 72,
  last: 120,
  transaction: 128,
} as const;
export const metaBytes = headerBytes + 144;

export interface Tree {
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** Undefined: there is none. */
  readonly root: number | undefined;
}

export interface Meta {
  readonly pageSize: number;
  readonly transaction: number;
  /** The last page that was ever used. */
  readonly last: number;
  readonly free: Tree;
  readonly main: Tree;
}

/** Flags that LMDB keeps of the two trees that every file has: keys of the first are numbers. */
const treeFlags = { free: 0x08, main: 0 } as const;

/** What the first page says of the size of all. @returns what is wrong with it, for people */
export function pageSizeOf(first: Buffer): number | string {
  const wrong = notLmdb(first, 0);
  if (wrong !== undefined) return wrong;
  const size = first.readUInt32LE(headerBytes + offsets.free);
  return size < smallestPage || size > largestPage || (size & (size - 1)) !== 0 ? `its page size is ${size}` : size;
}

/** The two meta pages as they are used: the later one. @returns what is wrong, for people */
export function currentMeta(pages: readonly [Buffer, Buffer], pageSize: number): Meta | string {
  const metas: Meta[] = [];
  for (const [index, page] of pages.entries()) {
    const meta = readMeta(page, index, pageSize);
    if (typeof meta === 'string') return meta;
    metas.push(meta);
  }
  const [even, odd] = metas;
  if (even === undefined || odd === undefined) return 'it has no first page';
  // Transactions are written to the two pages in turn, so one that is not the other's neighbour was never written.
  const isNew = even.transaction === 0 && odd.transaction === 0;
  const areNeighbours = Math.abs(even.transaction - odd.transaction) === 1;
  const areInPlace = even.transaction % 2 === 0 && odd.transaction % 2 === 1;
  if (!isNew && !(areNeighbours && areInPlace)) {
    return `its last transactions are ${even.transaction} and ${odd.transaction}`;
  }
  return even.transaction >= odd.transaction ? even : odd;
}

function readMeta(page: Buffer, index: number, pageSize: number): Meta | string {
  const wrong = notLmdb(page, index);
  if (wrong !== undefined) return wrong;
  const at = headerBytes;
  const which = ordinals[index];
  const [size, other] = [page.readUInt32LE(at + offsets.free), page.readUInt32LE(at + offsets.main)];
  if (size !== pageSize || other !== 0) return `its ${which} page has page sizes of ${size} and ${other}`;
  if (readWord(page, at + offsets.address) !== 0) return `its ${which} page asks for a place in memory`;
  const map = readWord(page, at + offsets.mapSize);
  if (map > largestMap || map % pageSize !== 0) return `its ${which} page asks for ${map} bytes of memory`;
  return {
    pageSize,
    transaction: readWord(page, at + offsets.transaction),
    last: readWord(page, at + offsets.last),
    free: treeAt(page, at + offsets.free),
    main: treeAt(page, at + offsets.main),
  };
}

const ordinals = ['first', 'second'] as const;

function notLmdb(page: Buffer, index: number): string | undefined {
  const which = ordinals[index];
  if (page.readUInt32LE(headerBytes + offsets.magic) !== magic) return `its ${which} page is not LMDB's`;
  const version = page.readUInt32LE(headerBytes + offsets.version) & 0xffff;
  if (version !== dataVersion) return `its ${which} page has format ${version}, not ${dataVersion}`;
  const { flags } = headerOf(page);
  return flags === pageFlags.meta ? undefined : `its ${which} page has flags ${flags}`;
}

/** @returns what is wrong with a tree's account before its pages are looked at, for people */
export function treeProblem(
  { flags, depth, root, entries }: Tree,
  which: 'free' | 'main',
  last: number,
): string | undefined {
  if (flags !== treeFlags[which]) return `the ${which} tree has flags ${flags}`;
  if (root === undefined) return depth === 0 && entries === 0 ? undefined : `the ${which} tree has no root`;
  return root >= metaPages && root <= last && depth > 0 ? undefined : `the root of the ${which} tree is page ${root}`;
}

function treeAt(page: Buffer, at: number): Tree {
  const root = readWord(page, at + 40);
  return {
    flags: page.readUInt16LE(at + 4),
    depth: page.readUInt16LE(at + 6),
    branchPages: readWord(page, at + 8),
    leafPages: readWord(page, at + 16),
    overflowPages: readWord(page, at + 24),
    entries: readWord(page, at + 32),
    root: root >= noPage ? undefined : root,
  };
}
