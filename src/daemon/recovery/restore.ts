import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { AddressSources } from '../allocation/address-sources.ts';
import type { NodeIpam } from '../allocation/node-ipam.ts';
import type { Journal } from '../journal/journal.ts';
import type { RecordKeeper } from './record-keeper.ts';

export interface RestoreParts {
  readonly ipam: NodeIpam;
  readonly sources: AddressSources;
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
export async function restore({
  ipam,
  sources,
  recordKeeper,
  journal,
  clock,
  log,
  isCurrent,
}: RestoreParts): Promise<{ allocations: number; coolingDown: number }> {
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
  for (const source of sources.all) source.restoreCooldowns(cooling);
  // After, not before: every space that a cool-down makes would look through all of them.
  for (const one of coolingDown) ipam.cooldowns.set(one);
  const tookMs = clock.now() - started;
  log.info(
    { allocations: allocations.length, coolingDown: coolingDown.length, tookMs, isCurrent },
    'restored from the journal',
  );
  return { allocations: allocations.length, coolingDown: coolingDown.length };
}
