import { AddressError } from './errors.ts';

export type Family = 4 | 6;

/** An IPv4 or IPv6 address as a number of its family's width. */
export interface Address {
  readonly family: Family;
  /** 0..2^32-1, or 0..2^128-1. */
  readonly value: bigint;
}

/** Width of an address in bits. */
export function familyBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/**
 * Dotted quad, or any text form of RFC 4291 section 2.2 (with `::`, with an IPv4 tail). Strict: no leading
 * zeros in an octet (they read as octal elsewhere), no zone, no surrounding space.
 * @throws AddressError
 */
export function parseAddress(text: string): Address {
  return text.includes(':') ? { family: 6, value: parseIpv6(text) } : { family: 4, value: parseIpv4(text, text) };
}

/**
 * Does this address mean something on one link only? fe80::/10 (RFC 4291 2.5.6), of which routers have one on each link,
 * and 169.254.0.0/16 (RFC 3927), which routers of point-to-point links have.
 */
export function isLinkLocal({ family, value }: Address): boolean {
  return family === 6 ? value >> 118n === 0x3fan : value >> 16n === 0xa9fen;
}

/** Is it an IPv4 address in its IPv6 form (`::ffff:10.0.0.1`)? */
export function isMapped({ family, value }: Address): boolean {
  return family === 6 && value >> 32n === 0xffffn;
}

/** The IPv4 address that an IPv4-mapped one means; any other as it is. */
export function unmapped(address: Address): Address {
  return isMapped(address) ? { family: 4, value: address.value & 0xffffffffn } : address;
}

/** Canonical text: dotted quad, or RFC 5952. */
export function formatAddress(address: Address): string {
  return address.family === 4 ? formatIpv4(address.value) : formatIpv6(address.value);
}

/** IPv4 before IPv6, then by value. */
export function compareAddresses(a: Address, b: Address): -1 | 0 | 1 {
  if (a.family !== b.family) return a.family < b.family ? -1 : 1;
  if (a.value === b.value) return 0;
  return a.value < b.value ? -1 : 1;
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}

/** @throws RangeError when the sum leaves the family */
export function offsetAddress(address: Address, offset: bigint): Address {
  const value = address.value + offset;
  if (value < 0n || value >> BigInt(familyBits(address.family)) !== 0n) {
    throw new RangeError(`${formatAddress(address)} + ${offset} is outside IPv${address.family}`);
  }
  return { family: address.family, value };
}

/** Digits are read one by one: a restart parses every address on record. */
function parseIpv4(text: string, whole: string): bigint {
  let value = 0;
  let octet = 0;
  let digits = 0;
  let octets = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) {
      if (digits === 0 || octets === 4) throw ipv4Error(text, whole);
      value = value * 256 + octet;
      octet = 0;
      digits = 0;
      octets += 1;
      continue;
    }
    if (code < 0x30 || code > 0x39 || (digits > 0 && octet === 0)) throw ipv4Error(text, whole);
    octet = octet * 10 + code - 0x30;
    digits += 1;
    if (octet > 255) throw ipv4Error(text, whole);
  }
  if (digits === 0 || octets !== 4) throw ipv4Error(text, whole);
  return BigInt(value * 256 + octet);
}

/** What exactly is wrong with a text that is no dotted quad. */
function ipv4Error(text: string, whole: string): AddressError {
  const refuse = (reason: string) => new AddressError(whole, 'an IP address', reason);
  if (text === '') return refuse('it is empty');
  const octets = text.split('.');
  const bad = octets.find((octet) => !/^\d+$/.test(octet));
  if (octets.length !== 4) return refuse(`${octets.length} octets where 4 belong`);
  if (bad !== undefined) return refuse(`octet ${JSON.stringify(bad)} is not a decimal number`);
  const zero = octets.find((octet) => octet.length > 1 && octet.startsWith('0'));
  if (zero !== undefined) return refuse(`octet ${zero} has a leading zero`);
  const large = octets.find((octet) => octet.length > 3 || Number(octet) > 255);
  return refuse(`octet ${large} is over 255`);
}

function parseIpv6(text: string): bigint {
  const refuse = (reason: string) => new AddressError(text, 'an IP address', reason);
  if (text.includes('%')) throw refuse('a zone does not belong here');
  const halves = text.split('::');
  if (halves.length > 2) throw refuse('"::" stands twice');
  const [head = '', tail] = halves;
  const high = parseGroups(head, tail === undefined, text);
  if (tail === undefined) {
    if (high.length !== 8) throw refuse(`${high.length} groups where 8 belong`);
    return joinGroups(high);
  }
  const low = parseGroups(tail, true, text);
  const missing = 8 - high.length - low.length;
  if (missing < 1) throw refuse(`${high.length + low.length} groups leave no room for "::"`);
  return joinGroups([...high, ...new Array<number>(missing).fill(0), ...low]);
}

/** 16-bit groups; an IPv4 tail counts as two and may stand only at the end of the whole text. */
function parseGroups(part: string, atEnd: boolean, whole: string): readonly number[] {
  if (part === '') return [];
  const texts = part.split(':');
  return texts.flatMap((group, index) => {
    if (atEnd && index === texts.length - 1 && group.includes('.')) {
      const value = Number(parseIpv4(group, whole));
      return [value >>> 16, value & 0xffff];
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) {
      throw new AddressError(whole, 'an IP address', `group ${JSON.stringify(group)} is not one to four hex digits`);
    }
    return [Number.parseInt(group, 16)];
  });
}

function joinGroups(groups: readonly number[]): bigint {
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function formatIpv4(value: bigint): string {
  const bits = Number(value);
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** RFC 5952 section 4; section 5 for IPv4-mapped addresses. */
function formatIpv6(value: bigint): string {
  if (value >> 32n === 0xffffn) return `::ffff:${formatIpv4(value & 0xffffffffn)}`;
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn));
  const { start, length } = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The first of the longest runs. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
