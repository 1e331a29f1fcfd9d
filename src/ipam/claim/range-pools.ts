import { formatAddress } from '../../ip/address.ts';
import { formatPrefix } from '../../ip/prefix.ts';
import { formatRangeSet, rangeSet, subtract } from '../../ip/range-set.ts';
import { isSwitchedOff, type Pool, type PoolResource } from '../../resources/pool.ts';
import { newRangePool } from '../../resources/range-pool.ts';
import { type InlineRange, wholeRange } from '../request.ts';

/** Whose configuration it is: a network's on one node. */
export interface RangesFile {
  readonly network: string;
  /** Undefined: not known; the pools give nothing more. */
  readonly node: string | undefined;
  /** Undefined: the default scope. */
  readonly networkName?: string | undefined;
}

/**
 * The pools that a network's ranges on one node become, set by set. Ranges of a set that agree on subnet and gateway share
 * one, in the place of the first of them.
 */
export function rangePools(
  { network, node, networkName }: RangesFile,
  sets: readonly (readonly InlineRange[])[],
): readonly (readonly PoolResource[])[] {
  return sets.map((ranges) => {
    const alike = Map.groupBy(ranges, ({ subnet, gateway }) =>
      [formatPrefix(subnet), gateway === undefined ? '' : formatAddress(gateway)].join(' '),
    );
    return [...alike.values()].flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const { subnet, gateway } = first;
      const fixed = rangeSet(members.flatMap((member) => member.fixed ?? []));
      // What is for those who ask for it is nobody else's.
      const addresses = subtract(rangeSet(members.map(wholeRange)), fixed);
      return [newRangePool({ network, node, networkName, subnet, gateway, addresses, fixed })];
    });
  });
}

/** What stands in a pool's place: nothing, the pool as the file has it, or what somebody made of it. */
export function isAsMade(present: Pool, made: Pool): boolean {
  return !isSwitchedOff(present) && contentsOf(present) === contentsOf(made);
}

function contentsOf({ subnet, usable, fixed, gateway, ranges, nodeNames, blockSize }: Pool): string {
  const router = gateway === undefined ? undefined : formatAddress(gateway);
  const addresses = [formatRangeSet(usable), formatRangeSet(fixed)];
  return JSON.stringify([formatPrefix(subnet), addresses, router, ranges, nodeNames, blockSize]);
}
