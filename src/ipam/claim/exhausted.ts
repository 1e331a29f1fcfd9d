import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import { formatRejections, poolTitle, told } from '../select/rejection.ts';
import type { Selection } from '../select/select.ts';

/** A pool that was tried and had nothing to give. */
export interface Attempt {
  readonly pool: Pool;
  readonly used: bigint;
  readonly total: bigint;
  readonly reason: string;
}

/** A message that names more nodes is not read. */
const shownNodes = 5;

/**
 * Which other nodes have a pool's blocks, those with the most first.
 * @param nodes of each of its blocks, whose it is
 */
export function otherHolders(node: string, nodes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of nodes) if (name !== node) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (counts.size === 0) return '';
  const others = [...counts].toSorted((a, b) => b[1] - a[1]).map(([name, count]) => `node "${name}" has ${count}`);
  const shown = others.slice(0, shownNodes).join(', ');
  const more = others.length > shownNodes ? ` and ${others.length - shownNodes} other nodes have the rest` : '';
  return `: ${shown}${more} (ipam-cli forget NODE takes them from one that will never come back, or has another name by now)`;
}

/** For messages. */
export function attemptText({ pool, used, total, reason }: Attempt): string {
  return `${poolTitle(pool)} has ${used} of ${total} in use: ${reason}`;
}

/** The error when every candidate was tried: which pools, how full, and why each was passed over. */
export function poolsExhausted(want: Selection, attempts: readonly Attempt[]): IpamError {
  const tried = attempts.map(attemptText);
  const passed = want.rejected.length === 0 ? [] : [formatRejections(want.rejected)];
  return new IpamError('pool-exhausted', `no IPv${want.family} address left: ${[...tried, ...passed].join('; ')}`, {
    advice: attempts.every(({ pool }) => pool.ranges !== undefined)
      ? 'widen the ranges in the CNI configuration, or look for leaks with ipam-cli check'
      : 'add a pool or a range, or look for leaks with ipam-cli check',
    facts: {
      family: want.family,
      tried: attempts.map(({ pool, used, total, reason }) => ({
        pool: pool.name,
        ...(pool.ranges === undefined ? {} : { title: poolTitle(pool) }),
        used: String(used),
        total: String(total),
        reason,
      })),
      rejected: told(want.rejected),
    },
  });
}
