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
  let onRecord: ReadonlySet<string | undefined> | undefined;
  return ({ metadata, spec }) => {
    if (uids.has(metadata.uid)) return true;
    // Nearly always all are known, and nothing is read for it.
    onRecord ??= blocksOnRecord(journal);
    return onRecord.has(spec.cidr);
  };
}

function blocksOnRecord(journal: Journal): ReadonlySet<string | undefined> {
  const blocks = new Set<string | undefined>();
  for (const { addresses } of journal.recorded()) for (const { block } of addresses) blocks.add(block);
  return blocks;
}

export interface RevivedOptions {
  readonly daemon: string;
  readonly history: StoreHistory;
  readonly known?: () => (block: Stored<Block>) => boolean;
}

/**
 * What a start does not take for its own: it was returned before, and is there again. Whether the store went back need not be
 * known: a block with nothing on record here that was leased a moment before the end is handed back too, and missed by nobody.
 */
export function revivedAmong(blocks: readonly Stored<Block>[], options: RevivedOptions): readonly Stored<Block>[] {
  const { daemon, history, known } = options;
  if (!history.isStarting || known === undefined) return [];
  const own = blocks.filter((block) => block.spec.daemon === daemon);
  const isKnown = known();
  return own.filter((block) => !isKnown(block));
}
