import { CliError } from '../../src/cli/cli-error.ts';
import type { Random } from '../kit/random.ts';
import { waitFor } from '../kit/wait.ts';
import type { Node } from './ground.ts';
import { Tally } from './tally.ts';

/** One kind of thing that daemons give out to whoever asks, each to one at a time. */
export interface Holding {
  /** `block`, `claim`: what reports call it. */
  readonly noun: string;
  /** @returns the name of what was given: a CIDR, an address */
  take(node: Node, holder: string): Promise<string>;
  giveBack(node: Node, holder: string, thing: string): Promise<void>;
  /** What a holder has, as that daemon knows it. */
  heldBy(node: Node, holder: string): Promise<readonly string[]>;
}

interface Held {
  readonly node: Node;
  readonly holder: string;
}

/** What a caller is told when nobody knows what came of its call. */
const noAnswer: ReadonlySet<string> = new Set(['unreachable', 'store-unavailable']);
/** Longest wait of an audit until daemons have seen what happened. */
const settleMs = 60_000;

/**
 * Takes and gives back through every daemon, and remembers what it was told: what was acknowledged and not given back
 * is there; what has a holder is given to nobody else.
 */
export class Holdings {
  readonly done = { taken: 0, returned: 0 };
  /** Calls that a daemon refused, by what it said. */
  readonly refused = new Tally();
  /** Calls that were lost with their daemon. */
  unanswered = 0;
  /** Calls to a daemon that was not there. */
  notSent = 0;
  readonly #kind: Holding;
  readonly #problem: (text: string) => void;
  readonly #held = new Map<string, Held>();
  /** Holders of whose call nobody knows what came of it. */
  readonly #unknown: Held[] = [];
  /** All of them, ever: a call that was held up somewhere may still be carried out after it was asked what came of it. */
  readonly #doubted = new Map<string, Held>();
  /** What was found to be given after all. */
  readonly late = new Set<string>();
  #holders = 0;

  constructor(kind: Holding, problem: (text: string) => void) {
    this.#kind = kind;
    this.#problem = problem;
  }

  get held(): ReadonlyMap<string, Held> {
    return this.#held;
  }

  /** One worker at one daemon. @param most things held by it at a time */
  async work(node: Node, most: number, random: Random, isOver: () => boolean, calm: () => Promise<void>) {
    const mine: string[] = [];
    while (!isOver()) {
      const full = mine.length >= most;
      if (mine.length === 0 || (!full && random.below(2) === 0)) {
        const thing = await this.#take(node);
        if (thing !== undefined) mine.push(thing);
      } else {
        const [thing = ''] = mine.splice(random.below(mine.length), 1);
        const held = this.#held.get(thing);
        // Forgotten when its machine was lost.
        if (held?.node === node) await this.#giveBack(thing, held);
      }
      await calm();
    }
  }

  /** What this daemon had on record is lost with its disk, and nobody asks for it. */
  forget(node: Node): void {
    for (const [thing, held] of this.#held) if (held.node === node) this.#held.delete(thing);
  }

  /** Holders that may have something, which is to be given back. */
  doubt(holders: readonly Held[]): void {
    this.#unknown.push(...holders);
    for (const held of holders) this.#doubted.set(held.holder, held);
  }

  /** Gives back what came of a call without an answer, later than it was looked for. @returns was there such a call? */
  async clearLate(holder: string, thing: string): Promise<boolean> {
    const doubted = this.#doubted.get(holder);
    if (doubted === undefined) return false;
    this.late.add(`${thing} of ${holder}`);
    await this.#clear(doubted.node, holder, thing);
    return true;
  }

  /** Finds out what became of calls without an answer. Everything must be healed. */
  async settle(): Promise<void> {
    for (const { node, holder } of this.#unknown.splice(0)) {
      const left = await this.#kind.heldBy(node, holder);
      for (const thing of left) await this.#clear(node, holder, thing);
    }
  }

  async #clear(node: Node, holder: string, thing: string): Promise<void> {
    await waitFor(
      `${this.#kind.noun} ${thing} of ${holder} to be given back`,
      async () => {
        const error = await this.#kind.giveBack(node, holder, thing).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error === undefined) return true;
        if (!(error instanceof CliError)) throw error;
        const left = await this.#kind.heldBy(node, holder);
        return left.includes(thing) ? undefined : true;
      },
      settleMs,
      100,
    );
  }

  /** Gives everything back. */
  async clear(): Promise<void> {
    await this.settle();
    for (const [thing, { node, holder }] of [...this.#held]) {
      await this.#clear(node, holder, thing);
      this.#held.delete(thing);
    }
  }

  async #take(node: Node): Promise<string | undefined> {
    this.#holders += 1;
    const holder = `${this.#kind.noun}-${node.name}-${this.#holders}`;
    try {
      const thing = await this.#kind.take(node, holder);
      this.done.taken += 1;
      const other = this.#held.get(thing);
      if (other !== undefined)
        this.#problem(
          `${this.#kind.noun} ${thing} was given to ${holder} by ${node.name}, and ${other.holder} has it from ${other.node.name}`,
        );
      this.#held.set(thing, { node, holder });
      return thing;
    } catch (error) {
      this.#failed('take', error, { node, holder });
      return undefined;
    }
  }

  async #giveBack(thing: string, held: Held): Promise<void> {
    // From the call on somebody else may have it.
    this.#held.delete(thing);
    try {
      await this.#kind.giveBack(held.node, held.holder, thing);
      this.done.returned += 1;
    } catch (error) {
      this.#failed('give back', error, held);
    }
  }

  #failed(what: string, error: unknown, held: Held): void {
    if (!(error instanceof CliError)) throw error;
    if (noAnswer.has(error.code)) this.doubt([held]);
    else this.#unknown.push(held);
    if (/ECONNREFUSED|ENOENT|No connection established/.test(error.message)) this.notSent += 1;
    else if (error.code === 'unreachable') this.unanswered += 1;
    else this.refused.add(`${what} ${this.#kind.noun}: ${error.code}`);
  }
}

export const blocks: Holding = {
  noun: 'block',
  take: async ({ client }, holder) => {
    const { block } = await client.call('AllocateBlock', { node_id: holder });
    return block?.cidr ?? '';
  },
  giveBack: async ({ client }, holder, cidr) => {
    await client.call('ReleaseBlock', { node_id: holder, cidr });
  },
  heldBy: async ({ client }, holder) => {
    const { blocks: listed } = await client.call('GetNodeBlocks', { node_id: holder });
    return listed.map(({ cidr }) => cidr);
  },
};

/** @param pool a shared one */
export function claimsOf(pool: string): Holding {
  return {
    noun: 'claim',
    take: async ({ client, name }, holder) => {
      const { ip } = await client.call('AllocateIP', { node_id: name, container_id: holder, pools: [pool] });
      return ip;
    },
    giveBack: async ({ client, name }, holder, ip) => {
      await client.call('ReleaseIP', { node_id: name, container_id: holder, ip });
    },
    heldBy: async ({ client }, holder) => {
      const { allocations } = await client.call('Lookup', { container_id: holder, local: true });
      return allocations.flatMap(({ addresses }) => addresses.map(({ ip }) => ip));
    },
  };
}
