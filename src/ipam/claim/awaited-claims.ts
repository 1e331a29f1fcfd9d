import { type Address, formatAddress } from '../../ip/address.ts';
import { type Prefix, prefixContains } from '../../ip/prefix.ts';
import { addressKey } from '../../resources/scope.ts';
import type { HeldAddress } from '../allocation.ts';

/** Longer than any store or network holds a call up, milliseconds: what has not come of it by then never does. */
export const awaitedMs = 75_000;

type Named = Pick<HeldAddress, 'address' | 'pool'>;

interface Awaited extends Named {
  readonly at: Address;
  /** Milliseconds, of the clock that `add` and `over` are told. */
  readonly until: number;
  /** Somebody tries to claim it just now. */
  isDrawn: boolean;
}

/**
 * Addresses of leased blocks whose claim was asked for, without an answer: it may be there, or come yet. Meanwhile they are given
 * to nobody without a claim; who needs one may try them first, and so there are never more of them than calls at a time.
 */
export class AwaitedClaims {
  readonly #awaited = new Map<string, Awaited>();

  /** @param now milliseconds, of a clock that nobody sets */
  add(pool: string, at: Address, now: number): Named {
    const held = { pool, address: formatAddress(at) };
    this.#awaited.set(addressKey(held), { ...held, at, until: now + awaitedMs, isDrawn: false });
    return held;
  }

  delete(held: Named): void {
    this.#awaited.delete(addressKey(held));
  }

  *inPool(pool: string): Generator<Address> {
    for (const one of this.#awaited.values()) if (one.pool === pool) yield one.at;
  }

  /** One that lies in these blocks, and that nobody tries: the caller does. */
  draw(pool: string, blocks: readonly Prefix[]): Address | undefined {
    for (const one of this.#awaited.values()) {
      if (one.pool !== pool || one.isDrawn || !blocks.some((block) => prefixContains(block, one.at))) continue;
      one.isDrawn = true;
      return one.at;
    }
    return undefined;
  }

  /** The caller tries it no more. */
  putBack(held: Named): void {
    const one = this.#awaited.get(addressKey(held));
    if (one !== undefined) one.isDrawn = false;
  }

  /** Those of which something should have been heard by now. */
  over(now: number): readonly Named[] {
    return [...this.#awaited.values()].filter(({ until, isDrawn }) => until <= now && !isDrawn);
  }

  /** Is one of these as it was then? Else it is being tried, or was again without an answer: what was found out of it is old. */
  isOver(held: Named): boolean {
    const one = this.#awaited.get(addressKey(held));
    return one === held && !one.isDrawn;
  }
}
