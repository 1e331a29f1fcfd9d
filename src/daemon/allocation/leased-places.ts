import type { Address } from '../../ip/address.ts';
import type { Prefix } from '../../ip/prefix.ts';
import type { HeldAddress } from '../../ipam/allocation.ts';
import type { Pool } from '../../resources/pool.ts';

/** What of claims concerns whoever leases blocks. */
export interface LeasedPlaces {
  /** Do addresses of blocks stay with whom they are for? */
  readonly areKept: boolean;
  /** Is it an address of a block of this daemon? */
  hasOwn(pool: Pool, address: Address): boolean;
  /** Told that an address is claimed, or not any more. */
  changed(held: Pick<HeldAddress, 'address' | 'pool'>): void;
  /** As an interface gets it that has it by a claim. */
  heldByClaim(pool: Pool, block: Prefix, address: Address): HeldAddress;
}
