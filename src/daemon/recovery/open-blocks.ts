import { isIpamError } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { Catalog } from '../view/catalog.ts';
import type { LastKnownState } from '../view/last-known-state.ts';

export interface OpenedParts {
  readonly blocks: BlockLeases;
  readonly catalog: Catalog;
  readonly log: Log;
}

/**
 * At a start: opens the blocks of this daemon. What cannot be opened now is when an address of it is wanted.
 * @param lastKnown by which this start goes, without the store; undefined: by the store
 */
export async function openBlocks(
  { blocks, catalog, log }: OpenedParts,
  lastKnown: LastKnownState | undefined,
): Promise<void> {
  // Kept beside these is all that was claimed of them.
  if (lastKnown !== undefined) return blocks.openKnown(lastKnown.blocks);
  try {
    for (const [first] of blocks.holders()) {
      const pool = first && catalog.pool(first.resource.spec.pool);
      if (first !== undefined && pool !== undefined) await blocks.open(first.resource.spec.node, pool);
    }
  } catch (error) {
    if (!isIpamError(error)) throw error;
    log.warn({ err: error }, 'nobody knows yet what is claimed of the blocks of this node; nothing of them is given');
  }
}
