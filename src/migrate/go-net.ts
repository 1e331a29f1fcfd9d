import { type Address, isMapped, parseAddress, unmapped } from '../ip/address.ts';
import { type Prefix, parseInterfaceAddress } from '../ip/prefix.ts';
import { readable } from '../ip/readable.ts';

/**
 * Text as the programs of other IPAMs read it: with Go's `net.ParseIP` and `net.ParseCIDR`, or with the sloppy ones of
 * `k8s.io/utils/net`, which take leading zeros in octets as Go did before 1.17. An IPv4 address in its IPv6 form
 * (`::ffff:10.0.0.1`) is the IPv4 address to them all.
 */
export function goAddress(text: unknown): Address | undefined {
  const address = readable(text, parseAddress);
  return address === undefined ? undefined : unmapped(address);
}

/** As `ParseIPSloppy`. */
export function sloppyAddress(text: unknown): Address | undefined {
  return typeof text === 'string' ? goAddress(withoutLeadingZeros(text)) : undefined;
}

export interface InterfaceAddress {
  readonly address: Address;
  readonly prefix: Prefix;
}

/**
 * As `ParseCIDR`: host bits may be set, and the length have leading zeros. A prefix in the IPv6 form of IPv4 is read as
 * nothing here: no program that we know writes one.
 */
export function goPrefix(text: unknown): InterfaceAddress | undefined {
  if (typeof text !== 'string') return undefined;
  const read = readable(text.replace(/\/0+(?=\d)/, '/'), parseInterfaceAddress);
  return read === undefined || isMapped(read.address) ? undefined : read;
}

/** As `ParseCIDRSloppy`. */
export function sloppyPrefix(text: unknown): InterfaceAddress | undefined {
  return typeof text === 'string' ? goPrefix(withoutLeadingZeros(text)) : undefined;
}

function withoutLeadingZeros(text: string): string {
  return /^[0-9.]+(\/|$)/.test(text) ? text.replace(/(?<![0-9])0+(?=\d)/g, '') : text;
}
