import { setTimeout as pause } from 'node:timers/promises';
import { ArpListener, type Heard } from './arp-listener.ts';
import type { Underlay } from './underlay.ts';

const everyMs = 1_000;
const shown = 20;

export interface Seen {
  readonly heard: Heard;
  /** How often all namespaces and all Pods were looked at. */
  readonly looks: number;
  /** Pods of the application that were there at some time. */
  readonly pods: number;
  readonly problems: readonly string[];
}

/**
 * Looks all the time for an address on two interfaces, by ARP from outside and by the kernels of all nodes, and for a Pod of one
 * application that has other addresses than those that are expected of its name.
 */
export class Lookout {
  readonly #underlay: Underlay;
  readonly #selector: string;
  readonly #expected: ReadonlyMap<string, readonly string[]>;
  readonly #listener: ArpListener;
  readonly #uids = new Set<string>();
  readonly #problems = new Set<string>();
  readonly #ended = new AbortController();
  #looks = 0;
  #running: Promise<void> = Promise.resolve();

  /** @param range last parts of the first and the last IPv4 address that is asked for by ARP */
  constructor(
    underlay: Underlay,
    selector: string,
    expected: ReadonlyMap<string, readonly string[]>,
    range: readonly [number, number],
  ) {
    this.#underlay = underlay;
    this.#selector = selector;
    this.#expected = expected;
    this.#listener = new ArpListener(underlay.cluster.ground, range);
  }

  async start(): Promise<void> {
    await this.#listener.start();
    this.#running = this.#run();
  }

  async stop(): Promise<Seen> {
    this.#ended.abort();
    await this.#running;
    // What came last may be younger than the look that was under way.
    await this.#lookOrSay();
    const heard = await this.#listener.stop();
    const twice = heard.twice.slice(0, shown).map((one) => `two interfaces answer by ARP for ${one}`);
    return { heard, looks: this.#looks, pods: this.#uids.size, problems: [...this.#problems, ...twice] };
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#lookOrSay();
      await pause(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  async #lookOrSay(): Promise<void> {
    await this.#look().catch((error: unknown) => this.#problems.add(`a look failed: ${String(error)}`));
  }

  async #look(): Promise<void> {
    const [twice, pods] = await Promise.all([this.#underlay.duplicates(), this.#underlay.pods(this.#selector)]);
    this.#looks += 1;
    for (const one of twice) this.#problems.add(`two interfaces have an address: ${one}`);
    for (const { metadata, status } of pods) {
      this.#uids.add(metadata.uid);
      const has = (status.podIPs ?? []).map(({ ip }) => ip);
      const expected = this.#expected.get(metadata.name) ?? [];
      const other = has.filter((ip) => !expected.includes(ip));
      if (other.length > 0) this.#problems.add(`${metadata.name} has ${other.join(', ')}, not ${expected.join(', ')}`);
    }
  }
}
