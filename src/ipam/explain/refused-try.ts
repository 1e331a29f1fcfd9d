import type { Family } from '../../ip/address.ts';
import type { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import { type Rejection, type ToldRejection, told } from '../select/rejection.ts';
import type { ConsideredPool } from './explanation.ts';

/** A pool that had nothing to give, as an error tells it. */
interface ToldAttempt extends ToldRejection {
  readonly used: string;
  readonly total: string;
}

/** Every pool that an error tells of; none when it is about something else. */
export function poolsOfError({ facts }: IpamError): readonly ConsideredPool[] {
  const family: Family | 0 = facts.family === 4 || facts.family === 6 ? facts.family : 0;
  return [
    ...listOf<ToldAttempt>(facts.tried).map(({ pool, title = pool, used, total, reason }) => ({
      pool: title,
      family,
      reason: `has ${used} of ${total} in use: ${reason}`,
    })),
    ...considered(listOf<ToldRejection>(facts.rejected), family),
  ];
}

/** Pools that were passed over for an address of a family. */
export function rejectedPools(rejected: readonly Rejection[], family: Family): readonly ConsideredPool[] {
  return considered(told(rejected), family);
}

/** A pool that is left, and what it would say. @param shortage empty: it would give one */
export function candidatePool({ name, family }: Pool, shortage: string): ConsideredPool {
  return { pool: name, family, reason: shortage };
}

function considered(rejected: readonly ToldRejection[], family: Family | 0): readonly ConsideredPool[] {
  return rejected.map(({ pool, title = pool, reason }) => ({ pool: title, family, reason }));
}

function listOf<T>(list: unknown): readonly T[] {
  return Array.isArray(list) ? (list as readonly T[]) : [];
}
