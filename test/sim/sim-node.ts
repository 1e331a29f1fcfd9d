import type { ConflictOptions } from '../../src/daemon/allocation/conflict-guard.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import type { DaemonOptions } from '../../src/daemon/daemon-options.ts';
import { MemoryJournal } from '../../src/daemon/journal/memory-journal.ts';
import type { Position } from '../../src/daemon/recovery/position.ts';
import type { Allocation } from '../../src/ipam/allocation.ts';
import { attachmentKey } from '../../src/ipam/attachment.ts';
import type { Peers } from '../../src/ipam/cluster-port.ts';
import { defaultHistoryLimits } from '../../src/ipam/history/retention.ts';
import type { Neighbours } from '../../src/platform/neighbours.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { wrap } from '../../src/store/wrap.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { HistoryClock } from './history-clock.ts';
import { Lifetime } from './lifetime.ts';
import { Link } from './link.ts';
import { cooldownMs, hasAutomaticPools, keepsInBlocks } from './networks.ts';
import { largestDrift, SimClock } from './sim-clock.ts';
import { simFacts } from './sim-facts.ts';
import { SimJournal } from './sim-journal.ts';
import { MemoryKept, MemoryLastKnownState, SimKept, SimLastKnownState } from './sim-last-known-state.ts';
import { type SimPods, simPolicy } from './sim-pods.ts';
import { simLink } from './sim-store.ts';
import { type Strangers, strangersQuarantineMs } from './strangers.ts';
import { BrokenPromise, epoch, type World } from './world.ts';

/** How an answer of a daemon reached who asked. */
export type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: unknown }
  /** Nobody knows whether it happened: the daemon was away or died, or its answer was lost. */
  | { readonly kind: 'lost' };

const callMs = 0.3;
/** Longest that an impatient caller waits. */
const impatienceMs = 10;
/** Between two rounds of maintenance: some nodes hurry, so that rounds meet calls. */
const maintenanceMs = { least: 500, most: 10_000 };
/** Longest that a daemon stays away after a crash. */
const restartMs = 2_000;

/** A machine: a disk, a clock, and at most one daemon process at a time. */
export class SimNode {
  readonly name: string;
  readonly #world: World;
  readonly #store: Store;
  readonly #peers: Peers | undefined;
  readonly #clock: { offsetMs: number; readonly pace: number };
  readonly #pods: SimPods | undefined;
  /** Its daemon does not see the folder of network namespaces. */
  readonly isBlind: boolean;
  /** Somebody has set its clock. */
  wasSet = false;
  readonly #maintenanceMs: number;
  /** Of which its history is written: one that is put now and then, in every other world. */
  readonly #historyClock: HistoryClock;
  #disk: MemoryJournal;
  #lastKnownState = new MemoryLastKnownState();
  #position = new MemoryKept<Position>();
  /** Attachment whose record has lost a bit of its key. */
  #lostRecord: string | undefined;
  /** Its disk writes nothing before, world time. */
  #stalledUntil = 0;
  #lifetime = new Lifetime();
  #daemon: Daemon | undefined;
  #ready = false;
  #readySince = 0;
  /** Left for ever. */
  gone = false;
  readonly link: Link;
  /** Told when a daemon serves after a start. */
  onReady: (daemon: Daemon) => void = () => {};
  /** Told when the store has carried out what a daemon asked for, and the answer is lost. */
  onUnanswered: () => void = () => {};
  /** Whom its daemons ask before they answer; undefined: nobody. */
  strangers: Strangers | undefined;
  /** Told when a daemon refuses to start with its disk as it is. */
  onDamaged: () => void = () => {};

  /** @param peers how its daemon asks others; absent: it cannot */
  constructor(world: World, name: string, store: Store, peers?: Peers, pods?: SimPods) {
    this.name = name;
    this.link = new Link(() => world.now);
    this.#world = world;
    this.#store = store;
    this.#peers = peers;
    this.#pods = pods;
    this.isBlind = pods !== undefined && world.random.below(4) === 0;
    this.#maintenanceMs = maintenanceMs.least + world.random.next() ** 3 * (maintenanceMs.most - maintenanceMs.least);
    const drifts = world.options.faults.has('clock-drift');
    if (drifts) world.struck('clock-drift');
    const [offset, pace] = [world.random.next() * 2 - 1, world.random.next() * 2 - 1];
    this.#clock = { offsetMs: drifts ? offset * 5_000 : 0, pace: drifts ? 1 + pace * largestDrift : 1 };
    // It is put by itself, and what is set for reclaim leaves it.
    this.#historyClock = new HistoryClock(world, name, { ...this.#clock });
    this.#disk = new MemoryJournal(this.#historyClock);
  }

  /** The daemon that serves, if one does. */
  get daemon(): Daemon | undefined {
    return this.#ready ? this.#daemon : undefined;
  }

  /** Since when, world time, the daemon that serves has done so; undefined: none does. */
  get servesSince(): number | undefined {
    return this.daemon === undefined ? undefined : this.#readySince;
  }

  get disk(): MemoryJournal {
    return this.#disk;
  }

  /** What the history calls a time of the world, by its clock as it stands now. */
  historyTime(time: number): number {
    return this.#historyClock.at(time);
  }

  /** Is the clock of its history put now and then? */
  get isClockPut(): boolean {
    return this.#historyClock.isPut;
  }

  /** How long its history is kept, milliseconds of the node. */
  get historyKeptMs(): number {
    return this.#historyClock.keptMs;
  }

  /** How many of the node's milliseconds pass in one of the world's. */
  get pace(): number {
    return this.#clock.pace;
  }

  start(): void {
    const world = this.#world;
    const lifetime = new Lifetime();
    this.#lifetime = lifetime;
    world.operation(this.name, 'start', this.name);
    const keepsLastKnownState = world.options.nodes > 1 && world.options.faults.has('start-while-away');
    const daemon = new Daemon({
      node: this.name,
      store: wrap(
        this.#store,
        simLink(world, this.name, lifetime, this.link, () => this.onUnanswered()),
      ),
      journal: new SimJournal(world, this.name, this.#disk, lifetime, {
        lost: () => this.#lostRecord,
        stalledUntil: () => this.#stalledUntil,
      }),
      clock: new SimClock(world, lifetime, this.#clock),
      log: silentLog,
      cooldownMs,
      boot: 'the only one',
      history: { ...defaultHistoryLimits, keptMs: this.#historyClock.keptMs },
      preleaseThreshold: 0.2,
      maintenanceIntervalMs: this.#maintenanceMs,
      podFacts: simFacts(world, lifetime),
      isShared: world.options.nodes > 1,
      ...(hasAutomaticPools(world.options) ? { controllerState: async () => 'one leads' } : {}),
      knowsOnlyOwnClaims: world.options.claims === 'own',
      keepsInBlocks: keepsInBlocks(world.options),
      ...(keepsLastKnownState
        ? {
            lastKnownState: new SimLastKnownState(world, this.name, this.#lastKnownState, lifetime),
            position: new SimKept(world, this.name, this.#position, lifetime),
          }
        : {}),
      ...(this.#peers === undefined ? {} : { peers: this.#peers }),
      ...(this.strangers === undefined
        ? {}
        : { conflicts: conflictsAmong(this.strangers.neighboursOf(this.name, lifetime)) }),
      ...(this.#pods === undefined ? {} : this.#tells(this.#pods, lifetime)),
      clusterCidrs: [],
      blockSizes: { 4: 28, 6: 120 },
    });
    this.#daemon = daemon;
    daemon.start().then(
      () => {
        if (!lifetime.alive) return;
        this.#ready = true;
        this.#readySince = world.now;
        if (daemon.connectivity?.unreachableSince !== undefined) world.struck('start-while-away');
        world.transcript.add(world.now, this.name, 'ready', [this.name]);
        this.onReady(daemon);
      },
      (error: unknown) => {
        if (!isIpamError(error)) return this.#failed(error);
        if (isIpamError(error, 'storage-damaged') && lifetime.alive) return this.onDamaged();
        // As a supervisor sees it: the process ended and is started again.
        if (lifetime.alive) this.crash();
      },
    );
  }

  #tells(pods: SimPods, lifetime: Lifetime): Partial<DaemonOptions> {
    return {
      podLife: pods.life(lifetime),
      reclaimPolicy: simPolicy,
      hasNetns: (path) => !this.isBlind && pods.hasNetns(path),
      onReleased: (released, cause) => {
        const { netns = '' } = released as Allocation;
        const now = epoch + this.#clock.offsetMs + this.#world.now * this.#clock.pace;
        pods.released(this.name, released, cause, netns, { now, wasSet: this.wasSet });
      },
    };
  }

  /** Somebody sets the clock, and after a while back, milliseconds. */
  setClock(byMs: number, forMs: number): void {
    this.#world.operation(this.name, 'clock set', this.name, Math.round(byMs));
    this.wasSet = true;
    this.#clock.offsetMs += byMs;
    this.#world.scheduler.after(forMs, () => {
      this.#clock.offsetMs -= byMs;
    });
  }

  /** The process ends between any two effects, and comes back after a while. */
  crash(): void {
    this.#end('crash');
    this.#world.scheduler.after(this.#world.delay(restartMs / 2), () => this.startNow());
  }

  /** A daemon that ended comes back without waiting any longer. */
  startNow(): void {
    if (!this.gone && !this.#lifetime.alive) this.start();
  }

  /** The machine is set up anew: its disk is empty, and nothing runs on it. */
  loseDisk(): void {
    this.#disk = new MemoryJournal(this.#historyClock);
    this.#lastKnownState = new MemoryLastKnownState();
    this.#position = new MemoryKept<Position>();
    this.#lostRecord = undefined;
    this.crash();
  }

  /** A bit of the disk flips; the daemon finds it at its next start. */
  damageDisk(): void {
    const { allocations } = this.#disk.load();
    if (allocations.length === 0) return;
    this.#lostRecord = attachmentKey(this.#world.random.pick([...allocations]).attachment);
    this.crash();
  }

  /** The disk writes nothing for so long, milliseconds, and loses nothing. */
  stallDisk(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#world.now + ms);
    this.#world.operation(this.name, 'disk stalls', this.name, Math.round(ms));
  }

  leave(): void {
    this.gone = true;
    this.#end('leave');
  }

  /** One call of a runtime or an operator to the daemon. */
  async call<T>(what: string, subjects: readonly unknown[], act: (daemon: Daemon) => Promise<T>): Promise<Answer<T>> {
    const world = this.#world;
    world.operation(this.name, what, ...subjects);
    await this.#passing();
    const { daemon } = this;
    if (daemon === undefined) return { kind: 'lost' };
    const lifetime = this.#lifetime;
    const impatient = world.strikes('lost-reply', 0.02);
    const answer = await new Promise<Answer<T>>((resolve) => {
      const lost = (): void => resolve({ kind: 'lost' });
      // Gives up although the daemon is still at it.
      if (impatient) world.scheduler.after(world.random.next() * impatienceMs, lost);
      lifetime.signal.addEventListener('abort', lost, { once: true });
      const tell = (told: Answer<T>): void => {
        lifetime.signal.removeEventListener('abort', lost);
        resolve(told);
      };
      act(daemon).then(
        (value) => tell({ kind: 'answered', value }),
        (error: unknown) => tell({ kind: 'refused', error }),
      );
    });
    if (answer.kind === 'refused' && !isIpamError(answer.error)) this.#failed(answer.error);
    await this.#passing();
    const told: Answer<T> = world.strikes('lost-reply', 0.02) ? { kind: 'lost' } : answer;
    world.transcript.add(world.now, this.name, `${what}: ${told.kind}`, [...subjects, brief(told)]);
    return told;
  }

  /** Not a refusal but a fault: the daemon met what it holds to be impossible. */
  #failed(error: unknown): void {
    const { message } = error as Error;
    this.#world.break(
      new BrokenPromise(1, `${this.name} failed: ${message}`, message.match(/[\da-f.:]{6,}|\S+\/\S+\/\S+/g) ?? []),
    );
  }

  #end(how: string): void {
    this.#world.operation(this.name, how, this.name);
    this.#ready = false;
    this.#daemon = undefined;
    this.#lifetime.end();
  }

  #passing(): Promise<void> {
    return new Promise((resolve) => this.#world.scheduler.after(this.#world.delay(callMs), resolve));
  }
}

function conflictsAmong(neighbours: Neighbours): ConflictOptions {
  return { neighbours, conflict: 'refuse', gateway: 'none', quarantineMs: strangersQuarantineMs };
}

function brief(answer: Answer<unknown>): string {
  if (answer.kind === 'lost') return '';
  if (answer.kind === 'refused') return (answer.error as Error).message;
  const { addresses } = (answer.value ?? {}) as { readonly addresses?: readonly { readonly address: string }[] };
  return (addresses ?? []).map(({ address }) => address).join(',');
}
