import { type Family, parseAddress } from '../../ip/address.ts';

interface Entry {
  readonly owner?: string;
  readonly resource?: string;
}

/** What an agent reads of its CiliumNode. */
export interface SeenNode {
  readonly pool: Readonly<Record<string, Entry>>;
  readonly releases: Readonly<Record<string, string>>;
}

/**
 * Not Cilium, but what Cilium's agent does with a CiliumNode in its mode `crd` (pkg/ipam/crd.go of 1.14 to 1.18, by what it
 * does, not by its text): written for tests, since no agent runs where these do. It has its pool from the last object that it
 * was shown; a Pod gets the entry with its name on it, even one that is given already or being released, else any entry
 * without a name; a question about a release is answered when it is seen, by what is given at that moment.
 */
export class ModelAgent {
  #seen: SeenNode = { pool: {}, releases: {} };
  /** By address: who has it. */
  readonly allocated = new Map<string, string>();
  /** Answers that the next status says. */
  readonly #answers = new Map<string, string | undefined>();

  see(node: SeenNode): void {
    this.#seen = node;
    this.#answers.clear();
    for (const [address, state] of Object.entries(node.releases)) {
      if (state === 'ready-for-release' || state === 'do-not-release') continue;
      if (!(address in node.pool)) this.#answers.set(address, state === 'released' ? undefined : 'do-not-release');
      else if (state === 'marked-for-release') {
        this.#answers.set(address, this.allocated.has(address) ? 'do-not-release' : 'ready-for-release');
      }
    }
  }

  /** @returns the address; undefined: there is none, and the runtime tries again */
  add(owner: string, family: Family): string | undefined {
    const pool = Object.entries(this.#seen.pool).filter(([address]) => parseAddress(address).family === family);
    const own = pool.find(([, entry]) => entry.owner === owner);
    const free = pool.find(
      ([address, entry]) => !entry.owner && !this.allocated.has(address) && !this.#isBeingReleased(address),
    );
    const [address] = own ?? free ?? [];
    if (address !== undefined) this.allocated.set(address, owner);
    return address;
  }

  delete(owner: string): void {
    for (const [address, by] of this.allocated) if (by === owner) this.allocated.delete(address);
  }

  /** The status that it writes, on the object that it saw last. */
  status(): { readonly used: Readonly<Record<string, Entry>>; readonly releases: Readonly<Record<string, string>> } {
    const releases = { ...this.#seen.releases };
    for (const [address, answer] of this.#answers) {
      if (answer === undefined) delete releases[address];
      else releases[address] = answer;
    }
    const used = [...this.allocated].map(([address, owner]) => [address, { ...this.#seen.pool[address], owner }]);
    return { used: Object.fromEntries(used), releases };
  }

  get hasAnswers(): boolean {
    return this.#answers.size > 0;
  }

  #isBeingReleased(address: string): boolean {
    const state = this.#seen.releases[address];
    return state !== undefined && state !== 'do-not-release';
  }
}
