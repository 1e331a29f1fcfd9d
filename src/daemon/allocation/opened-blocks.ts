import type { Prefix } from '../../ip/prefix.ts';
import type { RangeSet } from '../../ip/range-set.ts';
import type { LeasedBlock } from '../../ipam/claim/leased-block.ts';
import type { Pool } from '../../resources/pool.ts';

/** Has what is claimed of blocks known. */
export interface LearnedClaims {
  /** Resolves when every claim is known that the store has in these blocks. @throws IpamError not-ready, store-unavailable */
  learn(pool: Pool, blocks: readonly Prefix[]): Promise<void>;
}

/** What is claimed of blocks. */
export interface ClaimedAddresses extends LearnedClaims {
  /** What of a block is not its lessee's to give. */
  within(pool: Pool, block: Prefix): RangeSet;
  /** Is it open whether an address of the block is claimed? */
  isAwaitedIn(pool: string, block: Prefix): boolean;
}

type Known = Pick<LeasedBlock, 'prefix' | 'resource'>;

/**
 * Blocks of this daemon of which is known what is claimed of them. Until then nothing of a block is given: a former lessee may
 * have claimed an address of it for somebody who comes again.
 */
export class OpenedBlocks {
  readonly #claimed: LearnedClaims | undefined;
  /** By uid. */
  readonly #open = new Set<string>();

  /** @param claimed absent: nobody else leases or claims, and what is claimed is known here in any case */
  constructor(claimed: LearnedClaims | undefined) {
    this.#claimed = claimed;
  }

  has({ resource }: Known): boolean {
    return this.#claimed === undefined || this.#open.has(resource.metadata.uid);
  }

  add(uid: string): void {
    this.#open.add(uid);
  }

  forget({ resource }: Known): void {
    this.#open.delete(resource.metadata.uid);
  }

  /** @returns whether there were any to open @throws IpamError not-ready, store-unavailable */
  async open(pool: Pool, blocks: readonly Known[]): Promise<boolean> {
    const closed = blocks.filter((block) => !this.has(block));
    if (closed.length === 0) return false;
    await this.#claimed?.learn(
      pool,
      closed.map(({ prefix }) => prefix),
    );
    for (const { resource } of closed) this.add(resource.metadata.uid);
    return true;
  }
}
