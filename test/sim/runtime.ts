import { parseAddress } from '../../src/ip/address.ts';
import type { Allocation } from '../../src/ipam/allocation.ts';
import type { PodRef } from '../../src/ipam/attachment.ts';
import type { CniExecution, InterfacePresence, PoolSource } from '../../src/ipam/request.ts';
import { AbandonedPods } from './abandoned-pods.ts';
import { anyPod, automaticNetwork } from './automatic.ts';
import { type Container, isDuplicate, isExpected } from './container.ts';
import { application, applicationNetwork, type Identities, isKept, statefulNetwork } from './identities.ts';
import { machineNetwork } from './machines.ts';
import { anyFile, networks, networksInUse, networksOf, type SimNetwork } from './networks.ts';
import type { Oracle } from './oracle.ts';
import { requestOf } from './runtime-request.ts';
import type { Answer, SimNode } from './sim-node.ts';
import type { SimPods } from './sim-pods.ts';
import { Turns } from './turns.ts';
import { BrokenPromise, type World } from './world.ts';

const pauseMs = 60;
const retryMs = 500;
/** How long a node is emptied, milliseconds: longer than addresses cool down. */
const lullMs = { least: 25_000, more: 30_000 };
/** How late a DEL may be. */
const lateMs = 20_000;
/** Pods that a node runs at a time. */
const most = 14;
/** StatefulSets: few names, so that they come again, with new UIDs. */
const podNames = 20;

/** Who sends an ADD again: the executable, which got no answer, or the runtime, by another execution of it. */
type Sender = 'first' | 'executable' | 'runtime';

/** kubelet and container runtime of one node: starts Pods, takes them down, repeats itself, forgets, and loses replies. */
export class Runtime {
  readonly #world: World;
  readonly #node: SimNode;
  readonly #oracle: Oracle;
  readonly #identities: Identities;
  #containers = new Set<Container>();
  readonly #files = new Map<string, PoolSource>();
  #next = 0;
  #executions = 0;
  /** Calls under way, and pauses between two of them. */
  readonly #calls = new Map<symbol, string>();
  #collecting = false;
  readonly #turns: Turns;
  readonly #abandoned: AbandonedPods | undefined;

  constructor(world: World, node: SimNode, oracle: Oracle, identities: Identities, pods?: SimPods) {
    this.#world = world;
    this.#turns = new Turns(world);
    this.#node = node;
    this.#oracle = oracle;
    this.#identities = identities;
    this.#abandoned = pods === undefined ? undefined : new AbandonedPods(world, node, pods);
  }

  get busy(): boolean {
    return this.#calls.size > 0;
  }

  /** For a call that never ends. */
  get underway(): readonly string[] {
    return [...this.#calls.values()];
  }

  /** Acts again and again, until told to stop. */
  run(): void {
    let rollOut = false;
    this.#turns.run(() => {
      const { random } = this.#world;
      if (this.#node.gone) return undefined;
      if (rollOut) this.#fill();
      rollOut = random.next() < this.#world.weights.lull;
      if (rollOut) {
        this.drain();
        return lullMs.least + random.next() * lullMs.more;
      }
      this.#act();
      return this.#world.delay(pauseMs / 2);
    });
  }

  /** A deployment that is rolled out: after a lull in which blocks empty and go back, all at once. */
  #fill(): void {
    const network = this.#world.random.pick(networksInUse(this.#world.options));
    for (let left = most - this.#containers.size; left > 0; left -= 1) void this.#create(network);
  }

  stop(): void {
    this.#turns.stop();
  }

  /** The machine died with all its containers. */
  died(): void {
    this.#oracle.died(this.#node.name);
    this.#abandoned?.died();
    for (const container of this.#containers) {
      if (container.state !== 'forgotten') this.#identities.gone(container.pod);
      container.state = 'ended';
    }
    this.#containers = new Set();
  }

  /** Takes every container down, as at the end of a node's life in good order. */
  drain(): void {
    for (const container of [...this.#containers]) {
      if (container.state === 'live') void this.#delete(container);
    }
  }

  /** The last Pods go, as their owners have. */
  endPods(): void {
    this.#abandoned?.end();
  }

  /** CNI GC with what the runtime knows of each network. */
  async collect(): Promise<boolean> {
    // Where evidence is to find all of it.
    if (this.#abandoned !== undefined) return true;
    this.#collecting = true;
    try {
      for (const { name } of networksOf(this.#world.options)) {
        const valid = [...this.#containers]
          .filter(({ attachment, state }) => attachment.network === name && state === 'live')
          .map(({ attachment }) => attachment);
        const answer = await this.#call('GC', [name], (daemon) => daemon.ipam.collect(name, valid));
        if (answer.kind !== 'answered') return false;
        for (const container of this.#containers) {
          if (container.state === 'forgotten' && container.attachment.network === name) this.#end(container);
        }
      }
      return true;
    } finally {
      this.#collecting = false;
    }
  }

  #act(): void {
    // The specification: no ADD and no DEL while GC runs.
    if (this.#collecting) return;
    const { random } = this.#world;
    const chance = random.next();
    const container = this.#containers.size === 0 ? undefined : random.pick([...this.#containers]);
    if (this.#containers.size < most && chance < 0.45) void this.#create();
    else if (chance < 0.46 && this.#calls.size === 0) void this.collect();
    else if (container?.state !== 'live') return;
    else if (chance < 0.55) void this.#repeat(container);
    else if (chance < 0.6) void this.#check(container);
    else if (chance < 0.65 && this.#abandoned?.outlives(container) === true) return;
    else void this.#delete(container);
  }

  async #create(network = this.#world.random.pick(networksInUse(this.#world.options)), again?: PodRef): Promise<void> {
    const { random } = this.#world;
    const id = `${this.#node.name}-${this.#next}`;
    const isNamed = network.name === statefulNetwork || network.name === machineNetwork;
    const named = isNamed ? this.#identities.take(network.name, `uid-${id}`, this.#node.name) : undefined;
    if (isNamed && named === undefined) return;
    const pod = again ?? this.#abandoned?.pod(id);
    if (this.#abandoned !== undefined && pod === undefined) return;
    this.#next += 1;
    const container: Container = {
      attachment: { network: network.name, containerId: id, ifname: 'eth0' },
      source: this.#fileOf(network),
      pod: pod ?? { namespace: 'default', name: named ?? this.#podName(network, id), uid: `uid-${id}` },
      netns: this.#abandoned?.netns(id) ?? '',
      wiredFirst: random.below(2) === 0,
      state: 'busy',
    };
    this.#containers.add(container);
    if (network.name === statefulNetwork) this.#force(container);
    await this.#add(container, 'first', this.#execution(container));
  }

  /** Half of those whose network has addresses of an application are its. */
  #podName({ name }: SimNetwork, id: string): string {
    if (name === automaticNetwork) return anyPod(this.#world.random, id);
    const pod = `web-${this.#world.random.below(podNames)}`;
    return name === applicationNetwork && this.#next % 2 === 0 ? `${application.name}-${id}` : pod;
  }

  /** A Pod of those for whom addresses stay is made here. */
  make(): void {
    const network = networksOf(this.#world.options).find(({ name }) => name === statefulNetwork);
    if (network !== undefined && !this.#node.gone && !this.#collecting) void this.#create(network);
  }

  /** kubectl delete --force: another Pod of the name may be made while this one's ADD, or its DEL, is under way. */
  #force(container: Container): void {
    const afterMs = this.#identities.forcedAfter();
    if (afterMs === undefined) return;
    this.#world.scheduler.after(afterMs, () => {
      if (container.state === 'ended' || container.state === 'forgotten') return;
      container.isDeleted = true;
      this.#identities.remake(container.pod);
      if (container.state === 'live') void this.#delete(container);
    });
  }

  /** Somebody writes a file anew while containers run that were made by the former one. */
  #fileOf(network: SimNetwork): PoolSource {
    const { random } = this.#world;
    const present = this.#files.get(network.name);
    if (present !== undefined && random.next() > this.#world.weights.newFile) return present;
    const file = anyFile(random, network);
    this.#files.set(network.name, file);
    return file;
  }

  #execution({ wiredFirst }: Container): CniExecution {
    return this.#executionWith(wiredFirst ? 'present' : 'absent');
  }

  #executionWith(presence: InterfacePresence): CniExecution {
    this.#executions += 1;
    return { id: `${this.#node.name}x${this.#executions}`, interface: presence };
  }

  /** ADD; when its answer is lost, the same again, or a new one, or DEL: executables and runtimes do either. */
  async #add(container: Container, sender: Sender, execution: CniExecution): Promise<void> {
    const began = this.#world.now;
    const answer = await this.#call('ADD', [container.attachment.containerId], (daemon) =>
      daemon.ipam.allocate(requestOf(container, execution)),
    );
    if (this.#isOver(container)) return;
    if (answer.kind === 'answered') {
      container.state = 'live';
      this.#identities.runs(container.pod);
      this.#oracle.told(this.#node, answer.value, container.source);
      this.#node.strangers?.told(this.#node.name, answer.value, began);
      if (this.#world.strikes('conflict', this.#world.weights.conflict) && !isKept(container.pod.name))
        await this.#conflict(container, answer.value);
      else if (container.isDeleted) await this.#delete(container);
      return;
    }
    // A runtime that has no answer, and an interface that may be of an ADD which succeeded: it has to say DEL.
    const mayBeDuplicate = sender === 'runtime' && container.wiredFirst;
    if (!(isDuplicate(answer) && mayBeDuplicate)) this.#requireExpected('ADD', container, answer);
    if (answer.kind === 'lost' && this.#world.strikes('repeated-add', 0.4)) {
      const isExecutable = this.#world.random.below(2) === 0;
      if (isExecutable) return this.#add(container, sender === 'first' ? 'executable' : sender, execution);
      return this.#add(container, 'runtime', this.#execution(container));
    }
    await this.#undo(container);
  }

  /** Something outside answers for the address: it is reported, and the container goes, at once or in its time. */
  async #conflict(container: Container, { addresses: [held] }: Allocation): Promise<void> {
    if (held === undefined) return;
    container.state = 'busy';
    this.#oracle.quarantining(held.address);
    const answer = await this.#call('quarantine', [held.address], ({ administration }) =>
      administration.quarantine(parseAddress(held.address), 'somebody else answers for it'),
    );
    if (this.#isOver(container)) return;
    if (answer.kind !== 'answered') return this.#delete(container);
    this.#oracle.quarantined(this.#node.name, held.address);
    if (this.#world.random.below(2) === 0) return this.#delete(container);
    container.inConflict = true;
    container.state = 'live';
  }

  /**
   * A second ADD for a container that has its addresses: refused while its interface is there, and nothing changes;
   * the same again when the wiring failed, and the interface is not there.
   */
  async #repeat(container: Container): Promise<void> {
    container.state = 'busy';
    const isThere = container.inConflict === undefined && this.#world.random.below(3) > 0;
    const execution = this.#executionWith(isThere ? 'present' : 'absent');
    const began = this.#world.now;
    const { attachment } = container;
    if (!isThere) this.#oracle.past.doubted(this.#node.name, attachment);
    const answer = await this.#call('ADD again', [attachment.containerId], (daemon) =>
      daemon.ipam.allocate(requestOf(container, execution)),
    );
    if (this.#isOver(container)) return;
    container.state = 'live';
    if (isThere && answer.kind === 'answered') {
      return this.#break(2, `ADD of ${attachment.containerId}, whose interface is there, was answered`, container);
    }
    if (isThere && isDuplicate(answer)) return this.#check(container);
    if (answer.kind === 'answered') {
      this.#oracle.told(this.#node, answer.value, container.source);
      return this.#node.strangers?.told(this.#node.name, answer.value, began);
    }
    this.#requireExpected('ADD again', container, answer);
    // Where its daemon asks the network, it gives back what it could not ask for.
    const isAsked = this.#node.strangers !== undefined;
    if (container.inConflict || isAsked || this.#oracle.failedAgain(this.#node.name, attachment))
      await this.#delete(container);
  }

  async #check(container: Container): Promise<void> {
    const { attachment } = container;
    const answer = await this.#call('CHECK', [attachment.containerId], async ({ ipam }) => ipam.find(attachment));
    if (answer.kind !== 'answered' || container.state !== 'live') return;
    if (answer.value === undefined) this.#break(7, `CHECK: ${attachment.containerId} holds nothing`, container);
    else this.#oracle.told(this.#node, answer.value, container.source);
  }

  async #delete(container: Container): Promise<void> {
    container.state = 'busy';
    this.#abandoned?.ending(container);
    this.#oracle.ended(this.#node.name, container.attachment);
    this.#force(container);
    await this.#undo(container);
  }

  /** DEL until it succeeds; or never, when the runtime forgets it; or once more, long after. */
  async #undo(container: Container): Promise<void> {
    const world = this.#world;
    if (world.strikes('missing-del', world.weights.missingDel)) {
      container.state = 'forgotten';
      this.#identities.gone(container.pod);
      return this.#abandon(container);
    }
    if (world.strikes('late-del', 0.1)) await this.#pause(world.random.next() * lateMs);
    const { attachment } = container;
    const answer = await this.#call('DEL', [attachment.containerId], (daemon) => daemon.ipam.release(attachment));
    if (this.#isOver(container)) return;
    if (answer.kind !== 'answered') {
      this.#requireExpected('DEL', container, answer);
      await this.#pause(world.delay(retryMs));
      return this.#isOver(container) ? undefined : this.#undo(container);
    }
    this.#end(container);
    if (!world.strikes('late-del', 0.1)) return;
    await this.#pause(world.random.next() * lateMs);
    if (!this.#collecting)
      await this.#call('DEL again', [attachment.containerId], (daemon) => daemon.ipam.release(attachment));
  }

  /** Nothing but what its Pod and the kernel show tells of it from now on. */
  #abandon(container: Container): void {
    if (this.#abandoned === undefined) return;
    this.#containers.delete(container);
    const again = this.#abandoned.abandon(container);
    if (again !== undefined)
      void this.#create(
        networks.find(({ name }) => name === container.attachment.network),
        again,
      );
  }

  #end(container: Container): void {
    this.#abandoned?.ended(container);
    if (container.state !== 'forgotten') this.#identities.gone(container.pod);
    container.state = 'ended';
    this.#containers.delete(container);
  }

  #isOver(container: Container): boolean {
    return container.state === 'ended';
  }

  async #call<T>(
    verb: string,
    subjects: readonly string[],
    act: Parameters<SimNode['call']>[2] & ((daemon: Parameters<Parameters<SimNode['call']>[2]>[0]) => Promise<T>),
  ): Promise<Answer<T>> {
    const call = Symbol();
    this.#calls.set(call, `${verb} ${subjects.join(' ')}`);
    try {
      return await this.#node.call(verb, subjects, act);
    } finally {
      this.#calls.delete(call);
    }
  }

  #requireExpected(verb: string, container: Container, answer: Answer<Allocation | undefined>): void {
    if (answer.kind !== 'refused') return;
    const { error } = answer;
    if (isExpected(error)) return;
    this.#break(
      2,
      `${verb} of ${container.attachment.containerId} was refused: ${(error as Error).message}`,
      container,
    );
  }

  #break(invariant: number, message: string, { attachment }: Container): void {
    this.#world.break(new BrokenPromise(invariant, message, [attachment.containerId]));
  }

  #pause(ms: number): Promise<void> {
    const call = Symbol();
    this.#calls.set(call, 'a pause');
    return new Promise((resolve) =>
      this.#world.scheduler.after(ms, () => {
        this.#calls.delete(call);
        resolve();
      }),
    );
  }
}
