import { parseAddress } from '../../ip/address.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { NodeIpam } from '../allocation/node-ipam.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { Journal } from '../journal/journal.ts';
import type { Catalog } from '../view/catalog.ts';
import type { RecordKeeper } from './record-keeper.ts';

export interface RestoreParts {
  readonly ipam: NodeIpam;
  readonly catalog: Catalog;
  readonly blocks: BlockLeases;
  readonly shared: SharedClaims;
  readonly recordKeeper: RecordKeeper;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Is what is known of blocks and claims what the store has now? Else nothing can be secured there. */
  readonly isCurrent: boolean;
}

/**
 * Puts every address of the journal back where it was: the journal is what counts. What the store lost
 * (a block, a claim) is taken again; what cannot be is kept held and reported, for `check` to show.
 */
export async function restore(parts: RestoreParts): Promise<{ allocations: number; coolingDown: number }> {
  const { ipam, shared, journal, clock, log, recordKeeper, isCurrent } = parts;
  const started = clock.now();
  const { allocations, coolingDown } = journal.load();
  for (const allocation of allocations) {
    ipam.ledger.add(allocation);
    // Almost always the block or the claim is where the journal says, and nothing has to be waited for.
    for (const held of allocation.addresses) {
      if (!recordKeeper.place(allocation, held) && isCurrent) await recordKeeper.takeBack(allocation, held);
    }
  }
  const now = clock.now();
  const cooling = coolingDown.filter(({ until }) => until > now);
  for (const one of cooling) rest(parts, one);
  // A pool of the same addresses may have been laid out after the first of them.
  for (const one of cooling) shared.coolDown(one);
  // After, not before: every space that a cool-down makes would look through all of them.
  for (const one of coolingDown) ipam.cooldowns.set(one);
  const tookMs = clock.now() - started;
  log.info(
    { allocations: allocations.length, coolingDown: coolingDown.length, tookMs, isCurrent },
    'restored from the journal',
  );
  return { allocations: allocations.length, coolingDown: coolingDown.length };
}

function rest(
  { blocks, shared, catalog }: RestoreParts,
  coolingDown: { address: string; pool: string; until: number },
): void {
  const pool = catalog.pool(coolingDown.pool);
  if (pool === undefined) return;
  const address = parseAddress(coolingDown.address);
  const leased = pool.blockSize === undefined ? undefined : blocks.blockOf(pool, address).leased;
  const allocator =
    pool.blockSize === undefined ? shared.spaceOf(pool).allocator : leased && blocks.spaceOf(leased)?.allocator;
  allocator?.coolDown(address, coolingDown.until);
}
