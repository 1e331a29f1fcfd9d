import type { Address } from '../../ip/address.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Allocation, CoolingAddress, HeldAddress } from '../allocation.ts';
import type { Attachment } from '../attachment.ts';
import type { PoolUsage } from '../port.ts';
import type { Selection } from '../select/select.ts';
import type { Claimant } from './claimant.ts';
import type { Attempt } from './exhausted.ts';

/** One address taken but not yet on record, and how to give it up as if it had never been taken. */
export interface Grant {
  readonly held: HeldAddress;
  /** On which node it was kept for its identity until now; absent: it was not. */
  readonly keptOn?: string | undefined;
  /** @throws IpamError store-unavailable, storage-full; then it stays taken until it is found that no record stands behind it */
  undo(): Promise<unknown>;
}

/** What came of an attempt to have the store know of an address on record. */
export interface Secured {
  readonly isSecured: boolean;
  /** Why it is not this node's any more; absent: nobody knows yet. */
  readonly reason?: string;
}

/** How full a pool is, as its source counts. */
export type SourceUsage = Pick<PoolUsage, 'blockSize' | 'blocks' | 'total' | 'used' | 'parked' | 'coolingDown'>;

/** The next addresses to go. */
export interface Upcoming {
  /** In the order in which they are given, if nothing else happens; may be long. */
  readonly addresses: Iterable<Address>;
  /** Why there are no more, or none that can be told: a clause for people; empty: these are all. */
  readonly afterwards: string;
}

/**
 * Where the addresses of a pool come from: out of blocks that the node leases, or out of a shared pool, by one claim in the
 * store for each. Whoever takes, releases or secures an address need not know which.
 */
export interface AddressSource {
  /**
   * Takes some address of a pool.
   * @returns undefined: it has none left; `attempt` tells why
   * @throws IpamError quota-exceeded, not-ready, store-unavailable, storage-full
   */
  take(pool: Pool, want: Selection, claimant: Claimant): Promise<Grant | undefined>;
  /**
   * Takes exactly this address.
   * @returns undefined: the pool cannot give any now; `attempt` tells why
   * @throws IpamError address-taken, address-not-allowed, quota-exceeded, not-ready, store-unavailable, storage-full
   */
  takeExactly(pool: Pool, address: Address, claimant: Claimant): Promise<Grant | undefined>;
  /** What was tried of a pool that had nothing to give. */
  attempt(pool: Pool, node: string): Attempt;
  /**
   * Why `take` would find nothing for a node now, as far as can be told without taking; empty: it would find something.
   * @param outage why the store is not reached; empty: it answers
   */
  shortage(pool: Pool, node: string, outage: () => string): string;
  /** What `take` would give a node next, in this order; as much of it as is known. */
  upcoming(pool: Pool, node: string): Upcoming;
  /** How full a pool is for a node, 0..1, where several would do: 0 also where the node has something of it in memory. */
  fullness(pool: Pool, node: string): number;
  /**
   * Is so little left in the node's memory that it should be made ready for the next calls? Asked after each of them.
   * @param threshold share of what the node has, 0..1 (docs/daemon.md: `preallocateThreshold`)
   */
  isLow(pool: Pool, node: string, threshold: number): boolean;
  /**
   * Makes ready for the next calls.
   * @returns the CIDR of the block that was leased; undefined: there is none left
   * @throws IpamError store-unavailable, storage-full
   */
  prepare(pool: Pool, node: string): Promise<string | undefined>;

  /** An address is off the record: its cool-down begins, unless a claim stands behind it, whose end begins that. */
  release(attachment: Attachment, held: HeldAddress, now: number): void;

  /** Cool-downs of before the start. Those that are of no pool of this source may concern what it lays over them. */
  restoreCooldowns(cooling: readonly CoolingAddress[]): void;
  /** Does the store, as far as this daemon knows, show an address as the record has it? @param key as `attachmentKey` makes it */
  isInPlace(key: string, held: HeldAddress): boolean;
  /** Keeps an address of the record from others until it is secured. @param key as `attachmentKey` makes it */
  hold(key: string, held: HeldAddress): void;
  /**
   * Has the store know of an address on record again, whatever else holds leases and claims up.
   * @throws IpamError store-unavailable, storage-full
   */
  secure(allocation: Allocation, held: HeldAddress): Promise<Secured>;
  /** Addresses that may be on record and were lost without this daemon's doing, by `addressKey`; some are told once only. */
  takeLost(): readonly string[];

  /** @param claims everybody's of the pool, where they are not known here; absent: they are */
  usage(pool: Pool, claims?: readonly Claim[]): SourceUsage;
}
