import { type Address, familyBits, formatAddress, parseAddress } from '../../ip/address.ts';
import { type Prefix, prefixContains, prefixOf } from '../../ip/prefix.ts';
import { containsAddress, emptyRangeSet, type RangeSet, rangeSet } from '../../ip/range-set.ts';
import { readable } from '../../ip/readable.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import type { HeldAddress } from '../allocation.ts';
import { blockLayout } from './layout.ts';

/*
 * An address of a leased block that stays with whom it is for has a claim of its own, made by whoever leases the block. From
 * then on it is the claim's and not the block's: whoever leases the block, now or later, withholds it as long as the claim is
 * there, and whoever the address is for may have it on any node.
 */

/** Are its addresses given out of blocks that nodes lease? */
export function leasesBlocks({ blockSize }: Pool): boolean {
  return blockSize !== undefined;
}

/** The block of a pool in which an address lies; undefined: the pool leases none. */
export function blockAround({ blockSize }: Pool, address: Address): Prefix | undefined {
  return blockSize === undefined ? undefined : prefixOf(address, blockSize);
}

/** What of a block its lessee gives to nobody, of addresses that are claimed, or may be. */
export function claimedWithin(block: Prefix, addresses: Iterable<Address>): RangeSet {
  const within = [...addresses].filter((address) => prefixContains(block, address));
  return rangeSet(within.map((address) => ({ first: address, last: address })));
}

/** May an interface have this address of a pool that leases blocks, whoever leases its block? @param withheld as for a block */
export function isOfSomeBlock(pool: Pool, address: Address, withheld: RangeSet): boolean {
  const block = blockAround(pool, address);
  return block !== undefined && containsAddress(blockLayout(pool, block, withheld).usable, address);
}

/**
 * A claimed address as an interface gets it. Where its node does not lease the block, and blocks are subnets of their own, it is
 * a host of its own: its neighbours are on another node, and reached as everybody else, over its gateway.
 */
export function heldByClaim(pool: Pool, block: Prefix, address: Address, isInOwnBlock: boolean): HeldAddress {
  const { prefixLength, gateway } = blockLayout(pool, block, emptyRangeSet);
  const isOnLink = isInOwnBlock || pool.gateway !== undefined;
  return {
    address: formatAddress(address),
    prefixLength: isOnLink ? prefixLength : familyBits(pool.family),
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
    pool: pool.name,
    routes: pool.routes,
  };
}

/** What is claimed. */
export function addressesOf(claims: Iterable<Pick<Claim, 'spec'>>): RangeSet {
  const addresses = [...claims].flatMap(({ spec }) => readable(spec?.address, parseAddress) ?? []);
  return rangeSet(addresses.map((address) => ({ first: address, last: address })));
}
