import type { Block } from '../../resources/block.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Journal } from '../journal/journal.ts';
import type { StoreHistory } from '../recovery/store-history.ts';
import type { LastKnownState } from '../view/last-known-state.ts';

/** Was a block this daemon's when it ran last, or is an address of it on record? Without that state, there is no block of which it is known that it was not. */
export function knownBlocks(
  lastKnown: LastKnownState | undefined,
  journal: Journal,
): (block: Stored<Block>) => boolean {
  if (lastKnown === undefined) return () => true;
  const uids = new Set(lastKnown.blocks.map(({ metadata }) => metadata.uid));
  const addresses = journal.load().allocations.flatMap((allocation) => allocation.addresses);
  const cidrs = new Set(addresses.map(({ block }) => block));
  return ({ metadata, spec }) => uids.has(metadata.uid) || cidrs.has(spec.cidr);
}

export interface RevivedOptions {
  readonly daemon: string;
  readonly history: StoreHistory;
  readonly known?: () => (block: Stored<Block>) => boolean;
}

/** What a start that finds a store gone back does not take for its own: it was returned before, and is there again. */
export function revivedAmong(blocks: readonly Stored<Block>[], options: RevivedOptions): readonly Stored<Block>[] {
  const { daemon, history, known } = options;
  if (!history.isStarting || !history.isSettling || known === undefined) return [];
  const isKnown = known();
  return blocks.filter((block) => block.spec.daemon === daemon && !isKnown(block));
}
