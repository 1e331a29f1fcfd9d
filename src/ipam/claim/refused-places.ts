/** The latest are kept. */
const kept = 1_000;

/**
 * Places where a node got no block, because somebody else had it, and got another one instead. A block that shows up there
 * for this node after all is no lease: its create was held up on its way, and had been repeated elsewhere.
 */
export class RefusedPlaces {
  readonly #places = new Set<string>();

  /** The node gets another block than this one. */
  refuse(cidr: string, node: string): void {
    this.#places.add(placeKey(cidr, node));
    const [oldest] = this.#places;
    if (this.#places.size > kept && oldest !== undefined) this.#places.delete(oldest);
  }

  /** The place is asked for again, and may be ours. */
  ask(cidr: string, node: string): void {
    this.#places.delete(placeKey(cidr, node));
  }

  has(cidr: string, node: string): boolean {
    return this.#places.has(placeKey(cidr, node));
  }
}

/** No node's name holds a space. */
function placeKey(cidr: string, node: string): string {
  return `${cidr} ${node}`;
}
