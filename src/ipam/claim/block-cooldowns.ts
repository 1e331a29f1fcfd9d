import { type Prefix, parsePrefix, prefixCovers } from '../../ip/prefix.ts';
import type { Pool } from '../../resources/pool.ts';

/** Blocks that other nodes gave up, or lost by a hand: the last to be leased for a while. */
export class BlockCooldowns {
  /** Until when, milliseconds of a clock that nobody sets, by CIDR. */
  readonly #until = new Map<string, number>();

  begin(cidr: string, until: number): void {
    this.#until.set(cidr, until);
  }

  /** Of the pool's blocks, as they are cut now. */
  in({ subnet, blockSize }: Pool, now: number): readonly Prefix[] {
    for (const [cidr, until] of this.#until) if (until <= now) this.#until.delete(cidr);
    return [...this.#until.keys()]
      .map(parsePrefix)
      .filter((prefix) => prefix.length === blockSize && prefixCovers(subnet, prefix));
  }
}
