import { type Block, blockKind } from '../../src/resources/block.ts';
import { type Claim, claimKind } from '../../src/resources/claim.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import { problemOf } from '../../src/resources/malformed.ts';
import { poolKind } from '../../src/resources/pool.ts';
import { reservedIPKind } from '../../src/resources/reserved-ip.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import type { MemorySnapshot, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { cooldownMs } from './networks.ts';
import type { Oracle } from './oracle.ts';
import type { SimNode } from './sim-node.ts';
import { Turns } from './turns.ts';
import { epoch, type World } from './world.ts';

const pauseMs = 1_000;
/** How old what is restored may be. */
const snapshotMs = { least: 15_000, more: 60_000 };
/** What was written so long ago every daemon has seen that runs and is not cut off, milliseconds. */
const seenMs = 16_000;
/** So long a daemon must have run to have seen all that, milliseconds. */
const followedMs = 10_000;
/** Longest that somebody hangs when objects vanish, milliseconds: long before what vanished has cooled down. */
const hangMs = 10_000;
/** An operator looks after what cannot be used. */
const repairMs = 20_000;
const kinds = [poolKind, reservedIPKind, blockKind, claimKind];

type Spoilt = (object: Stored<Resource>) => Resource;

/** What a slip of a hand, or a lost bit, makes of an object. */
const spoilers: readonly Spoilt[] = [
  (object) => ({ ...object, spec: undefined }),
  (object) => ({ ...object, spec: null }),
  (object) => ({ ...object, spec: { ...(object.spec as object), address: 'banana', cidr: 'banana', ips: ['banana'] } }),
  (object) => ({ ...object, spec: { ...(object.spec as object), node: 7, pool: [] } }),
];

/** What happens to the store itself: it goes back, forgets, and is written to past all rules. */
export class StoreFaults {
  readonly #world: World;
  readonly #store: MemoryStore;
  readonly #nodes: readonly SimNode[];
  readonly #oracle: Oracle;
  readonly #turns: Turns;
  #snapshot: { readonly taken: number; readonly pools: string; readonly state: MemorySnapshot } | undefined;
  /** Has it forgotten anything since the last rest? */
  hasForgotten = false;
  /** Counts runs and stops: what was planned in one does not happen in the next. */
  #series = 0;
  #isVanishing = false;
  /** Told that it went back. */
  onWentBack: () => void = () => {};
  /** Keeps all daemons running, and the store with them, for so many milliseconds. */
  shelter: (ms: number) => void = () => {};
  /** Cuts some off, for so many milliseconds at most. */
  hangSome: (ms: number) => void = () => {};

  constructor(world: World, store: MemoryStore, nodes: readonly SimNode[], oracle: Oracle) {
    this.#world = world;
    this.#store = store;
    this.#nodes = nodes;
    this.#oracle = oracle;
    this.#turns = new Turns(world);
  }

  run(): void {
    this.#snapshot = undefined;
    this.#series += 1;
    this.#isVanishing = false;
    this.#turns.run(() => {
      void this.#act();
      return this.#world.delay(pauseMs / 2);
    });
  }

  stop(): void {
    this.#series += 1;
    this.#turns.stop();
  }

  /**
   * Removes what cannot be used, as an operator does whom `check` has told of it: again after a while, since a daemon that has
   * not seen yet that it is spoilt refuses to remove it.
   */
  async repair(): Promise<void> {
    for (;;) {
      const lists = await Promise.all(kinds.map((kind) => this.#store.list(kind)));
      const spoilt = lists.flatMap(({ items }) => items.filter((object) => problemOf(object) !== undefined));
      if (spoilt.length === 0) return;
      for (const object of spoilt) await this.#remove(object);
      await new Promise<void>((resolve) => this.#world.scheduler.after(repairMs / 4, resolve));
    }
  }

  async #act(): Promise<void> {
    const world = this.#world;
    await this.#keepSnapshot();
    // A store of this machine's own is restored with its journal, or not at all.
    if (world.options.nodes > 1 && world.strikes('rollback', 0.004)) await this.#rollBack();
    if (world.options.nodes > 1 && !this.#isVanishing && world.strikes('vanish', 0.005)) this.#vanishSoon();
    if (world.strikes('malformed', 0.03)) await this.#spoil();
  }

  async #keepSnapshot(): Promise<void> {
    const { random, now } = this.#world;
    const age = now - (this.#snapshot?.taken ?? Number.NEGATIVE_INFINITY);
    if (age < snapshotMs.least + random.next() * snapshotMs.more) return;
    this.#snapshot = { taken: now, pools: await this.#pools(), state: this.#store.snapshot() };
  }

  /** A pool that was made anew has other blocks: nobody can make both true. */
  async #pools(): Promise<string> {
    return (await this.#store.list(poolKind)).items.map(({ metadata }) => metadata.uid).join(' ');
  }

  async #rollBack(): Promise<void> {
    const snapshot = this.#snapshot;
    if (snapshot === undefined || this.#world.now - snapshot.taken < snapshotMs.least) return;
    if (snapshot.pools !== (await this.#pools())) return;
    this.#world.operation('', 'rollback', ...this.#nodes.map(({ name }) => name));
    this.#store.restore(snapshot.state);
    this.#forgot();
  }

  /**
   * What vanishes without a sign cools down at those who knew of it, and whoever hung for a moment takes it again meanwhile
   * (docs/decisions/0031): a daemon that starts in between knows nothing of it, so all run from before until it has cooled down.
   */
  #vanishSoon(): void {
    const { scheduler } = this.#world;
    this.#isVanishing = true;
    this.shelter(seenMs + cooldownMs);
    const series = this.#series;
    scheduler.after(seenMs, () => {
      this.#isVanishing = false;
      if (series === this.#series) void this.#vanish();
    });
  }

  #follows({ gone, servesSince, link }: SimNode): boolean {
    return gone || (!link.cut && servesSince !== undefined && servesSince <= this.#world.now - followedMs);
  }

  async #vanish(): Promise<void> {
    const { random } = this.#world;
    const share = random.next();
    const before = epoch + this.#world.now - seenMs;
    if (!this.#nodes.every((node) => this.#follows(node))) return;
    const gone: string[] = [];
    const objects = [
      ...(await this.#store.list<Claim>(claimKind)).items,
      ...(await this.#store.list<Block>(blockKind)).items,
    ];
    for (const { metadata } of objects) {
      if (random.next() < share && Date.parse(metadata.creationTimestamp) < before) gone.push(metadata.uid);
    }
    const lost = new Set(gone);
    this.#world.operation(
      '',
      'vanish',
      ...objects.flatMap(({ metadata }) => (lost.has(metadata.uid) ? [metadata.name] : [])),
    );
    this.#store.lose(({ metadata }) => lost.has(metadata.uid));
    this.hasForgotten = true;
    this.#snapshot = undefined;
    this.hangSome(hangMs);
  }

  /** Quarantines are forgotten too, and nothing on any node tells of them. */
  #forgot(): void {
    this.hasForgotten = true;
    this.#snapshot = undefined;
    this.#oracle.unsettleQuarantines();
    this.onWentBack();
  }

  async #spoil(): Promise<void> {
    const { random } = this.#world;
    const { items } = await this.#store.list(random.pick([claimKind, claimKind, blockKind, blockKind, reservedIPKind]));
    if (items.length === 0) return;
    const object = random.pick([...items]);
    const spoilt = random.pick([...spoilers])(object);
    this.#world.operation('', 'spoil', object.metadata.name, JSON.stringify(spoilt.spec));
    await this.#store.update(spoilt as Stored<Resource>);
    this.#world.scheduler.after(this.#world.random.next() * 2 * repairMs, () => void this.#remove(object));
  }

  async #remove({ kind, metadata: { name } }: Stored<Resource>): Promise<void> {
    // What it had reserved goes with it.
    if (kind === reservedIPKind) this.#oracle.unsettleQuarantines();
    for (const node of this.#nodes) {
      if (node.gone) continue;
      const answer = await node.call('remove', [name], async ({ resources }) => {
        const present = await resources.get({ kind, name });
        if (present !== undefined && problemOf(present) !== undefined) await resources.delete({ kind, name });
      });
      if (answer.kind === 'answered' || (answer.kind === 'refused' && isIpamError(answer.error, 'not-found'))) return;
    }
  }
}
