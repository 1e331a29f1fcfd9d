import { formatPrefix } from '../ip/prefix.ts';
import { formatRangeSet, intersect, type RangeSet, subtract } from '../ip/range-set.ts';
import { IpamError } from './errors.ts';
import type { Pool } from './pool.ts';

/** What is out of a pool right now, as far as the rules care. */
export interface PoolOccupancy {
  /** Addresses held. */
  readonly held: RangeSet;
}

/**
 * Rules between pools: two pools never offer one address, or it could be given twice under two gateways.
 * @throws IpamError invalid-config
 */
export function checkPoolsDisjoint(pool: Pool, others: Iterable<Pool>): void {
  for (const other of others) {
    if (other.name === pool.name) continue;
    const shared = formatRangeSet(intersect(pool.usable, other.usable));
    if (shared.length === 0) continue;
    throw new IpamError(
      'invalid-config',
      `SpiderIPPool "${pool.name}" overlaps SpiderIPPool "${other.name}": both offer ${brief(shared)}`,
      {
        advice: 'give the pools different ranges with spec.ips or spec.excludeIPs',
        facts: { pool: other.name, shared },
      },
    );
  }
}

/**
 * Rules for a change of an existing pool: what would orphan an address that is out is refused.
 * @throws IpamError invalid-config (immutable field), in-use
 */
export function checkPoolChange(before: Pool, after: Pool, occupancy: PoolOccupancy): void {
  const subject = `SpiderIPPool "${after.name}"`;
  const fixed: readonly [string, string, string][] = [
    ['spec.subnet', formatPrefix(before.subnet), formatPrefix(after.subnet)],
    ['spec.blockSize', String(before.blockSize ?? 'none'), String(after.blockSize ?? 'none')],
  ];
  for (const [field, was, is] of fixed) {
    if (was !== is) {
      throw new IpamError('invalid-config', `${subject}: ${field} cannot change from ${was} to ${is}`, {
        advice: 'create another pool, move the applications over, and delete this one',
      });
    }
  }
  const orphaned = formatRangeSet(subtract(occupancy.held, after.usable));
  if (orphaned.length > 0) {
    throw new IpamError('in-use', `${subject}: the change drops addresses that are in use: ${brief(orphaned)}`, {
      advice: 'release them first (ipam-cli addresses shows who holds them), or keep them in spec.ips',
      facts: { addresses: orphaned },
    });
  }
}

/** @throws IpamError in-use */
export function checkPoolDelete(pool: Pool, occupancy: PoolOccupancy): void {
  const held = formatRangeSet(occupancy.held);
  if (held.length > 0) {
    throw new IpamError('in-use', `SpiderIPPool "${pool.name}" still has addresses in use: ${brief(held)}`, {
      advice: 'set spec.disable: true so that it gives out no more, and delete it when it is empty',
      facts: { addresses: held },
    });
  }
}

/** @throws IpamError in-use when a reserved address is held by a container */
export function checkReservation(name: string, reserved: RangeSet, held: RangeSet): void {
  const taken = formatRangeSet(intersect(reserved, held));
  if (taken.length === 0) return;
  throw new IpamError('in-use', `SpiderReservedIP "${name}" reserves addresses that are in use: ${brief(taken)}`, {
    advice: 'release them first (ipam-cli addresses shows who holds them)',
    facts: { addresses: taken },
  });
}

function brief(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).join(', ');
  return texts.length > 5 ? `${shown} and ${texts.length - 5} more` : shown;
}
