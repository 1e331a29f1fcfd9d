import { addressAt, countAddresses } from '../../ip/range-set.ts';
import type { AddressSpace } from './address-space.ts';
import { spreadIndex } from './spread.ts';

/** Places looked at for a free address. Where one in ten is free, one of them is in eight of ten cases. */
const probes = 16;

/**
 * Lets the next search of a shared pool begin where few others look. Daemons that search a pool in order meet sooner or
 * later, and from then on reach for the same addresses, each with all its calls in flight. Scattered over what is free they
 * seldom meet: with n calls in flight elsewhere and f addresses free, in n of f cases.
 * @param places texts that differ between daemons and searches: each is a place
 */
export function seekAnywhere({ open, allocator }: AddressSpace, places: () => string, now: number): void {
  const count = countAddresses(open);
  for (let probe = 0; probe < probes && count > 0n; probe += 1) {
    const place = addressAt(open, spreadIndex(places(), count));
    allocator.seek(place);
    // Else the search would go on to the end of what is taken, where others end up too.
    if (allocator.isFresh(place, now)) return;
  }
}
