import { prefixContains } from '../../ip/prefix.ts';
import { type RangeSet, rangeSet, union } from '../../ip/range-set.ts';
import type { Pool } from '../../resources/pool.ts';
import { scopeOf } from '../../resources/scope.ts';

/**
 * What no interface may get of a pool that offers it: what is reserved, and the gateways of the pools beside it.
 * @param pools all that there are
 */
export function withheldFrom(
  { name, subnet }: Pick<Pool, 'name' | 'subnet'>,
  reserved: RangeSet,
  pools: Iterable<Pick<Pool, 'name' | 'gateway'>>,
): RangeSet {
  const scope = scopeOf(name);
  const gateways = [];
  for (const { gateway, name: other } of pools) {
    if (gateway !== undefined && prefixContains(subnet, gateway) && scopeOf(other) === scope) gateways.push(gateway);
  }
  return union(reserved, rangeSet(gateways.map((gateway) => ({ first: gateway, last: gateway }))));
}
