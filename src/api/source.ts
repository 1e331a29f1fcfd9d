import { formatAddress, parseAddress } from '../ip/address.ts';

const interfaceBits = 64n;

/**
 * Whose an address is, as far as limits go: one machine has a whole IPv6 /64 to call from.
 * @param address as a socket tells it, IPv4 without the IPv6 form, perhaps with a zone
 */
export function sourceOf(address: string): string {
  if (!address.includes(':')) return address;
  const { family, value } = parseAddress(address.replace(/%.*/, ''));
  return `${formatAddress({ family, value: (value >> interfaceBits) << interfaceBits })}/64`;
}
