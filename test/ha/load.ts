import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../kit/random.ts';
import type { Ground, Node } from './ground.ts';
import type { Holdings } from './holdings.ts';

const workers = 2;
const mostHeld = 6;
const containersAtOnce = 2;
/** Longest pauses between two calls of a worker, milliseconds. */
const longestPauses = { blocks: 200, claims: 200, pods: 400 };

export interface LoadParts {
  readonly ground: Ground;
  readonly blocks: Holdings;
  readonly claims: Holdings;
  readonly seed: number;
}

/** Everybody calls every daemon, all the time. */
export class Load {
  readonly #parts: LoadParts;
  readonly #running = new Map<Node, { over: boolean; readonly work: Promise<unknown> }>();
  #starts = 0;

  constructor(parts: LoadParts) {
    this.#parts = parts;
  }

  start(...nodes: readonly Node[]): void {
    for (const node of nodes) {
      const state = { over: false };
      const work = this.#work(node, () => state.over);
      // Whoever stops it hears of the failure.
      work.catch(() => {});
      this.#running.set(node, Object.assign(state, { work }));
    }
  }

  /** Resolves when all calls under way are answered. */
  async stop(...nodes: readonly Node[]): Promise<void> {
    const ending = nodes.flatMap((node) => this.#running.get(node) ?? []);
    for (const one of ending) one.over = true;
    for (const { work } of ending) await work;
  }

  async #work(node: Node, isOver: () => boolean): Promise<void> {
    const { blocks, claims, seed } = this.#parts;
    this.#starts += 1;
    const random = new Random(seed + 1_000 * this.#starts);
    const calm = (longestMs: number) => () => pause(random.below(longestMs));
    await Promise.all([
      node.fleet.work(containersAtOnce, isOver, calm(longestPauses.pods)),
      ...Array.from({ length: workers }, () => blocks.work(node, mostHeld, random, isOver, calm(longestPauses.blocks))),
      ...Array.from({ length: workers }, () => claims.work(node, mostHeld, random, isOver, calm(longestPauses.claims))),
    ]);
  }
}
