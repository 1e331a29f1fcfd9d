import { type Address, type Family, formatAddress, isLinkLocal } from '../../ip/address.ts';
import { formatPrefix, prefixContains } from '../../ip/prefix.ts';
import { formatRange, type Range } from '../../ip/range.ts';
import { containsAddress } from '../../ip/range-set.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import { type RequestedAddress, requestedText, requestedTitle } from '../requested-address.ts';
import { poolTitle, type Reason } from './rejection.ts';

/** What is wanted of some pools, and may be wanted by its address. */
interface Wanted {
  readonly family: Family;
  readonly candidates: readonly Pool[];
  readonly requested?: RequestedAddress;
}

/**
 * To which of several wants an address belongs that is asked for: the first that could give it and has none yet.
 * @returns undefined: to none of this interface's
 * @throws IpamError address-not-allowed (outside of all subnets), invalid-argument (one too many)
 */
export function wantOf<W extends Wanted>(asked: RequestedAddress, wants: readonly W[]): W | undefined {
  const couldGive = ({ candidates }: W): boolean => candidates.some((pool) => holdsSome(pool, asked));
  const found = wants.find((want) => want.requested === undefined && couldGive(want));
  if (found !== undefined) return found;
  if (wants.some(couldGive)) {
    const text = requestedTitle(asked);
    throw new IpamError(
      'invalid-argument',
      `more addresses requested than the interface gets: ${text} is one too many${by(asked)}`,
    );
  }
  if (asked.elsewhere === 'all') return undefined;
  throw outside(asked, asked.ranges, wants);
}

/**
 * What of an address asked for the pools of its want may have.
 * @throws IpamError address-not-allowed: some of it is in none of their subnets, and can be meant for no other interface
 */
export function withinSubnets(asked: RequestedAddress, want: Wanted): RequestedAddress {
  const isWithin = (range: Range): boolean => want.candidates.some((pool) => holds(pool, range));
  const ranges = asked.ranges.filter(isWithin);
  if (asked.elsewhere === undefined) {
    const left = asked.ranges.filter((range) => !ranges.includes(range));
    if (left.length > 0) throw outside(asked, left, [want]);
    return asked;
  }
  const { gateway, ...rest } = asked;
  const isOurs = gateway !== undefined && (isLinkLocal(gateway) || isWithin({ first: gateway, last: gateway }));
  return { ...rest, ranges, ...(isOurs ? { gateway } : {}) };
}

/**
 * Why a pool cannot give what is asked for; undefined: it may.
 * @param keepsInBlocks do addresses of blocks stay with whom they are for?
 */
export function againstRequested(asked: RequestedAddress, keepsInBlocks: boolean): (pool: Pool) => Reason | undefined {
  return (pool) => {
    if (!holdsSome(pool, asked)) return () => `does not hold the requested address ${requestedText(asked)}`;
    const ofBlocks = pool.blockSize === undefined ? undefined : againstBlocks(asked, pool, keepsInBlocks);
    if (ofBlocks !== undefined) return ofBlocks;
    const { prefixLength: asks = pool.subnet.length, gateway } = asked;
    if (asks !== pool.subnet.length) {
      return () =>
        `has subnet ${formatPrefix(pool.subnet)}, and ${requestedText(asked)} is asked for with /${asks}${by(asked)}`;
    }
    return gateway === undefined ? undefined : againstGateway(gateway, pool, asked);
  };
}

function againstBlocks(asked: RequestedAddress, pool: Pool, keepsInBlocks: boolean): Reason | undefined {
  const { origin, prefixLength, gateway } = asked;
  if (origin !== undefined && !keepsInBlocks)
    return () =>
      `leases blocks, and a fixed address (${origin}) is given by a pool without blockSize, or where allocation.keepInBlocks is set on all nodes`;
  if (pool.gateway !== undefined || (prefixLength === undefined && gateway === undefined)) return undefined;
  return () => `gives each address the prefix and the gateway of its block, and others are asked for${by(asked)}`;
}

/** Why a pool's interfaces cannot have this gateway; undefined: they may. */
function againstGateway(gateway: Address, pool: Pool, asked: RequestedAddress): Reason | undefined {
  const text = formatAddress(gateway);
  if (!isLinkLocal(gateway) && !prefixContains(pool.subnet, gateway)) {
    return () => `has subnet ${formatPrefix(pool.subnet)}, which has no gateway ${text}${by(asked)}`;
  }
  const isGiven = containsAddress(pool.usable, gateway) && !containsAddress(pool.fixed, gateway);
  return isGiven ? () => `gives ${text} to Pods, and it is asked for as a gateway${by(asked)}` : undefined;
}

function holds({ subnet }: Pool, { first, last }: Range): boolean {
  return prefixContains(subnet, first) && prefixContains(subnet, last);
}

function holdsSome(pool: Pool, { ranges }: RequestedAddress): boolean {
  return ranges.some((range) => holds(pool, range));
}

function outside(asked: RequestedAddress, ranges: readonly Range[], wants: readonly Wanted[]): IpamError {
  const text = ranges.map(formatRange).join(', ');
  const subnets = wants.flatMap(({ candidates }) =>
    candidates.map((pool) => `${poolTitle(pool)} ${formatPrefix(pool.subnet)}`),
  );
  return new IpamError(
    'address-not-allowed',
    `requested address ${text} is in none of the pools: ${subnets.join(', ')}${by(asked)}`,
    { facts: { address: text } },
  );
}

function by({ origin }: RequestedAddress): string {
  return origin === undefined ? '' : ` (${origin})`;
}
