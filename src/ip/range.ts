import {
  type Address,
  compareAddresses,
  familyBits,
  formatAddress,
  offsetAddress,
  parseAddress,
  sameAddress,
} from './address.ts';
import { AddressError } from './errors.ts';
import { firstAddress, lastAddress, type Prefix, parsePrefix } from './prefix.ts';

/** Consecutive addresses of one family, both ends included; `first` is not above `last`. */
export interface Range {
  readonly first: Address;
  readonly last: Address;
}

export function prefixRange(prefix: Prefix): Range {
  return { first: firstAddress(prefix), last: lastAddress(prefix) };
}

/** `10.0.0.5`, `10.0.0.5-10.0.0.9` or `10.0.0.0/24`. @throws AddressError */
export function parseRange(text: string): Range {
  if (text.includes('/')) return prefixRange(parsePrefix(text));
  const dash = text.indexOf('-');
  if (dash < 0) {
    const address = parseAddress(text);
    return { first: address, last: address };
  }
  const first = parseAddress(text.slice(0, dash));
  const last = parseAddress(text.slice(dash + 1));
  if (first.family !== last.family) throw new AddressError(text, 'a range', 'its ends are of different IP families');
  if (compareAddresses(first, last) > 0) throw new AddressError(text, 'a range', 'its first address is above its last');
  return { first, last };
}

/** One address alone, else `first-last`. */
export function formatRange({ first, last }: Range): string {
  return sameAddress(first, last) ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

/** How many addresses, 1..2^128. */
export function rangeSize({ first, last }: Range): bigint {
  return last.value - first.value + 1n;
}

export function rangeContains({ first, last }: Range, address: Address): boolean {
  return first.family === address.family && first.value <= address.value && address.value <= last.value;
}

export function rangesOverlap(a: Range, b: Range): boolean {
  return a.first.family === b.first.family && a.first.value <= b.last.value && b.first.value <= a.last.value;
}

/** The fewest prefixes that hold exactly the range, in order. */
export function rangeToPrefixes({ first, last }: Range): readonly Prefix[] {
  const bits = familyBits(first.family);
  const prefixes: Prefix[] = [];
  let value = first.value;
  while (value <= last.value) {
    let hostBits = 0;
    // Grow while the start stays aligned and the end stays inside.
    while (hostBits < bits) {
      const size = 1n << BigInt(hostBits + 1);
      if (value % size !== 0n || value + size - 1n > last.value) break;
      hostBits += 1;
    }
    prefixes.push({ address: { family: first.family, value }, length: bits - hostBits });
    value += 1n << BigInt(hostBits);
  }
  return prefixes;
}

/** Every address, in order. */
export function* addressesOfRange({ first, last }: Range): Generator<Address> {
  for (let offset = 0n; offset <= last.value - first.value; offset++) yield offsetAddress(first, offset);
}
