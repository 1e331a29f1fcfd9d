import { type Address, compareAddresses, formatAddress } from '../../ip/address.ts';
import { prefixContains } from '../../ip/prefix.ts';
import { leasesBlocks } from '../../ipam/claim/claimed-in-block.ts';
import type { AdministrationParts } from './administration-parts.ts';

type Parts = Pick<AdministrationParts, 'ipam' | 'catalog' | 'shared' | 'clock'>;

/**
 * Until when an address cools down, milliseconds since 1970: this node has released it, or another one has, as far as this daemon saw that.
 * @returns undefined: it does not, or nobody here knows
 */
export function coolsDownUntil(address: Address, parts: Parts): number | undefined {
  const text = formatAddress(address);
  const now = parts.clock.now();
  const own = parts.ipam.cooldowns.all().find((one) => one.address === text && one.until > now);
  return own?.until ?? seenReleased(address, now, parts);
}

/** Of pools without blocks: what is released of a block its lessee alone knows. */
function seenReleased(address: Address, now: number, { catalog, shared }: Parts): number | undefined {
  for (const pool of catalog.pools) {
    if (leasesBlocks(pool) || !prefixContains(pool.subnet, address)) continue;
    for (const [cooling, until] of shared.spaceOf(pool).allocator.coolingDownEntries())
      if (until > now && compareAddresses(cooling, address) === 0) return until;
  }
  return undefined;
}
