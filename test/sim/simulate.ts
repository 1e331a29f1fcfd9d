import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { wrap } from '../../src/store/wrap.ts';
import { Random } from '../kit/random.ts';
import { Asker } from './asker.ts';
import { checkAtRest, checkNothingLeaked } from './at-rest.ts';
import { AutomaticApplications, automaticSubnet, checkPools, watchPools } from './automatic.ts';
import { freeParked } from './free-parked.ts';
import { Identities } from './identities.ts';
import { type Machine, Mischief } from './mischief.ts';
import { hasApplication, hasAutomaticPools, poolNamesOf, poolResource } from './networks.ts';
import { Operator } from './operator.ts';
import type { FaultKind, WorldOptions } from './options.ts';
import { Oracle } from './oracle.ts';
import { Runtime } from './runtime.ts';
import { SimController } from './sim-controller.ts';
import { SimNode } from './sim-node.ts';
import { simPeers } from './sim-peers.ts';
import { SimPods, tellsOfPods } from './sim-pods.ts';
import { SimPublisher } from './sim-publisher.ts';
import { StoreFaults } from './store-faults.ts';
import { Strangers } from './strangers.ts';
import { BrokenPromise, epoch, World } from './world.ts';

export interface SimulationReport {
  readonly operations: number;
  /** Simulated time, milliseconds. */
  readonly elapsed: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly broken: BrokenPromise | undefined;
  /** Lines about what broke. */
  readonly transcript: readonly string[];
}

/** Operations between two rests. */
const operationsPerRest = 5_000;
/** Longest until watches that broke off follow again, and caches agree. */
const settleMs = 45_000;
/** Longest until what a store forgot is secured, and what came back with an older state is gone. */
const settledMs = 8 * 60_000;
/** The longest that a leak may last: the sandbox deadline and some rounds of maintenance. */
const collectedMs = 7 * 60_000;
/** A rest that takes longer never comes: something waits for ever. */
const longestRestMs = 30 * 60_000;
const transcriptLines = 120;

/** One world, from its first start to the check that nothing is left in it. */
export async function simulate(
  options: WorldOptions,
  keepTranscript = false,
  about: readonly string[] = [],
): Promise<SimulationReport> {
  const simulation = new Simulation(options, keepTranscript);
  await simulation.run();
  const { world } = simulation;
  return {
    operations: world.operations,
    elapsed: world.now,
    faults: world.faults,
    broken: world.broken,
    transcript:
      world.broken === undefined ? [] : world.transcript.about([...world.broken.subjects, ...about], transcriptLines),
  };
}

class Simulation {
  readonly world: World;
  readonly #store: MemoryStore;
  readonly #oracle: Oracle;
  readonly #machines: readonly Machine[];
  readonly #operator: Operator;
  readonly #asker: Asker;
  readonly #identities: Identities;
  /** Where applications have pools of their own. */
  readonly #applications: AutomaticApplications | undefined;
  /** Where much is done to those for whom addresses stay. */
  readonly #controller: SimController | undefined;
  readonly #mischief: Mischief;
  readonly #storeFaults: StoreFaults;
  /** Where daemons ask the segment. */
  readonly #strangers: Strangers | undefined;
  /** Where daemons go by what is published. */
  readonly #publisher: SimPublisher | undefined;

  constructor(options: WorldOptions, keepTranscript: boolean) {
    const world = new World(options, keepTranscript);
    let uids = 0;
    this.world = world;
    this.#store = new MemoryStore({
      now: () => epoch + Math.floor(world.now),
      newUid: () => `u${++uids}`,
      keptChanges: options.faults.has('compaction') ? 20 : 100_000,
    });
    this.#oracle = new Oracle(world);
    const kept = wrap(this.#store, this.#oracle.kept.watching);
    this.#applications = hasAutomaticPools(options) ? new AutomaticApplications(world) : undefined;
    const shared = this.#applications === undefined ? kept : wrap(kept, watchPools(world));
    const identities = new Identities(world);
    identities.onAway = (podName) => this.#oracle.kept.forget(podName);
    this.#oracle.kept.isAway = (podName) => identities.isAway(podName);
    identities.onRemade = (node) => this.#machines[node]?.runtime.make();
    this.#identities = identities;
    this.#controller = hasApplication(options)
      ? new SimController(world, shared, identities, this.#applications)
      : undefined;
    const pods = tellsOfPods(options) ? new SimPods(world) : undefined;
    const ways = new Random(options.seed + 2);
    const strangers = world.weights.strangers > 0 ? new Strangers(world, this.#oracle) : undefined;
    this.#strangers = strangers;
    this.#machines = Array.from({ length: options.nodes }, (_, index) => {
      const name = `node${index + 1}`;
      const node = new SimNode(
        world,
        name,
        shared,
        simPeers(world, name, () => this.#nodes, ways),
        pods,
      );
      node.onReady = () => this.#oracle.checkKept(node);
      node.strangers = strangers;
      const runtime = new Runtime(world, node, this.#oracle, identities, pods);
      // As the page on recovery has it when nothing can be recovered: the machine is set up anew.
      node.onDamaged = () => {
        runtime.died();
        node.loseDisk();
      };
      return { node, runtime };
    });
    const nodes = this.#nodes;
    this.#operator = new Operator(world, nodes);
    this.#asker = new Asker(world, nodes, this.#oracle);
    this.#mischief = new Mischief(world, this.#machines);
    for (const node of nodes) node.onUnanswered = () => this.#mischief.unanswered(node);
    this.#storeFaults = new StoreFaults(world, this.#store, nodes, this.#oracle);
    this.#storeFaults.onWentBack = () => this.#operator.storeForgot();
    this.#storeFaults.shelter = (ms) => this.#mischief.shelter(ms);
    this.#storeFaults.hang = (name, ms) => this.#mischief.hang(name, ms);
    this.#storeFaults.stallSome = (ms, moreMs) => this.#mischief.stallSome(ms, moreMs);
    this.#storeFaults.hangSome = (ms) => this.#mischief.hangSome(ms);
    this.#publisher = options.claims === 'own' ? new SimPublisher(world, this.#store) : undefined;
    this.#storeFaults.cutOff = (node, ms) => this.#mischief.cutOff(node, ms);
  }

  get #nodes(): readonly SimNode[] {
    return this.#machines.map(({ node }) => node);
  }

  async run(): Promise<void> {
    const { world } = this;
    for (const name of poolNamesOf(world.options)) await this.#store.create(poolResource(name, {}, world.options));
    if (this.#applications !== undefined) await this.#store.create(automaticSubnet);
    if (this.#publisher !== undefined) await this.#begin(this.#publisher);
    for (const { node } of this.#machines) node.start();
    this.#oracle.past.run(this.#nodes);
    this.#controller?.start();
    while (world.operations < world.options.operations && world.broken === undefined) {
      const until = world.operations + operationsPerRest;
      this.#agitate();
      await this.#drive(() => world.operations >= until);
      await this.#rest();
    }
    await this.#end();
  }

  /** Daemons that find nothing published watch all claims. */
  async #begin(publisher: SimPublisher): Promise<void> {
    this.world.calm = true;
    publisher.start();
    await this.#settle('pages to be published', () => publisher.hasPublished);
  }

  #agitate(): void {
    this.world.calm = false;
    for (const { node, runtime } of this.#machines) if (!node.gone) runtime.run();
    this.#operator.run();
    this.#asker.run();
    this.#identities.run();
    this.#applications?.run();
    this.#mischief.run();
    this.#storeFaults.run();
    this.#publisher?.run();
    this.#strangers?.run();
  }

  /** Faults stop, what is under way ends, caches catch up. */
  async #rest(): Promise<void> {
    const { world } = this;
    this.#mischief.crashOne();
    world.calm = true;
    this.#operator.stop();
    this.#asker.stop();
    this.#identities.stop();
    this.#applications?.stop();
    this.#mischief.stop();
    this.#storeFaults.stop();
    this.#publisher?.stop();
    this.#strangers?.stop();
    for (const { runtime } of this.#machines) runtime.stop();
    await this.#settle('calls under way', () => this.#isQuiet());
    this.#oracle.unsettleQuarantines();
    await this.#await('what cannot be used to be removed', this.#storeFaults.repair());
    await this.#await('the pools to be restored', this.#operator.restore());
    await this.#pass(this.#storeFaults.hasForgotten ? settledMs : settleMs);
    this.#storeFaults.hasForgotten = false;
    this.#oracle.quarantinesLifted();
    if (world.broken === undefined) await this.#check();
    if (this.#applications !== undefined) await checkPools(world, this.#store, this.#applications);
  }

  /** Every container goes, every node collects, and nothing is left. */
  async #end(): Promise<void> {
    const { world } = this;
    for (const { runtime } of this.#machines) runtime.drain();
    await this.#settle('the last DEL', () => this.#isQuiet());
    for (const { node, runtime } of this.#machines) {
      runtime.endPods();
      if (!node.gone) await this.#await('the last GC', runtime.collect());
    }
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await this.#await('gone nodes to be forgotten', this.#operator.forgetGone());
    }
    await this.#pass(collectedMs);
    if (world.broken === undefined) await this.#check();
    if (world.broken === undefined) await freeParked(this.#store);
    if (world.broken === undefined) await checkNothingLeaked(world, this.#machines, this.#store);
  }

  /** Daemons ask the store for what they do not watch. */
  async #check(): Promise<void> {
    await this.#await('what daemons find wrong', checkAtRest(this.world, this.#machines, this.#oracle));
  }

  #isQuiet(): boolean {
    if (this.#controller?.isUp === false) return false;
    return this.#machines.every(({ node, runtime }) => node.gone || (node.daemon !== undefined && !runtime.busy));
  }

  async #await(what: string, promise: Promise<unknown>): Promise<void> {
    let done = false;
    void promise.then(() => {
      done = true;
    });
    await this.#settle(what, () => done);
  }

  async #settle(what: string, isDone: () => boolean): Promise<void> {
    const deadline = this.world.now + longestRestMs;
    await this.#drive(() => isDone() || this.world.now > deadline);
    if (this.world.broken !== undefined || isDone()) return;
    const waits = this.#machines.flatMap(({ node, runtime }) =>
      node.daemon === undefined && !node.gone ? [`${node.name} to start`] : runtime.underway,
    );
    if (this.#controller?.isUp === false) waits.push('the controller to start');
    this.world.break(new BrokenPromise(2, `waiting for ever for ${what}: ${waits.join(', ')}`, waits));
  }

  async #pass(ms: number): Promise<void> {
    const end = this.world.now + ms;
    await this.#drive(() => this.world.now >= end);
  }

  /** Step by step: after each, everything that it set free runs until it waits for the next. */
  async #drive(isOver: () => boolean): Promise<void> {
    const { world } = this;
    while (world.broken === undefined && !isOver()) {
      if (!world.scheduler.step()) return;
      await new Promise(setImmediate);
    }
  }
}
