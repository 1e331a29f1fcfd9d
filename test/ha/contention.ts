import { type Block, blockKind, newBlock } from '../../src/resources/block.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import type { Stored } from '../../src/resources/resource.ts';
import type { ResourceKey, Store } from '../../src/store/store.ts';
import type { Random } from '../kit/random.ts';

export interface ContentionOptions {
  readonly store: Store;
  /** The node in whose name blocks are leased. */
  readonly client: string;
  readonly random: Random;
  /** Blocks that all clients fight for, 1..256. */
  readonly blocks: number;
  /** Which blocks, 0..255: a new number now and then keeps few unanswered writes to each, so that a history can be judged. */
  readonly generation: () => number;
  readonly signal: AbortSignal;
  /** Waits a moment between operations. */
  readonly pause: () => Promise<void>;
}

/** What a client met: operations that ended well, were refused, or were never answered. */
export interface Contention {
  readonly done: number;
  readonly refused: number;
  readonly unanswered: number;
}

/** Leases, renews, hands back and looks up a few blocks, as fast as the pause allows, until the signal. */
export async function contend(options: ContentionOptions): Promise<Contention> {
  const tally = { done: 0, refused: 0, unanswered: 0 };
  const seen = new Map<string, Stored<Block>>();
  while (!options.signal.aborted) {
    try {
      await operate(options, seen);
      tally.done += 1;
    } catch (error) {
      if (!isIpamError(error)) throw error;
      const isLost = error.code === 'store-unavailable' || error.code === 'storage-full';
      tally[isLost ? 'unanswered' : 'refused'] += 1;
    }
    await options.pause();
  }
  return tally;
}

async function operate(
  { store, client, random, blocks, generation }: ContentionOptions,
  seen: Map<string, Stored<Block>>,
): Promise<void> {
  const cidr = `10.${generation()}.${random.below(blocks)}.0/24`;
  const block = newBlock({ cidr, pool: 'contended', node: client, daemon: client });
  const key: ResourceKey = { kind: blockKind, name: block.metadata.name };
  const known = seen.get(cidr);
  switch (random.below(known === undefined ? 2 : 5)) {
    case 0:
      return void seen.set(cidr, await store.create(block));
    case 1: {
      const present = await store.get<Block>(key);
      if (present === undefined) seen.delete(cidr);
      else seen.set(cidr, present);
      return;
    }
    case 2:
      return void seen.set(cidr, await store.update(known as Stored<Block>));
    case 3:
      seen.delete(cidr);
      return store.delete(key, (known as Stored<Block>).metadata.resourceVersion);
    default:
      seen.delete(cidr);
      return store.delete(key, undefined);
  }
}
