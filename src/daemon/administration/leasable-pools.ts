import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { AdministrationParts } from './administration-parts.ts';

/**
 * Pools that an operator may have a block leased of.
 * @param name absent: the default pools that lease blocks
 * @throws IpamError not-found, invalid-argument, in-use
 */
export function leasablePools(
  name: string | undefined,
  { catalog, sources }: Pick<AdministrationParts, 'catalog' | 'sources'>,
): readonly Pool[] {
  const isLeased = (pool: Pool): boolean => sources.of(pool) === sources.leased;
  if (name === undefined) {
    const pools = catalog.pools.filter((pool) => pool.isDefault && !pool.disabled && isLeased(pool));
    if (pools.length > 0) return pools.toSorted((a, b) => a.family - b.family);
    throw new IpamError('not-found', 'no enabled default pool has a blockSize', { advice: 'name a pool' });
  }
  const pool = catalog.pool(name);
  if (pool === undefined) throw new IpamError('not-found', `no pool is named "${name}"`);
  if (!isLeased(pool)) {
    throw new IpamError('invalid-argument', `pool "${name}" is shared: it has no blockSize and leases no blocks`);
  }
  if (pool.disabled) throw new IpamError('in-use', `pool "${name}" is disabled or about to be deleted`);
  return [pool];
}
