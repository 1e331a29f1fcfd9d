import type { Block } from '../../resources/block.ts';
import type { Stored } from '../../resources/resource.ts';

/** Of each kind, the latest. */
const kept = 1_000;

/**
 * Leases of this daemon that are over, or that were refused. What shows up of them later is no lease: an event that is
 * older than the return, or a create that was held up on its way, and had been repeated elsewhere.
 */
export class PastLeases {
  /** By uid. While its delete event is still to come a block is leaving. */
  readonly #returned = new Map<string, 'leaving' | 'gone'>();
  readonly #daemon: string;
  /** Places that somebody else had when a block was looked for, each with the node it was for. */
  readonly #refused = new Set<string>();

  /** @param daemon whose leases they are */
  constructor(daemon: string) {
    this.#daemon = daemon;
  }

  /** The block is handed back from now on. */
  return(uid: string): void {
    this.#returned.set(uid, 'leaving');
    if (this.#returned.size <= kept) return;
    for (const [oldest, state] of this.#returned) {
      if (state === 'gone') return void this.#returned.delete(oldest);
    }
  }

  /** Neither kept nor on record: a store that went back shows what was returned before the start. */
  disown(uid: string): void {
    this.#returned.set(uid, 'gone');
  }

  /** The store has shown that the block is gone. */
  gone(uid: string): void {
    if (this.#returned.has(uid)) this.#returned.set(uid, 'gone');
  }

  /** @param present uids of all blocks that the store has */
  goneBut(present: ReadonlySet<string>): void {
    for (const uid of this.#returned.keys()) if (!present.has(uid)) this.#returned.set(uid, 'gone');
  }

  /** The node gets another block than this one. */
  refuse(cidr: string, node: string): void {
    this.#refused.add(placeKey(cidr, node));
    const [oldest] = this.#refused;
    if (this.#refused.size > kept && oldest !== undefined) this.#refused.delete(oldest);
  }

  /** The place is asked for again, and may be ours. */
  ask(cidr: string, node: string): void {
    this.#refused.delete(placeKey(cidr, node));
  }

  /**
   * What a block is that the store shows and this daemon does not have.
   * @returns `leaving`: its delete event is still to come; `late`: it was handed back, and is there again; `refused`:
   *   its node got another one instead; undefined: nothing past is known of it
   */
  of({ metadata, spec }: Stored<Block>): 'leaving' | 'late' | 'refused' | undefined {
    const returned = this.#returned.get(metadata.uid);
    if (returned !== undefined) return returned === 'gone' ? 'late' : 'leaving';
    const isRefused = spec.daemon === this.#daemon && this.#refused.has(placeKey(spec.cidr, spec.node));
    return isRefused ? 'refused' : undefined;
  }
}

/** No node's name holds a space. */
function placeKey(cidr: string, node: string): string {
  return `${cidr} ${node}`;
}
