import { type Block, blockKind } from '../../src/resources/block.ts';
import { type Claim, type ClaimSpec, claimKind } from '../../src/resources/claim.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import { problemOf } from '../../src/resources/malformed.ts';
import { type PoolResource, poolKind } from '../../src/resources/pool.ts';
import { reservedIPKind } from '../../src/resources/reserved-ip.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import { salvageReservation } from '../../src/resources/salvage-reservation.ts';
import type { MemorySnapshot, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { followedMs } from './link.ts';
import { cooldownMs, poolNames } from './networks.ts';
import type { Oracle } from './oracle.ts';
import type { SimNode } from './sim-node.ts';
import { Turns } from './turns.ts';
import { epoch, type World } from './world.ts';

const pauseMs = 1_000;
/** How old what is restored may be. */
const snapshotMs = { least: 15_000, more: 60_000 };
/** What was written so long ago every daemon has seen that runs and is not cut off, milliseconds. */
const seenMs = 16_000;
/** Longest that somebody hangs when objects vanish, milliseconds: long before what vanished has cooled down. */
const hangMs = 10_000;
/** Longest that all but one hang when the store goes back: nothing new is taken for longer. */
const shortHangMs = 5_000;
/** What was written so long before, all others have seen. */
const unheardMs = 2_000;
/** Longest that one is away when the store goes back, and until he has secured what he has, milliseconds. */
const away = { longestMs: 240_000, securedMs: 20_000 };
/** Longest that a disk writes nothing after the store went back: what is written then is secured before others take it. */
const stallMs = 2_000;
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
  #snapshot:
    | { readonly taken: number; readonly until: number; readonly pools: string; readonly state: MemorySnapshot }
    | undefined;
  /** Has it forgotten anything since the last rest? */
  hasForgotten = false;
  /** Counts runs and stops: what was planned in one does not happen in the next. */
  #series = 0;
  #isPlanned = false;
  /** Told that it went back. */
  onWentBack: () => void = () => {};
  /** Keeps all daemons running, and the store with them, for so many milliseconds. */
  shelter: (ms: number) => void = () => {};
  /** Cuts some off, for so many milliseconds at most. */
  hangSome: (ms: number) => void = () => {};
  /** Cuts one off for so many milliseconds at most, by its name. */
  hang: (name: string, ms: number) => void = () => {};
  /** The disks of some write nothing for so many milliseconds, and some more at most. */
  stallSome: (ms: number, moreMs: number) => void = () => {};
  /** Cuts one off for so many milliseconds, without shelter. */
  cutOff: (node: SimNode, ms: number) => void = () => {};

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
    this.#isPlanned = false;
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
    if (world.options.nodes > 1 && !this.#isPlanned && world.strikes('rollback', world.weights.rollback))
      this.#rollBackSoon();
    if (world.options.nodes > 1 && !this.#isPlanned && world.strikes('vanish', world.weights.vanish))
      this.#vanishSoon();
    if (world.strikes('malformed', world.weights.malformed)) await this.#spoil();
  }

  async #keepSnapshot(): Promise<void> {
    const { random, now } = this.#world;
    if (this.#isPlanned || (this.#snapshot !== undefined && now < this.#snapshot.until)) return;
    const until = now + snapshotMs.least + random.next() * snapshotMs.more;
    this.#snapshot = { taken: now, until, pools: await this.#pools(), state: this.#store.snapshot() };
  }

  /** A pool that was made anew has other blocks: nobody can make both true. */
  async #pools(): Promise<string> {
    const made = (await this.#store.list<PoolResource>(poolKind)).items.filter(({ metadata }) =>
      poolNames.includes(metadata.name),
    );
    return made.map(({ metadata, spec }) => `${metadata.name}/${spec.blockSize}`).join(' ');
  }

  /**
   * What is forgotten stays with whoever had it, if he is back within five minutes, for those who knew of it; a daemon that
   * starts meanwhile notices only if the store has not come as far again (docs/decisions/0031). So all run but one.
   */
  #rollBackSoon(): void {
    this.#soon(seenMs - unheardMs, away.longestMs + away.securedMs, () => {
      const late = this.#world.random.pick(this.#nodes);
      this.cutOff(late, unheardMs + this.#world.random.next() * away.longestMs);
      this.stallSome(unheardMs, stallMs);
      this.#later(unheardMs, () => void this.#rollBack());
    });
  }

  async #rollBack(): Promise<void> {
    const snapshot = this.#snapshot;
    if (snapshot === undefined || this.#world.now - snapshot.taken < snapshotMs.least) return;
    if (snapshot.pools !== (await this.#pools())) return;
    this.#world.operation('', 'rollback', ...this.#nodes.map(({ name }) => name));
    this.#store.restore(snapshot.state);
    this.hasForgotten = true;
    this.#snapshot = undefined;
    // Quarantines are forgotten too, and nothing on any node tells of them.
    this.#oracle.unsettleQuarantines();
    this.onWentBack();
    this.hangSome(shortHangMs);
  }

  /**
   * What vanishes without a sign cools down at those who knew of it, and whoever hung for a moment takes it again meanwhile
   * (docs/decisions/0031): a daemon that starts in between knows nothing of it, so all run from before until it has cooled down.
   */
  #vanishSoon(): void {
    this.#soon(seenMs, cooldownMs, () => void this.#vanish());
  }

  /** Something that befalls daemons which all have run for a while, and go on. @param ms until then @param settledMs after it */
  #soon(ms: number, settledMs: number, act: () => void): void {
    this.#isPlanned = true;
    this.shelter(seenMs + settledMs);
    this.#later(ms, () => {
      if (this.#nodes.every((node) => this.#follows(node))) act();
    });
    this.#later(seenMs + settledMs, () => {
      this.#isPlanned = false;
    });
  }

  #later(ms: number, act: () => void): void {
    const series = this.#series;
    this.#world.scheduler.after(ms, () => {
      if (series === this.#series) act();
    });
  }

  #follows({ gone, servesSince, link }: SimNode): boolean {
    return gone || (!link.cut && servesSince !== undefined && servesSince <= this.#world.now - followedMs);
  }

  async #vanish(): Promise<void> {
    const { random } = this.#world;
    const share = random.next();
    const before = epoch + this.#world.now - seenMs;
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

  async #spoil(): Promise<void> {
    const { random } = this.#world;
    // That a hand spoilt a claim and removed it, a daemon that watches none may hear of minutes later (decision 51).
    const claims = this.#world.options.claims === 'all' ? [claimKind, claimKind] : [];
    const { items } = await this.#store.list(random.pick([...claims, blockKind, blockKind, reservedIPKind]));
    if (items.length === 0) return;
    const object = random.pick([...items]);
    const spoilt = random.pick([...spoilers])(object);
    this.#world.operation('', 'spoil', object.metadata.name, JSON.stringify(spoilt.spec));
    const written = await this.#store.update(spoilt as Stored<Resource>);
    // Spoilt twice, a reservation may say in all clearness that it reserves nothing.
    const { spec, families } = salvageReservation(written);
    if (written.kind === reservedIPKind && spec.ips?.length === 0 && families.length === 0)
      this.#oracle.unsettleQuarantines();
    this.#world.scheduler.after(this.#world.random.next() * 2 * repairMs, () => this.#removeSoon(object));
  }

  /**
   * What a claim or block that cannot be used stood for is out of use for a cool-down once it is removed: whoever has it takes it
   * again meanwhile, if his daemon runs. So that is looked at first; at a rest, all of them run.
   */
  #removeSoon(object: Stored<Resource>): void {
    if (this.#world.calm) return;
    const isHeard = this.#nodes.every(
      ({ gone, servesSince, link }) => gone || (servesSince !== undefined && !link.cut),
    );
    if (isHeard) {
      this.#hangHolder(object);
      void this.#remove(object);
    } else this.#world.scheduler.after(repairMs / 4, () => this.#removeSoon(object));
  }

  /** Whoever has what it stands for hears of its removal late, and long before that has cooled down. */
  #hangHolder({ kind, spec }: Stored<Resource>): void {
    if (kind === reservedIPKind || !this.#world.strikes('partition', this.#world.weights.hangsAtRemoval)) return;
    // Spoilt twice, it names nobody any more.
    const { node } = (spec ?? {}) as Partial<ClaimSpec>;
    if (typeof node !== 'string') return;
    this.shelter(cooldownMs);
    this.hang(node, hangMs);
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
