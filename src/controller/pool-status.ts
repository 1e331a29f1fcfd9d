import { type Address, compareAddresses, formatAddress, parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { prefixRange } from '../ip/range.ts';
import { countAddresses, intersect, type RangeSet, rangeSet, subtract } from '../ip/range-set.ts';
import { readable } from '../ip/readable.ts';
import { addressesOf } from '../ipam/claim/claimed-in-block.ts';
import type { Block } from '../resources/block.ts';
import type { Claim } from '../resources/claim.ts';
import type { Pool } from '../resources/pool.ts';
import { statusCount } from '../resources/status-count.ts';
import type { PoolStatus } from './objects.ts';

/** Most addresses listed one by one. etcd takes no object over 1.5 MiB, and each write sends the whole list (decision 15). */
export const listedAddresses = 5_000;

export interface PoolFacts {
  readonly pool: Pool;
  readonly reserved: RangeSet;
  readonly claims: ReadonlyMap<string, Claim>;
  readonly blocks: ReadonlyMap<string, Block>;
}

/**
 * What a pool's status should say. A pool that is leased in blocks counts what nodes have leased: who has which
 * address of a block is known to its node alone.
 */
export function poolStatus({ pool, reserved, claims, blocks }: PoolFacts): PoolStatus {
  const offered = subtract(pool.usable, reserved);
  const inBlocks = intersect(rangeSet([...blocks.values()].flatMap(rangesOf)), offered);
  // What of a block is claimed counts once.
  const leased = blocks.size === 0 ? inBlocks : subtract(inBlocks, addressesOf(claims.values()));
  const listed = claims.size > listedAddresses ? undefined : allocatedIPs(claims.values());
  return {
    ...(listed === undefined ? {} : { allocatedIPs: listed }),
    totalIPCount: statusCount(countAddresses(offered)),
    allocatedIPCount: statusCount(BigInt(claims.size) + countAddresses(leased)),
  };
}

/** Spiderpool's PoolIPAllocations: JSON text of a map from address to Pod; undefined when nothing is out. */
function allocatedIPs(claims: Iterable<Claim>): string | undefined {
  const entries: (readonly [Address, Claim['spec']])[] = [];
  for (const { spec } of claims) {
    const address = readable(spec?.address, parseAddress);
    if (address !== undefined) entries.push([address, spec]);
  }
  if (entries.length === 0) return undefined;
  entries.sort(([a], [b]) => compareAddresses(a, b));
  const listed = entries.map(([address, { podNamespace, podName, podUid = '' }]) => {
    const pod = podName === undefined ? '' : `${podNamespace ?? ''}/${podName}`;
    return [formatAddress(address), { pod, podUid }];
  });
  return JSON.stringify(Object.fromEntries(listed));
}

function rangesOf({ spec }: Block): RangeSet['ranges'] {
  return readable(spec?.cidr, (text) => [prefixRange(parsePrefix(text))]) ?? [];
}
