import type { LeasedBlock } from './leased-block.ts';

/** This daemon's blocks of each node in each pool, in the order of leasing: looked up at every allocation. */
export class BlockHolders {
  readonly #blocks = new Map<string, LeasedBlock[]>();

  of(node: string, pool: string): readonly LeasedBlock[] {
    return this.#blocks.get(keyOf(node, pool)) ?? [];
  }

  all(): readonly (readonly LeasedBlock[])[] {
    return [...this.#blocks.values()];
  }

  add(leased: LeasedBlock): void {
    const { node, pool } = leased.resource.spec;
    const blocks = this.#blocks.get(keyOf(node, pool));
    if (blocks === undefined) this.#blocks.set(keyOf(node, pool), [leased]);
    else if (!blocks.includes(leased)) blocks.push(leased);
  }

  remove(leased: LeasedBlock): void {
    const key = keyOf(leased.resource.spec.node, leased.resource.spec.pool);
    const blocks = (this.#blocks.get(key) ?? []).filter((block) => block !== leased);
    if (blocks.length === 0) this.#blocks.delete(key);
    else this.#blocks.set(key, blocks);
  }
}

/** Neither a node's nor a pool's name holds a line break. */
function keyOf(node: string, pool: string): string {
  return `${node}\n${pool}`;
}
