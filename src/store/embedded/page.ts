/**
 * LMDB's file format as the `lmdb` package writes it (data version 2, little endian, 64 bits): a file is pages, and the
 * first two say where the trees begin. A page of a tree has a header, the places of its nodes, free space, and the
 * nodes from its end on; places and bounds count from the end of the header.
 */
export const headerBytes = 24;
export const metaPages = 2;
const nodeHeaderBytes = 8;
/** What a node of a large value has in its place: page, transaction, number of pages. */
const overflowBytes = 24;

export const pageFlags = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;
const nodeFlags = { overflow: 0x01 } as const;

export interface PageHeader {
  readonly number: number;
  readonly transaction: number;
  readonly flags: number;
  /** Bytes taken by the places of nodes. */
  readonly lower: number;
  /** Where the nodes begin. */
  readonly upper: number;
}

export function headerOf(page: Buffer): PageHeader {
  return {
    number: readWord(page, 0),
    transaction: readWord(page, 8),
    flags: page.readUInt16LE(18),
    lower: page.readUInt16LE(20),
    upper: page.readUInt16LE(22),
  };
}

/** Of an overflow page: how many pages the value has. */
export function overflowPagesOf(page: Buffer): number {
  return page.readUInt32LE(20);
}

/** Pages that a value of so many bytes has of its own. */
export function overflowPagesFor(bytes: number, pageSize: number): number {
  return Math.floor((headerBytes - 1 + bytes) / pageSize) + 1;
}

export interface Node {
  readonly key: Buffer;
  /** Bytes that the node takes in its page. */
  readonly size: number;
}

export interface Branch extends Node {
  readonly child: number;
}

export interface Leaf extends Node {
  readonly bytes: number;
  /** The value, or where it is. */
  readonly value: Buffer | { readonly page: number; readonly pages: number };
}

/** @returns undefined when no node fits there */
export function branchAt(page: Buffer, index: number): Branch | undefined {
  const at = placeOf(page, index);
  if (at === undefined) return undefined;
  const keySize = page.readUInt16LE(at + 6);
  const end = at + nodeHeaderBytes + keySize;
  if (end > page.length) return undefined;
  const child = page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32;
  return { key: page.subarray(at + nodeHeaderBytes, end), child, size: even(end - at) };
}

/** @returns undefined when no node of ours fits there */
export function leafAt(page: Buffer, index: number): Leaf | undefined {
  const at = placeOf(page, index);
  if (at === undefined) return undefined;
  const [bytes, flags, keySize] = [page.readUInt32LE(at), page.readUInt16LE(at + 4), page.readUInt16LE(at + 6)];
  const start = at + nodeHeaderBytes + keySize;
  const isElsewhere = flags === nodeFlags.overflow;
  const end = start + (isElsewhere ? overflowBytes : bytes);
  if (end > page.length || (flags !== 0 && !isElsewhere)) return undefined;
  const value = isElsewhere
    ? { page: readWord(page, start), pages: readWord(page, start + 16) }
    : page.subarray(start, end);
  return { key: page.subarray(at + nodeHeaderBytes, start), bytes, value, size: even(end - at) };
}

/** Where a node begins, from the start of the page. */
export function placeOf(page: Buffer, index: number): number | undefined {
  const slot = headerBytes + index * 2;
  if (slot + 2 > page.length) return undefined;
  const at = headerBytes + page.readUInt16LE(slot);
  return at + nodeHeaderBytes <= page.length && at % 2 === 0 ? at : undefined;
}

/** A number of 64 bits; what a double cannot hold exactly is nothing that a sound file has. */
export function readWord(page: Buffer, at: number): number {
  return page.readUInt32LE(at) + page.readUInt32LE(at + 4) * 2 ** 32;
}

function even(size: number): number {
  return size + (size & 1);
}
