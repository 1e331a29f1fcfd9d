import { parsePrefix } from '../../src/ip/prefix.ts';
import { type PoolSpec, poolKind } from '../../src/resources/pool.ts';
import { parseReservedIP, reservedIPKind } from '../../src/resources/reserved-ip.ts';
import { changingPools, poolNamesOf, poolResource } from './networks.ts';
import type { SimNode } from './sim-node.ts';
import { Turns } from './turns.ts';
import type { World } from './world.ts';

const pauseMs = 3_000;

/** Parts of the pools that an operator takes out and puts back. */
const exclusions: Readonly<Record<string, readonly string[]>> = {
  blocks4: ['10.0.0.32-10.0.0.40'],
  shared: ['10.1.0.4-10.1.0.20', '10.1.0.250-10.1.1.5'],
  tight: ['10.2.0.3-10.2.0.6'],
  crumbs: ['10.3.0.16/29'],
};

/** What a pool may be when it is made anew: other blocks, or blocks where there were none. */
const variants: Readonly<Record<string, readonly Partial<PoolSpec>[]>> = {
  crumbs: [{ blockSize: 29 }, { blockSize: 28 }],
  tight: [{ blockSize: 30 }],
};

/** Changes pools under load, through whichever daemon answers. A refusal is an answer as well. */
export class Operator {
  readonly #world: World;
  readonly #nodes: readonly SimNode[];
  readonly #forgotten = new Set<string>();
  readonly #turns: Turns;

  constructor(world: World, nodes: readonly SimNode[]) {
    this.#world = world;
    this.#turns = new Turns(world);
    this.#nodes = nodes;
  }

  run(): void {
    this.#turns.run(() => {
      if (this.#world.strikes('operator', 0.5)) void this.#act();
      return this.#world.delay(pauseMs / 2);
    });
  }

  stop(): void {
    this.#turns.stop();
  }

  /** Puts every pool back as it was, and lifts every quarantine. */
  async restore(): Promise<void> {
    await this.#liftAll();
    for (const name of poolNamesOf(this.#world.options)) {
      for (const node of this.#nodes) {
        if (node.gone) continue;
        const wanted = poolResource(name, {}, this.#world.options);
        const answer = await node.call('apply', [name], ({ resources }) => resources.apply(wanted));
        if (answer.kind === 'answered') break;
      }
    }
  }

  /** Nodes that left for ever, until their blocks and claims are free. */
  async forgetGone(): Promise<void> {
    for (const { name, gone } of this.#nodes) {
      if (!gone || this.#forgotten.has(name)) continue;
      const helper = this.#nodes.find((node) => !node.gone && node.daemon !== undefined);
      const answer = await helper?.call('forget', [name], ({ administration }) =>
        administration.forgetNode(name, true),
      );
      if (answer?.kind === 'answered' && answer.value.blocks + answer.value.claims === 0) this.#forgotten.add(name);
    }
  }

  /** What was forgotten may be there again. */
  storeForgot(): void {
    this.#forgotten.clear();
  }

  async #liftAll(): Promise<void> {
    for (const node of this.#nodes) {
      const answer = await node.call('lift', [], async ({ administration, resources }) => {
        const { items } = await resources.list(reservedIPKind);
        for (const resource of items) {
          for (const { first } of parseReservedIP(resource).ranges) await administration.lift(first);
        }
      });
      if (answer.kind === 'answered') return;
    }
  }

  async #act(): Promise<void> {
    const { random } = this.#world;
    if (random.next() < 0.1) return this.forgetGone();
    const node = random.pick(this.#nodes);
    const name = random.pick(changingPools);
    const chance = random.next();
    if (chance < 0.3) await this.#apply(node, name, { excludeIPs: [...(exclusions[name] ?? [])] });
    else if (chance < 0.6) await this.#apply(node, name, {});
    else if (chance < 0.7) await this.#apply(node, name, { disable: true });
    else if (chance < 0.85) await this.#recreate(node, name);
    else if (chance < 0.93) await this.#lease(node);
    else await this.#return(node);
  }

  async #apply(node: SimNode, name: string, changes: Partial<PoolSpec>): Promise<void> {
    await node.call('apply', [name, JSON.stringify(changes)], ({ resources }) =>
      resources.apply(poolResource(name, changes)),
    );
  }

  async #recreate(node: SimNode, name: string): Promise<void> {
    await node.call('delete', [name], ({ resources }) => resources.delete({ kind: poolKind, name }));
    await this.#apply(node, name, this.#world.random.pick([{}, ...(variants[name] ?? [])]));
  }

  async #lease(node: SimNode): Promise<void> {
    await node.call('lease', ['crumbs'], ({ administration }) => administration.leaseBlock(node.name, 'crumbs'));
  }

  /** Whichever it is: one with addresses out is kept. */
  async #return(node: SimNode): Promise<void> {
    await node.call('return', [], async ({ administration }) => {
      const blocks = await administration.blocks(node.name);
      if (blocks.length === 0) return;
      await administration.returnBlock(node.name, parsePrefix(this.#world.random.pick(blocks).cidr));
    });
  }
}
