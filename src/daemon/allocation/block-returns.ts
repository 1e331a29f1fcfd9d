import type { BlockEvent } from '../../ipam/claim/block-machine.ts';
import { type Block, blockKind } from '../../resources/block.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Store } from '../../store/store.ts';
import type { PoolFence } from './pool-fence.ts';

export interface BlockReturnsOptions {
  readonly store: Store;
  /** Told before a block of a pool is given up. */
  readonly fence?: PoolFence | undefined;
  readonly onReturn?: (block: Stored<Block>) => void;
  /** Told what came of it. */
  readonly tell: (event: BlockEvent) => void;
  /** Awaited before a block is handed back: a start without the store does not take it for our own any more. */
  readonly forgotten?: () => Promise<void>;
}

/** Tells the store of blocks that are being handed back. */
export class BlockReturns {
  readonly #options: BlockReturnsOptions;
  /** Deletes that are under way, by uid. */
  readonly #givingUp = new Map<string, Promise<void>>();

  constructor(options: BlockReturnsOptions) {
    this.#options = options;
  }

  /** Tries again what the store did not answer. @throws IpamError store-unavailable, storage-full */
  async finish(returning: readonly Stored<Block>[]): Promise<void> {
    for (const block of returning) await this.give(block);
  }

  /**
   * Once at a time: a delete that is repeated elsewhere takes a block that is gone for its own work, and counts it again.
   * @throws IpamError store-unavailable, storage-full
   */
  give(block: Stored<Block>): Promise<void> {
    const { uid } = block.metadata;
    const underway = this.#givingUp.get(uid) ?? this.#delete(block).finally(() => this.#givingUp.delete(uid));
    this.#givingUp.set(uid, underway);
    return underway;
  }

  async #delete(block: Stored<Block>): Promise<void> {
    const { name, uid, resourceVersion } = block.metadata;
    const { store, forgotten, fence, onReturn, tell } = this.#options;
    if (forgotten !== undefined) await forgotten();
    fence?.forget(block.spec.pool);
    try {
      await store.delete({ kind: blockKind, name }, resourceVersion);
      onReturn?.(block);
    } catch (error) {
      const isChanged = isIpamError(error, 'conflict');
      if (!isChanged && !isIpamError(error, 'not-found')) {
        tell({ type: 'delete timed out', block });
        throw error;
      }
      // Gone already, or in other hands: an earlier attempt was heard. Or a hand wrote to it.
      const present = isChanged ? await store.get<Block>({ kind: blockKind, name }) : undefined;
      if (present?.metadata.uid === uid) return this.#delete({ ...block, metadata: present.metadata });
    }
    tell({ type: 'deleted', block });
  }
}
