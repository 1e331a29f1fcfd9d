import type { DatabaseFile } from './database-file.ts';
import { freePages } from './free-list.ts';
import { headerBytes, headerOf, type Leaf, leafAt, metaPages } from './page.ts';
import { soundFreeLists } from './structure.ts';

export interface FoundRecord {
  readonly key: Buffer;
  readonly value: Buffer;
  /** Of two under one key, the later one is what was written last. */
  readonly transaction: number;
}

/**
 * Everything in a file that looks like a record of ours, damaged trees or not: every page that is not on the list of free
 * ones is read as if it were a leaf. The checksums tell what is one.
 * @returns also whether the list could be read; else what was deleted lately is among the records
 */
export function foundRecords(file: DatabaseFile): {
  readonly records: Iterable<FoundRecord>;
  readonly knowsFree: boolean;
} {
  const free = freeOf(file);
  return { records: lookEverywhere(file, free), knowsFree: free !== undefined };
}

function freeOf(file: DatabaseFile): ReadonlySet<number> | undefined {
  try {
    const free = new Set<number>();
    for (const list of soundFreeLists(file)) {
      const runs = freePages(list);
      if (typeof runs === 'string') return undefined;
      for (const { first, count } of runs) {
        for (let number = first; number < first + count && number < file.pages; number += 1) free.add(number);
      }
    }
    return free;
  } catch {
    // Damaged, which is what this is for.
    return undefined;
  }
}

function* lookEverywhere(file: DatabaseFile, free: ReadonlySet<number> | undefined): Generator<FoundRecord> {
  for (let number = metaPages; number < file.pages; number += 1) {
    if (free?.has(number)) continue;
    const page = file.page(number);
    if (page === undefined) continue;
    const { transaction } = headerOf(page);
    for (const node of leavesOf(page)) {
      const value = largeOrSmall(file, node);
      if (value !== undefined) yield { key: node.key, value, transaction };
    }
  }
}

/** The header may be what is damaged: as many as look like nodes. */
function* leavesOf(page: Buffer): Generator<Leaf> {
  for (let index = 0; headerBytes + index * 2 < page.length; index += 1) {
    const node = leafAt(page, index);
    if (node === undefined || node.key.length === 0) continue;
    yield node;
  }
}

function largeOrSmall(file: DatabaseFile, { value, bytes }: Leaf): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  const parts: Buffer[] = [];
  for (let index = 0; index < value.pages; index += 1) {
    const page = file.page(value.page + index);
    if (page === undefined) return undefined;
    parts.push(page);
  }
  return Buffer.concat(parts).subarray(headerBytes, headerBytes + bytes);
}
