import type { HeldAddress } from '../../ipam/allocation.ts';
import type { AddressSource } from '../../ipam/claim/address-source.ts';
import type { Pool } from '../../resources/pool.ts';
import type { LeasedSource } from './leased-source.ts';
import type { SharedSource } from './shared-source.ts';

/** The two sources of addresses, and which of them a pool has: the only place where that is decided. */
export class AddressSources {
  readonly leased: LeasedSource;
  readonly shared: SharedSource;
  readonly all: readonly AddressSource[];

  constructor(leased: LeasedSource, shared: SharedSource) {
    this.leased = leased;
    this.shared = shared;
    this.all = [leased, shared];
  }

  of({ blockSize }: Pool): AddressSource {
    return blockSize === undefined ? this.shared : this.leased;
  }

  /** Where an address came from. Its pool may be gone by now, or have been made anew otherwise. */
  ofHeld({ block }: Pick<HeldAddress, 'block'>): AddressSource {
    return block === undefined ? this.shared : this.leased;
  }
}
