import { setTimeout as pause } from 'node:timers/promises';
import type { Namespace } from '../kit/namespace.ts';

interface Path {
  readonly best?: boolean;
  readonly attrs: readonly { readonly type: number; readonly nexthop?: string }[];
}

/** RFC 4271 5: NEXT_HOP. */
const nextHopAttribute = 3;
const lookMs = 200;

/** Puts what a GoBGP has chosen into the kernel of its namespace, as zebra would. */
export class FibOfGobgp {
  readonly #namespace: Namespace;
  readonly #installed = new Map<string, string>();
  readonly #done: Promise<void>;
  #isOver = false;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
    this.#done = this.#follow();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      await this.#once();
      await pause(lookMs);
    }
  }

  async #once(): Promise<void> {
    const table = JSON.parse((await this.#namespace.exec('gobgp', 'global', 'rib', '-j')) || '{}') as Record<
      string,
      readonly Path[]
    >;
    const chosen = new Map<string, string>();
    for (const [prefix, paths] of Object.entries(table)) {
      const best = paths.find(({ best: is }) => is === true) ?? paths[0];
      const hop = best?.attrs.find(({ type }) => type === nextHopAttribute)?.nexthop;
      if (hop !== undefined && hop !== '0.0.0.0') chosen.set(prefix, hop);
    }
    for (const prefix of this.#installed.keys()) {
      if (chosen.has(prefix)) continue;
      await this.#namespace.exec('ip', 'route', 'del', prefix, 'proto', 'bgp');
      this.#installed.delete(prefix);
    }
    for (const [prefix, hop] of chosen) {
      if (this.#installed.get(prefix) === hop) continue;
      await this.#namespace.exec('ip', 'route', 'replace', prefix, 'via', hop, 'proto', 'bgp');
      this.#installed.set(prefix, hop);
    }
  }
}
