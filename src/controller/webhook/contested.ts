import { prefixRange } from '../../ip/range.ts';
import { emptyRangeSet, type RangeSet, rangeSet, subtract } from '../../ip/range-set.ts';
import { parsePool, poolKind } from '../../resources/pool.ts';
import { rangesOwner } from '../../resources/ranges-owner.ts';
import { refusalsOf } from '../../resources/refusal.ts';
import { parseReservedIP, reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource } from '../../resources/resource.ts';
import type { Write } from '../../resources/rules/write.ts';

/**
 * Addresses that a write would take from whoever holds them: the only ones of which it must be known whether somebody
 * does. Most writes contest none. What cannot be read contests nothing; the rules speak of it.
 */
export function contestedBy(write: Write): RangeSet {
  if (write.operation === 'delete') {
    // All of the subnet, and not only what the pool offers today: an exclusion may have come after the claim.
    const isRanges = write.before.kind === poolKind && rangesOwner(write.before)?.node !== undefined;
    if (!isRanges || !isReadable(parsePool, write.before)) return emptyRangeSet;
    return rangeSet([prefixRange(parsePool(write.before).subnet)]);
  }
  if (write.resource.kind === reservedIPKind) {
    return isReadable(parseReservedIP, write.resource) ? parseReservedIP(write.resource) : emptyRangeSet;
  }
  if (write.resource.kind !== poolKind || write.operation === 'create') return emptyRangeSet;
  if (!isReadable(parsePool, write.before)) return emptyRangeSet;
  const { usable } = parsePool(write.before);
  return isReadable(parsePool, write.resource) ? subtract(usable, parsePool(write.resource).usable) : emptyRangeSet;
}

function isReadable(parse: (resource: Resource) => unknown, resource: Resource): boolean {
  return refusalsOf(() => void parse(resource)).length === 0;
}
