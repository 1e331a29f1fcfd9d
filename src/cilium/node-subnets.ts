import { type Prefix, prefixCovers, prefixesOverlap, subprefix, subprefixCount, subprefixIndex } from '../ip/prefix.ts';

/** Where nodes have their subnets from. */
export interface ClusterPool {
  readonly cidr: Prefix;
  /** Length of a node's subnet. */
  readonly maskSize: number;
}

/**
 * The first subnet of the pools that overlaps nothing that is taken; undefined: there is none.
 * @param taken of any length: what an operator gave a node by hand counts as well
 */
export function nextSubnet(pools: readonly ClusterPool[], taken: Iterable<Prefix>): Prefix | undefined {
  const all = [...taken];
  for (const pool of pools) {
    const found = firstFree(pool, all);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstFree({ cidr, maskSize }: ClusterPool, taken: readonly Prefix[]): Prefix | undefined {
  const near = taken.filter((one) => prefixesOverlap(one, cidr));
  // One that is larger than a node's subnet takes several, one that is smaller still a whole one.
  const spans = near.map((one) => {
    if (prefixCovers(one, cidr)) return { first: 0n, last: subprefixCount(cidr, maskSize) - 1n };
    const length = Math.min(one.length, maskSize);
    const first = subprefixIndex(cidr, { address: one.address, length: maskSize });
    return { first, last: first + (1n << BigInt(maskSize - length)) - 1n };
  });
  let index = 0n;
  for (const { first, last } of spans.sort((a, b) => Number(a.first - b.first))) {
    if (first > index) break;
    if (last >= index) index = last + 1n;
  }
  return index < subprefixCount(cidr, maskSize) ? subprefix(cidr, maskSize, index) : undefined;
}
