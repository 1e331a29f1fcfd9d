/** How long a server that failed is asked after the others, milliseconds: twice as long each time. */
const firstRestMs = 250;
const longestRestMs = 10_000;

interface Rest {
  readonly until: number;
  readonly ms: number;
}

/** Who serves a store, in the order in which to ask: the one that answered last, the others, those that failed lately. */
export class Servers {
  readonly #addresses: string[] = [];
  readonly #rests = new Map<string, Rest>();

  constructor(addresses: readonly string[]) {
    this.replace(addresses);
  }

  get count(): number {
    return this.#addresses.length;
  }

  /** @param now milliseconds */
  order(now: number): readonly string[] {
    const rests = (address: string): number => {
      const until = this.#rests.get(address)?.until ?? 0;
      return until > now ? until : 0;
    };
    return this.#addresses.toSorted((a, b) => rests(a) - rests(b));
  }

  /** From now on it is asked first. */
  answered(address: string): void {
    this.#rests.delete(address);
    const index = this.#addresses.indexOf(address);
    if (index <= 0) return;
    this.#addresses.splice(index, 1);
    this.#addresses.unshift(address);
  }

  failed(address: string, now: number): void {
    const former = this.#rests.get(address);
    // Many calls fail together when a server ends: that is one failure.
    if (former !== undefined && former.until > now) return;
    const ms = former === undefined ? firstRestMs : Math.min(former.ms * 2, longestRestMs);
    this.#rests.set(address, { until: now + ms, ms });
  }

  /** Takes over who serves now; the order of those that stay is kept. */
  replace(addresses: readonly string[]): void {
    const stay = this.#addresses.filter((address) => addresses.includes(address));
    const fresh = addresses.filter((address) => !stay.includes(address));
    this.#addresses.splice(0, this.#addresses.length, ...stay, ...new Set(fresh));
    for (const address of this.#rests.keys()) if (!addresses.includes(address)) this.#rests.delete(address);
  }
}
