import type { Family } from '../../ip/address.ts';
import type { Pool } from '../../resources/pool.ts';
import type { PoolSource } from '../request.ts';
import { bothFamilies, type Candidates } from './candidate-pools.ts';
import { noPool, type Rejection } from './rejection.ts';

type ByName = Extract<PoolSource, { kind: 'by-name' }>;

/**
 * The pools that have the name of their family, by their own or by the source's label.
 * @param families empty: those of which there are pools
 * @param defaults the default pools, of families that are not named
 * @throws IpamError not-found (no pool of a name, or none of a family that is asked for)
 */
export function ofName(
  source: ByName,
  families: readonly Family[],
  pools: readonly Pool[],
  defaults: () => readonly Pool[],
): readonly Candidates[] {
  const found = bothFamilies.map((family) => candidatesOf(source, family, pools, defaults));
  const asked = found.filter((one) =>
    families.length > 0 ? families.includes(one.family) : !mayBeLeftOut(source, one, found),
  );
  const [missing] = asked.filter((one) => one.pools.length === 0);
  if (missing !== undefined) throw noPool(missing.family, missing.rejected, missing.origin);
  if (asked.length === 0) throw noPool(undefined, [], source.origin);
  return asked;
}

function candidatesOf(
  { names, label, origin }: ByName,
  family: Family,
  pools: readonly Pool[],
  defaults: () => readonly Pool[],
): Candidates {
  const name = names[family];
  if (name === undefined) {
    return { family, pools: defaults().filter((pool) => pool.family === family), rejected: [], ranked: true };
  }
  const named = pools.filter((pool) => pool.name === name || pool.labels[label] === name);
  const own = named.filter((pool) => pool.family === family);
  const rejected = named
    .filter((pool) => pool.family !== family)
    .map((pool): Rejection => ({ pool: pool.name, reason: () => `is an IPv${pool.family} pool` }));
  const none = { pool: name, reason: () => 'does not exist' };
  return { family, pools: own, rejected: named.length === 0 ? [none] : rejected, origin, ranked: true };
}

function mayBeLeftOut({ names }: ByName, { family, pools }: Candidates, found: readonly Candidates[]): boolean {
  if (pools.length > 0) return false;
  const name = names[family];
  // Nobody named it, and there is no default pool of it.
  if (name === undefined) return true;
  return found.some((other) => other.pools.length > 0 && names[other.family] === name);
}
