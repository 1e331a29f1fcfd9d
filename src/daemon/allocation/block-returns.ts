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
  /** Awaited before a block is handed back: a start without the store does not take it for our own any more. */
  readonly forgotten?: () => Promise<void>;
}

/** Blocks that are being handed back: not used, until the store has said that it heard. */
export class BlockReturns {
  readonly #options: BlockReturnsOptions;
  /** Of which the store did not say whether it heard, by uid. */
  readonly #undecided = new Map<string, Stored<Block>>();
  /** Deletes of theirs that are under way, by uid. */
  readonly #givingUp = new Map<string, Promise<void>>();

  constructor(options: BlockReturnsOptions) {
    this.#options = options;
  }

  /** To be handed back by the next `finish`. */
  note(block: Stored<Block>): void {
    this.#undecided.set(block.metadata.uid, block);
  }

  /** The store has shown that it is gone. */
  gone(uid: string): void {
    this.#undecided.delete(uid);
  }

  /** @throws IpamError store-unavailable, storage-full */
  give(block: Stored<Block>): Promise<void> {
    this.note(block);
    return this.#giveUp(block);
  }

  /** Tries again what the store did not answer. @throws IpamError store-unavailable, storage-full */
  async finish(): Promise<void> {
    for (const block of [...this.#undecided.values()]) await this.#giveUp(block);
  }

  /** Once at a time: a delete that is repeated elsewhere takes a block that is gone for its own work, and counts it again. */
  #giveUp(block: Stored<Block>): Promise<void> {
    const { uid } = block.metadata;
    const underway = this.#givingUp.get(uid) ?? this.#delete(block).finally(() => this.#givingUp.delete(uid));
    this.#givingUp.set(uid, underway);
    return underway;
  }

  async #delete(block: Stored<Block>): Promise<void> {
    const { name, uid, resourceVersion } = block.metadata;
    const { store, forgotten, fence, onReturn } = this.#options;
    if (forgotten !== undefined) await forgotten();
    fence?.forget(block.spec.pool);
    try {
      await store.delete({ kind: blockKind, name }, resourceVersion);
      onReturn?.(block);
    } catch (error) {
      const isChanged = isIpamError(error, 'conflict');
      if (!isChanged && !isIpamError(error, 'not-found')) throw error;
      // Gone already, or in other hands: an earlier attempt was heard. Or a hand wrote to it.
      const present = isChanged ? await store.get<Block>({ kind: blockKind, name }) : undefined;
      if (present?.metadata.uid === uid) return this.#delete({ ...block, metadata: present.metadata });
    }
    this.#undecided.delete(uid);
  }
}
