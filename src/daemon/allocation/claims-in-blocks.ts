import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { type Prefix, prefixContains } from '../../ip/prefix.ts';
import type { RangeSet } from '../../ip/range-set.ts';
import type { Grant } from '../../ipam/claim/address-source.ts';
import { AwaitedClaims } from '../../ipam/claim/awaited-claims.ts';
import { isParked } from '../../ipam/claim/claim-state.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { claimedWithin, leasesBlocks } from '../../ipam/claim/claimed-in-block.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Claim } from '../../resources/claim.ts';
import { IpamError, mayHaveHappened } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Catalog } from '../view/catalog.ts';
import type { BlockLeases } from './block-leases.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface ClaimsInBlocksParts {
  readonly shared: SharedClaims;
  readonly clock: Clock;
  /** Every address without a block that a record of this daemon holds. */
  readonly recorded: () => Iterable<{ readonly pool: string; readonly address: Address }>;
  readonly catalog: Pick<Catalog, 'pools'>;
  /** The blocks, which go by what is claimed. */
  readonly blocks: () => Pick<BlockLeases, 'hasOwn' | 'claimChanged'>;
  /** Awaited before an address is given that a claim has: a start without the store withholds it. */
  readonly saved: () => Promise<void>;
}

/** How long a block that is new here waits for the watch to show every claim that the store has in it, milliseconds. */
const shownMs = 5_000;
const lookMs = 100;

/**
 * Claims of addresses that lie in leased blocks. Whoever leases a block makes them, gives no address that has one, and gives
 * nothing of a block at all before it knows all that are in it: a former lessee may have made some.
 */
export class ClaimsInBlocks {
  readonly #parts: ClaimsInBlocksParts;
  readonly #awaited = new AwaitedClaims();

  constructor(parts: ClaimsInBlocksParts) {
    this.#parts = parts;
  }

  /** What of a block is not its lessee's to give: what is claimed, on record by a claim, or may have been claimed by a call without an answer. */
  within(pool: Pool, block: Prefix): RangeSet {
    const { shared, recorded } = this.#parts;
    const claimed = [...shared.inPool(pool.name)].map(({ spec }) => parseAddress(spec.address));
    const held = [...recorded()].filter((one) => one.pool === pool.name).map(({ address }) => address);
    return claimedWithin(block, [...claimed, ...held, ...this.#awaited.inPool(pool.name)]);
  }

  claimOf(pool: Pool, address: Address): Stored<Claim> | undefined {
    return this.#parts.shared.claimOf({ pool: pool.name, address: formatAddress(address) });
  }

  /** How many addresses of a pool are had by claims, and kept. @param claims everybody's, where they are not known here */
  count(pool: Pool, claims?: readonly Claim[]): { readonly held: number; readonly parked: number } {
    const { shared } = this.#parts;
    if (claims === undefined) return { held: shared.heldIn(pool.name), parked: shared.parkedIn(pool.name) };
    const parked = claims.filter(isParked).length;
    return { held: claims.length - parked, parked };
  }

  /** All that is claimed of blocks of this daemon, whoever has it. */
  ofOwnBlocks(): readonly Stored<Claim>[] {
    const { shared, catalog, blocks } = this.#parts;
    return catalog.pools
      .filter(leasesBlocks)
      .flatMap((pool) =>
        [...shared.inPool(pool.name)].filter(({ spec }) => blocks().hasOwn(pool, parseAddress(spec.address))),
      );
  }

  /** Is it open whether an address of the block is claimed? Whoever leased it next could not know either. */
  isAwaitedIn(pool: string, block: Prefix): boolean {
    return [...this.#awaited.inPool(pool)].some((address) => prefixContains(block, address));
  }

  /**
   * Resolves when every claim is known here that the store has in these blocks. Their leases are in the store by now: nobody else makes new ones.
   * @throws IpamError not-ready: the watch is further behind; store-unavailable
   */
  async learn(pool: Pool, blocks: readonly Prefix[]): Promise<void> {
    const { shared, clock } = this.#parts;
    const { signal } = new AbortController();
    const isWithin = ({ spec }: Claim): boolean =>
      blocks.some((block) => prefixContains(block, parseAddress(spec.address)));
    for (const until = clock.elapsed() + shownMs; ; await clock.pause(lookMs, signal)) {
      const claims = (await shared.listed(pool.name)).filter(isWithin);
      if (claims.every((claim) => shared.knows(claim))) return;
      if (clock.elapsed() < until) continue;
      throw new IpamError('not-ready', `nobody knows yet what is claimed of a block of pool "${pool.name}"`, {
        advice: 'try again',
      });
    }
  }

  /**
   * Makes the claim of an address that was drawn of a block of this daemon. From then on the claim has it, and not the block.
   * @param epoch of the store's history, asked for before it was drawn
   * @returns undefined: somebody claims it already; it is still drawn, so that it is not drawn again
   * @throws IpamError; then it is given back, or withheld until it is known that no claim came of it
   */
  async claim(pool: Pool, drawn: Grant, claimant: Claimant, epoch: number): Promise<Stored<Claim> | undefined> {
    const { shared, clock } = this.#parts;
    const address = parseAddress(drawn.held.address);
    try {
      const claim = await shared.claimDrawn(pool, address, claimant, epoch);
      if (claim === undefined) return undefined;
      await this.#saved(claim);
      this.#awaited.delete(drawn.held);
      await drawn.undo();
      return claim;
    } catch (error) {
      if (mayHaveHappened(error))
        this.#parts.blocks().claimChanged(this.#awaited.add(pool.name, address, clock.elapsed()));
      await drawn.undo();
      throw error;
    }
  }

  async #saved(claim: Stored<Claim>): Promise<void> {
    const { shared, saved } = this.#parts;
    try {
      await saved();
    } catch (error) {
      await shared.release(claim);
      throw error;
    }
  }

  /** An address of a node's blocks of which nobody knows whether it is claimed: whoever asks for a claim may try it, and nobody else. */
  drawAwaited(pool: Pool, blocks: readonly Prefix[]): Grant | undefined {
    const address = this.#awaited.draw(pool.name, blocks);
    if (address === undefined) return undefined;
    const held = this.#parts.shared.heldByClaim(pool, address);
    return { held, undo: async () => this.#awaited.putBack(held) };
  }

  /** Frees what no claim came of. @throws IpamError store-unavailable */
  async settle(): Promise<void> {
    const { shared, clock } = this.#parts;
    for (const held of this.#awaited.over(clock.elapsed())) {
      const claim = await shared.stored(held);
      // Until the watch shows it nothing else withholds it.
      if (claim !== undefined && !shared.knows(claim)) continue;
      if (!this.#awaited.isOver(held)) continue;
      this.#awaited.delete(held);
      this.#parts.blocks().claimChanged(held);
    }
  }
}
