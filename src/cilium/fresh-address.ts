import { type Family, familyBits, formatAddress, offsetAddress } from '../ip/address.ts';
import { type Prefix, prefixSize } from '../ip/prefix.ts';
import type { CiliumNode } from './cilium-node.ts';

/** No pool of a node is larger than this, and in what is larger something free is found sooner. */
const longestSearch = 65_536n;

/**
 * A part of each subnet is put into pools with a Pod's name on it only: an address that was in a pool without one may have
 * been given since, and a name on it would have two Pods use it.
 */
const keptForOwners = 4n;

/** Addresses of the subnet that any Pod may be given, lowest first. @param isTaken is it in some pool, or kept? */
export function freshForAnybody(
  node: CiliumNode,
  family: Family,
  isTaken: (address: string) => boolean,
  count: number,
): readonly string[] {
  const found: string[] = [];
  for (const prefix of node.podCIDRs.filter(({ address }) => address.family === family)) {
    const { first, count: usable } = usableOf(prefix);
    const shared = smaller(usable - usable / keptForOwners, longestSearch);
    for (let index = 0n; index < shared && found.length < count; index++) {
      const text = formatAddress(offsetAddress(prefix.address, first + index));
      if (!isTaken(text)) found.push(text);
    }
  }
  return found;
}

/** An address of the node that is in no pool yet, highest first; undefined: there is none. */
export function freshForOwner(
  node: CiliumNode,
  family: Family,
  isTaken: (address: string) => boolean,
): string | undefined {
  for (const prefix of node.podCIDRs.filter(({ address }) => address.family === family)) {
    const { first, count } = usableOf(prefix);
    for (let index = count - 1n; index >= 0n && index >= count - longestSearch; index--) {
      const text = formatAddress(offsetAddress(prefix.address, first + index));
      if (!isTaken(text)) return text;
    }
  }
  return undefined;
}

/** Without the network's own address and, of IPv4, the broadcast address; of one or two all. */
function usableOf({ address, length }: Prefix): { readonly first: bigint; readonly count: bigint } {
  const size = prefixSize({ address, length });
  if (familyBits(address.family) - length < 2) return { first: 0n, count: size };
  return { first: 1n, count: size - (address.family === 4 ? 2n : 1n) };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
