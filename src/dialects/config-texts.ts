import { formatAddress, isMapped, parseAddress, unmapped } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { formatPrefix, parseMaskedPrefix, parsePrefix } from '../ip/prefix.ts';
import { canonical } from '../resources/schema.ts';

/** As everywhere in a configuration, an IPv4 address in its IPv6 form is the IPv4 address (Go's `net.ParseIP`). */
export const addressText = canonical((text) => formatAddress(unmapped(parseAddress(text))));

/** Go's `net.ParseCIDR` takes a length with leading zeros; a subnet with host bits host-local refuses, and so a mapped one. */
export const subnetText = canonical((text) => {
  const subnet = parsePrefix(withoutLeadingZeros(text));
  if (isMapped(subnet.address)) throw new AddressError(text, 'a prefix', 'write an IPv4 subnet as IPv4');
  return formatPrefix(subnet);
});

/** A route's host bits mean nothing: kernels refuse them, so the network is meant. */
export const destinationText = canonical((text) => formatPrefix(parseMaskedPrefix(withoutLeadingZeros(text))));

function withoutLeadingZeros(text: string): string {
  return text.replace(/\/0+(?=\d)/, '/');
}
