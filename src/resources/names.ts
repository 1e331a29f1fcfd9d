import type { Address } from '../ip/address.ts';
import { formatAddress } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';

/**
 * An address as an object's name. Kubernetes names are DNS subdomains (RFC 1123): no colon, and no
 * dash at either end, so IPv6 is written as all eight groups with dashes. One name per address: that the store
 * refuses a second create of one name is what makes an address unique.
 */
export function addressName(address: Address): string {
  if (address.family === 4) return formatAddress(address);
  const groups: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((address.value >> shift) & 0xffffn).toString(16));
  return groups.join('-');
}

/** A prefix as an object's name: the network address's name, a dash, the length. */
export function prefixName(prefix: Prefix): string {
  return `${addressName(prefix.address)}-${prefix.length}`;
}

/** What Kubernetes takes for the name of an object: a DNS subdomain, at most 253 characters. */
export const objectNamePattern = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** Where networks without a namespace are that the whole cluster shares; Multus and Spiderpool are installed there. */
export const systemNamespace = 'kube-system';
