import { z } from 'zod';
import { type Address, formatAddress, parseAddress } from '../ip/address.ts';
import { berthVersion } from './claim.ts';
import { addressName } from './names.ts';
import type { Resource } from './resource.ts';
import { addressPattern, addressText, atomic, strictObject } from './schema.ts';
import { inScope } from './scope.ts';

export const occupancyKind = 'IPOccupancy';

/** Addresses of one page: those that agree in all but so many low bits. */
const pageBits = 12;
export const pageSize = 1 << pageBits;

/** 512 bytes are 684 characters. No bit at all is no text: an old API server takes an empty one for none, and refuses it. */
const bits = z.string().min(1).max(700).optional();

/**
 * Which of 4,096 addresses of a scope are taken, as its publisher saw last. The object's name is the first of them, and its scope where
 * that is not the default. It is a hint: whether an address is free, the create of its claim decides.
 */
export const occupancySpecSchema = strictObject({
  first: addressText.meta({ pattern: addressPattern }),
  /** Base 64 of a bit for each address, the lowest bit of the first byte for the first; what is left off is clear. */
  taken: bits,
  /** The same, of addresses that were given back a moment ago. */
  coolingDown: bits,
  /** The latest version of a claim that it goes by. */
  asOf: z.string().min(1).max(40),
}).meta(atomic);

export type OccupancySpec = z.output<typeof occupancySpecSchema>;
export type Occupancy = Resource<typeof occupancyKind, OccupancySpec>;

/**
 * Name of the page of 0.0.0.0, of which nothing is ever given: that it is there says that pages are published, and that every claim
 * has the labels by which it is found.
 */
export const publishedMark = '0.0.0.0';

/** A page's name, and the place of an address in it. */
export interface PagePlace {
  readonly page: string;
  /** 0..4095 */
  readonly offset: number;
}

export function pagePlace(address: Address, scope: string): PagePlace {
  return { page: pageName(firstOfPage(address), scope), offset: Number(address.value & BigInt(pageSize - 1)) };
}

/** The first address of the page that has this one. */
export function firstOfPage({ family, value }: Address): Address {
  return { family, value: (value >> BigInt(pageBits)) << BigInt(pageBits) };
}

export function pageName(first: Address, scope: string): string {
  return inScope(addressName(first), scope);
}

/** What a page says of its addresses, as `formatBits` writes it. */
export interface PageTexts {
  readonly taken?: string;
  readonly coolingDown?: string;
  readonly asOf: string;
}

export function newOccupancy(first: Address, scope: string, page: PageTexts): Occupancy {
  const { taken = '', coolingDown = '', asOf } = page;
  return {
    apiVersion: berthVersion,
    kind: occupancyKind,
    metadata: { name: pageName(first, scope) },
    spec: {
      first: formatAddress(first),
      ...(taken === '' ? {} : { taken }),
      ...(coolingDown === '' ? {} : { coolingDown }),
      asOf,
    },
  };
}

/** @returns 512 bytes; undefined: somebody wrote what is no page */
export function readBits(text: unknown = ''): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > pageSize / 8 || bytes.toString('base64') !== text) return undefined;
  const all = new Uint8Array(pageSize / 8);
  all.set(bytes);
  return all;
}

export function formatBits(bytes: Uint8Array): string {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return Buffer.from(bytes.subarray(0, length)).toString('base64');
}

/** @param offset place of an address in its page, as `pagePlace` tells it */
export function hasBit(bytes: Uint8Array, offset: number): boolean {
  return ((bytes[offset >>> 3] ?? 0) & (1 << (offset & 7))) !== 0;
}

export function setBit(bytes: Uint8Array, offset: number, isSet: boolean): void {
  const byte = bytes[offset >>> 3] ?? 0;
  bytes[offset >>> 3] = isSet ? byte | (1 << (offset & 7)) : byte & ~(1 << (offset & 7));
}

/** What keeps an object that stands under a page's name from being believed; undefined: nothing. */
export function firstOfOccupancy({ spec }: Occupancy): Address | undefined {
  const parsed = occupancySpecSchema.safeParse(spec);
  if (!parsed.success) return undefined;
  const first = parseAddress(parsed.data.first);
  return firstOfPage(first).value === first.value ? first : undefined;
}
