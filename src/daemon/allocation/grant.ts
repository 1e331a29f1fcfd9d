import type { Grant } from '../../ipam/claim/address-source.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { type Attempt, poolsExhausted } from '../../ipam/claim/exhausted.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { AddressSources } from './address-sources.ts';
import type { FixedAddresses } from './fixed-addresses.ts';

export interface Granting {
  readonly sources: AddressSources;
  /** What stays with whom it is for, asked first. */
  readonly fixed: FixedAddresses;
}

/**
 * Takes one address for one want: what is kept for whoever asks, else of the first of its pools that gives one.
 * @throws IpamError pool-exhausted, address-taken, address-not-allowed, not-ready, store-unavailable, storage-full
 */
export async function grantAddress({ sources, fixed }: Granting, want: Selection, claimant: Claimant): Promise<Grant> {
  const kept = await fixed.take(want, claimant);
  if (kept !== undefined) return sources.shared.grantKept(kept);
  const attempts: Attempt[] = [];
  for (const pool of want.candidates) {
    const source = sources.of(pool);
    const grant = await (want.requested === undefined
      ? source.take(pool, want, claimant)
      : source.takeExactly(pool, want.requested, claimant));
    if (grant !== undefined) return grant;
    attempts.push(source.attempt(pool, claimant.node));
  }
  throw poolsExhausted(want, attempts);
}
