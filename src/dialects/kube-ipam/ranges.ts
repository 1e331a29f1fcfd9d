import { prefixRange } from '../../ip/range.ts';
import { rangeSet, subtract } from '../../ip/range-set.ts';
import { wholeRange } from '../../ipam/request.ts';
import type { RangeSets } from '../dialect.ts';

/** What no range of a subnet has is for Pods that ask for it, unless the file says which addresses are (`fixedStart`). */
export function withFixedRest(sets: RangeSets): RangeSets {
  const open = rangeSet(sets.flat().map(wholeRange));
  return sets.map((set) =>
    set.map((one) => {
      const fixed = one.fixed ?? subtract(rangeSet([prefixRange(one.subnet)]), open).ranges;
      return fixed.length === 0 ? one : { ...one, fixed };
    }),
  );
}
