import type { Clock } from '../platform/clock.ts';
import { Coalesced } from '../platform/coalesced.ts';
import { comesInTime } from '../platform/comes-in-time.ts';
import { isIpamError } from '../resources/errors.ts';
import type { PresenceList } from '../store/presences.ts';

/** A list younger than this is not asked for again, milliseconds: one question to the cluster asks it many times. */
const freshMs = 1_000;
/** A store that is away delays no answer for longer. */
const patienceMs = 1_000;

export interface PeerDirectoryOptions {
  readonly node: string;
  readonly list: PresenceList;
  readonly clock: Pick<Clock, 'now' | 'pause'>;
}

/** Where other daemons answer, as the store told it last: while it is away, they are looked for where they were. */
export class PeerDirectory {
  readonly #options: PeerDirectoryOptions;
  readonly #reads: Coalesced<void>;
  #known: ReadonlyMap<string, string> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(options: PeerDirectoryOptions) {
    this.#options = options;
    this.#reads = new Coalesced(() => this.#read());
  }

  /** By node, without our own. */
  async endpoints(): Promise<ReadonlyMap<string, string>> {
    const { clock } = this.#options;
    if (Math.abs(clock.now() - this.#readAt) >= freshMs) await comesInTime(this.#reads.run(), patienceMs, clock);
    return this.#known;
  }

  async #read(): Promise<void> {
    const { node, list, clock } = this.#options;
    try {
      const all = new Map(await list.all());
      all.delete(node);
      this.#known = all;
    } catch (error) {
      if (!isIpamError(error)) throw error;
    }
    this.#readAt = clock.now();
  }
}
