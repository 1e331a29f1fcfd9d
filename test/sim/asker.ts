import { parseAddress } from '../../src/ip/address.ts';
import type { Allocation, ListPlace } from '../../src/ipam/allocation.ts';
import { listPlaceOf } from '../../src/ipam/allocation.ts';
import { attachmentKey } from '../../src/ipam/attachment.ts';
import type { ClusterAdministration, Unanswered } from '../../src/ipam/cluster-port.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import { Random } from '../kit/random.ts';
import { storeFaults } from './options.ts';
import type { Holding, Oracle } from './oracle.ts';
import type { SimNode } from './sim-node.ts';
import { Turns } from './turns.ts';
import { BrokenPromise, type World } from './world.ts';

const pauseMs = 1_000;
/** What is younger need not have come to every daemon: one that is cut off and asks nothing does not notice for a while. */
const knownMs = 90_000;
const pageSize = 7;

/**
 * Somebody who asks daemons about the whole cluster, and is told what they know: whatever a runtime has, and had while the
 * question was under way, is in the answer, or the answer says whose word is missing. Asks by a chance of its own: what
 * happens in the world is the same without.
 */
export class Asker {
  readonly #world: World;
  readonly #nodes: readonly SimNode[];
  readonly #oracle: Oracle;
  readonly #random: Random;
  readonly #turns: Turns;

  constructor(world: World, nodes: readonly SimNode[], oracle: Oracle) {
    this.#world = world;
    this.#nodes = nodes;
    this.#oracle = oracle;
    this.#random = new Random(world.options.seed + 1);
    this.#turns = new Turns(world);
  }

  run(): void {
    this.#turns.run(() => {
      void this.#act();
      return this.#random.next() * pauseMs;
    });
  }

  stop(): void {
    this.#turns.stop();
  }

  async #act(): Promise<void> {
    const node = this.#random.pick(this.#nodes);
    const { daemon } = node;
    const known = this.#known();
    if (daemon === undefined || known.length === 0) return;
    const { cluster } = daemon.administration;
    const one = this.#random.pick(known);
    const chance = this.#random.next();
    try {
      if (chance < 0.4) await this.#findAddress(cluster, one);
      else if (chance < 0.6) await this.#findContainer(cluster, one);
      else if (chance < 0.8) await this.#blocks(cluster, known);
      else await this.#pages(cluster, known);
    } catch (error) {
      if (!isIpamError(error)) throw error;
    }
  }

  /** Of stores that forget, and of blocks that were taken from a machine that comes back, nobody knows. */
  #known(): readonly Holding[] {
    const { options, now } = this.#world;
    if (storeFaults.some((kind) => options.faults.has(kind))) return [];
    return this.#oracle.holdings().filter(({ since, isShared }) => now - since >= knownMs && !isShared);
  }

  #isStill(holding: Holding): boolean {
    return this.#oracle.holdings().includes(holding);
  }

  async #findAddress(cluster: ClusterAdministration, holding: Holding): Promise<void> {
    const [text = ''] = holding.addresses;
    const told = await cluster.find({ kind: 'address', address: parseAddress(text) });
    const { allocations, state } = told.value;
    this.#require(cluster, holding, allocations, told.unanswered, `${text} is ${state?.state}`);
  }

  async #findContainer(cluster: ClusterAdministration, holding: Holding): Promise<void> {
    const [, id = ''] = holding.attachment.split('/');
    const told = await cluster.find({ kind: 'container', id });
    this.#require(cluster, holding, told.value.allocations, told.unanswered, `container ${id} has nothing`);
  }

  async #blocks(cluster: ClusterAdministration, known: readonly Holding[]): Promise<void> {
    const { value, unanswered } = await cluster.blocks();
    const silent = new Set(unanswered.map(({ node }) => node));
    if (silent.has('')) return;
    for (const { cidr, daemon, used, unknown } of value) {
      if (unknown > 0n && !silent.has(daemon)) this.#break(cluster, `${cidr} is unknown, and nobody is missing`, []);
      const held = known.filter((holding) => holding.blocks.includes(cidr) && this.#isStill(holding)).length;
      if (unknown > 0n || Number(used) >= held) continue;
      this.#break(cluster, `of ${cidr} ${used} are used, and runtimes have ${held}`, [cidr]);
    }
  }

  async #pages(cluster: ClusterAdministration, known: readonly Holding[]): Promise<void> {
    const seen: Allocation[] = [];
    const missing = new Map<string, Unanswered>();
    let after: ListPlace | undefined;
    for (let isLast = false; !isLast; ) {
      const { value, unanswered } = await cluster.page({ filter: {}, after, limit: pageSize });
      for (const one of unanswered) missing.set(one.node, one);
      seen.push(...value.allocations);
      const last = value.allocations.at(-1);
      after = last === undefined ? after : listPlaceOf(last);
      isLast = value.isLast || last === undefined;
    }
    for (const holding of known) {
      this.#require(cluster, holding, seen, [...missing.values()], `${holding.attachment} is on no page`);
    }
  }

  /** Whoever has it still is named, or it is said whose word is missing. */
  #require(
    cluster: ClusterAdministration,
    holding: Holding,
    told: readonly Allocation[],
    unanswered: readonly Unanswered[],
    what: string,
  ): void {
    if (!this.#isStill(holding) || unanswered.some(({ node }) => node === '' || node === holding.node)) return;
    const isTold = told.some(
      ({ node, attachment }) => node === holding.node && attachmentKey(attachment) === holding.attachment,
    );
    if (!isTold)
      this.#break(cluster, `${what}, and ${holding.node} has it`, [holding.attachment, ...holding.addresses]);
  }

  #break({ node }: ClusterAdministration, what: string, subjects: readonly string[]): void {
    this.#world.break(new BrokenPromise(9, `${node} says that ${what}`, [node, ...subjects]));
  }
}
