import { type Address, compareAddresses, familyBits, formatAddress, offsetAddress, parseAddress } from './address.ts';
import { AddressError } from './errors.ts';

/** A network: its address, host bits all zero, and how many leading bits are the network's. */
export interface Prefix {
  readonly address: Address;
  /** 0..32 or 0..128. */
  readonly length: number;
}

/** @throws AddressError, also when host bits are set: the text then means an interface's address, not a network */
export function parsePrefix(text: string): Prefix {
  const { address, prefix } = parseInterfaceAddress(text);
  if (address.value !== prefix.address.value) {
    throw new AddressError(text, 'a prefix', `host bits are set; the network is ${formatPrefix(prefix)}`);
  }
  return prefix;
}

/** The network that an address with a length is in: host bits are masked, as Go's net.ParseCIDR masks them. @throws AddressError */
export function parseMaskedPrefix(text: string): Prefix {
  return parseInterfaceAddress(text).prefix;
}

/** An interface's address with its on-link length, as in `10.0.0.5/24`. @throws AddressError */
export function parseInterfaceAddress(text: string): { readonly address: Address; readonly prefix: Prefix } {
  const slash = text.indexOf('/');
  if (slash < 0) throw new AddressError(text, 'a prefix', 'no "/length" follows the address');
  const address = parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  const bits = familyBits(address.family);
  if (!/^(0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > bits) {
    throw new AddressError(text, 'a prefix', `length ${JSON.stringify(digits)} is not a number from 0 to ${bits}`);
  }
  return { address, prefix: prefixOf(address, Number(digits)) };
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.length}`;
}

/** The prefix of this length that holds the address. */
export function prefixOf(address: Address, length: number): Prefix {
  const hostBits = BigInt(familyBits(address.family) - length);
  return { address: { family: address.family, value: (address.value >> hostBits) << hostBits }, length };
}

/** How many addresses, 1..2^128. */
export function prefixSize(prefix: Prefix): bigint {
  return 1n << hostBitsOf(prefix);
}

export function firstAddress(prefix: Prefix): Address {
  return prefix.address;
}

export function lastAddress(prefix: Prefix): Address {
  return offsetAddress(prefix.address, prefixSize(prefix) - 1n);
}

export function prefixContains(prefix: Prefix, address: Address): boolean {
  if (prefix.address.family !== address.family) return false;
  const hostBits = hostBitsOf(prefix);
  return prefix.address.value >> hostBits === address.value >> hostBits;
}

/** Is every address of `inner` in `outer`? */
export function prefixCovers(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && prefixContains(outer, inner.address);
}

export function prefixesOverlap(a: Prefix, b: Prefix): boolean {
  return prefixCovers(a, b) || prefixCovers(b, a);
}

/** By address, then the larger network first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  return compareAddresses(a.address, b.address) || a.length - b.length;
}

/** How many prefixes of the longer length a prefix holds. @throws RangeError when `length` is not longer or equal */
export function subprefixCount(prefix: Prefix, length: number): bigint {
  requireWithin(prefix, length);
  return 1n << BigInt(length - prefix.length);
}

/** The prefix number `index`, counted from zero. @throws RangeError outside 0..subprefixCount-1 */
export function subprefix(prefix: Prefix, length: number, index: bigint): Prefix {
  if (index < 0n || index >= subprefixCount(prefix, length)) throw new RangeError(`no subprefix ${index}`);
  const size = 1n << BigInt(familyBits(prefix.address.family) - length);
  return { address: offsetAddress(prefix.address, index * size), length };
}

/** The number of `inner` among the prefixes of its length in `prefix`. */
export function subprefixIndex(prefix: Prefix, inner: Prefix): bigint {
  requireWithin(prefix, inner.length);
  return (inner.address.value - prefix.address.value) >> hostBitsOf(inner);
}

export function* subprefixes(prefix: Prefix, length: number): Generator<Prefix> {
  const count = subprefixCount(prefix, length);
  for (let index = 0n; index < count; index++) yield subprefix(prefix, length, index);
}

function hostBitsOf(prefix: Prefix): bigint {
  return BigInt(familyBits(prefix.address.family) - prefix.length);
}

function requireWithin(prefix: Prefix, length: number): void {
  if (length >= prefix.length && length <= familyBits(prefix.address.family)) return;
  throw new RangeError(`/${length} is not within ${formatPrefix(prefix)}`);
}
