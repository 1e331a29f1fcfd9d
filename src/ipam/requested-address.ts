import { type Address, compareAddresses, type Family, formatAddress } from '../ip/address.ts';
import { addressesOfRange, formatRange, type Range, rangeContains } from '../ip/range.ts';
import { brief } from '../resources/refusal.ts';

/** One address that an interface asks for by itself: any of these, all of one IP family, those first that are written first. */
export interface RequestedAddress {
  readonly family: Family;
  /** Never empty. */
  readonly ranges: readonly Range[];
  /** Where it is written, for messages: `annotation kube-ipam.ip of Pod "shop/web-0"`; absent: the call itself says it. */
  readonly origin?: string;
  /** What its subnet's prefix length must be; absent: whatever it is. */
  readonly prefixLength?: number;
  /** In the place of its pool's; absent: the pool's. */
  readonly gateway?: Address;
  /** May what no subnet of this interface has be meant for another of the Pod's: some of it, or all of it? Absent: none. */
  readonly elsewhere?: 'some' | 'all';
}

export function exactly(address: Address): RequestedAddress {
  return { family: address.family, ranges: [{ first: address, last: address }] };
}

export function isRequested({ ranges }: Pick<RequestedAddress, 'ranges'>, address: Address): boolean {
  return ranges.some((range) => rangeContains(range, address));
}

/**
 * Every address that would do, in the order in which they are tried.
 * @param begin which of them comes first, 0 and up; those before it come last
 */
export function* addressesIn({ ranges }: Pick<RequestedAddress, 'ranges'>, begin = 0): Generator<Address> {
  const all = ranges.flatMap((range) => [...addressesOfRange(range)]);
  for (let index = 0; index < all.length; index += 1) yield all[(begin + index) % all.length] as Address;
}

/** For messages; a long list is cut short. */
export function requestedText({ ranges }: Pick<RequestedAddress, 'ranges'>): string {
  return brief(ranges.map(formatRange));
}

/** The only address that would do; undefined: there are several. */
export function onlyAddress({ ranges: [range, ...more] }: Pick<RequestedAddress, 'ranges'>): Address | undefined {
  if (range === undefined || more.length > 0 || compareAddresses(range.first, range.last) !== 0) return undefined;
  return range.first;
}

/** `10.0.0.5`, or `one of 10.0.0.5-10.0.0.9`. */
export function requestedTitle(requested: Pick<RequestedAddress, 'ranges'>): string {
  const only = onlyAddress(requested);
  return only === undefined ? `one of ${requestedText(requested)}` : formatAddress(only);
}
