import type { Runtime } from './runtime.ts';
import type { SimNode } from './sim-node.ts';
import { tellsOfPods } from './sim-pods.ts';
import { Turns } from './turns.ts';
import type { World } from './world.ts';

const pauseMs = 400;
const partitionMs = 8_000;
/** One in so many partitions lasts so many times as long: what a daemon has kept of the store is old when it is back. */
const long = { oneIn: 6, times: 6 };
/** How many of those who are cut off crash meanwhile. */
const crashWhileCut = 0.3;
const hourMs = 3_600_000;
/** Longest that a clock is wrong that somebody has set. */
const setForMs = 20_000;
/** Longest that a disk stalls. */
const stallMs = 3_000;
/** Longer than addresses cool down, and than daemons take to start. */
const outageMs = 60_000;

/** A node with what runs on it. */
export interface Machine {
  readonly node: SimNode;
  readonly runtime: Runtime;
}

/** What happens to machines: crashes, lost disks, cut links, and leaving for ever. */
export class Mischief {
  readonly #world: World;
  readonly #machines: readonly Machine[];
  readonly #turns: Turns;
  #isOut = false;
  /** How many there were: an end that comes late must not end the next one. */
  #outages = 0;
  #shelteredUntil = 0;
  /** Who is not sheltered. */
  #outside: SimNode | undefined;

  constructor(world: World, machines: readonly Machine[]) {
    this.#world = world;
    this.#turns = new Turns(world);
    this.#machines = machines;
  }

  run(): void {
    this.#turns.run(() => {
      this.#act(this.#world.random.pick(this.#machines));
      return this.#world.delay(pauseMs / 2);
    });
  }

  /** For so long every daemon runs and hears the store: what is promised to those alone is looked at. */
  shelter(ms: number): void {
    this.#shelteredUntil = Math.max(this.#shelteredUntil, this.#world.now + ms);
    this.#outside = undefined;
    this.#outages += 1;
    this.#mend();
    for (const { node } of this.#machines) node.startNow();
  }

  /** Some hear of what just happened a moment later. */
  hangSome(ms: number): void {
    for (const { node } of this.#machines) {
      if (!node.gone && this.#world.strikes('partition', 0.4)) this.#hang(node, ms);
    }
  }

  /** One hears of what is about to happen a moment later, and goes on. */
  hang(name: string, ms: number): void {
    const machine = this.#machines.find(({ node }) => node.name === name && !node.gone);
    if (machine !== undefined) this.#hang(machine.node, ms);
  }

  #hang(node: SimNode, ms: number): void {
    node.link.cut = true;
    this.#world.scheduler.after(this.#world.random.next() * ms, () => {
      if (!this.#isOut) node.link.cut = false;
    });
  }

  /** The disks of some write nothing for so long, and for a moment more at most. */
  stallSome(ms: number, moreMs: number): void {
    const { random, weights } = this.#world;
    for (const { node } of this.#machines) {
      if (!node.gone && this.#world.strikes('disk-stall', weights.stallsAtRollback))
        node.stallDisk(ms + random.next() * moreMs);
    }
  }

  /** The store did as it was told, and what tells so is lost: with it, perhaps, the way there and back. */
  unanswered(node: SimNode): void {
    if (this.#world.calm || node.link.cut || this.#isSheltered(node)) return;
    if (this.#world.strikes('partition', this.#world.weights.breaksUnanswered)) this.#partition(node);
  }

  /** One of them is cut off for so long, and may crash meanwhile. */
  cutOff(node: SimNode, ms: number): void {
    this.#outside = node;
    node.link.cut = true;
    this.#world.scheduler.after(ms, () => {
      if (!this.#isOut) node.link.cut = false;
    });
  }

  #isSheltered(node: SimNode): boolean {
    return this.#world.now < this.#shelteredUntil && node !== this.#outside;
  }

  /** Crashes somebody, to restart while everything is still as agitation left it: pools changed, addresses in quarantine. */
  crashOne(): void {
    const { node } = this.#world.random.pick(this.#machines);
    if (node.daemon !== undefined && this.#world.strikes('crash', 0.5) && !this.#isSheltered(node)) node.crash();
  }

  stop(): void {
    this.#turns.stop();
    this.#outages += 1;
    this.#mend();
  }

  #act({ node, runtime }: Machine): void {
    if (node.gone || this.#isSheltered(node)) return;
    const world = this.#world;
    if (node.daemon !== undefined && world.strikes('crash', 0.12)) {
      node.crash();
      return;
    }
    if (node.daemon !== undefined && world.strikes('disk-loss', 0.005)) {
      runtime.died();
      node.loseDisk();
      return;
    }
    if (node.daemon !== undefined && world.strikes('journal-damage', 0.003)) {
      node.damageDisk();
      return;
    }
    if (this.#canLeave() && world.strikes('leave', 0.002)) {
      runtime.died();
      node.leave();
      return;
    }
    if (tellsOfPods(world.options) && world.strikes('clock-drift', 0.01)) this.#setClock(node);
    if (world.strikes('disk-stall', 0.01)) node.stallDisk(world.random.next() * stallMs);
    if (!node.link.cut && world.strikes('partition', 0.03)) this.#partition(node);
    if (!this.#isOut && this.#world.now >= this.#shelteredUntil && world.strikes('outage', 0.004)) this.#outage();
  }

  /** By an hour, forth or back, and soon right again. */
  #setClock(node: SimNode): void {
    const { random } = this.#world;
    node.setClock((random.below(2) * 2 - 1) * hourMs, random.next() * setForMs);
  }

  #partition(node: SimNode): void {
    const world = this.#world;
    world.operation(node.name, 'partition', node.name);
    node.link.cut = true;
    const times = world.random.next() * long.oneIn < 1 ? long.times : 1;
    world.scheduler.after(world.delay(partitionMs / 2) * times, () => {
      if (!this.#isOut) node.link.cut = false;
    });
    if (world.random.next() < crashWhileCut) this.#crashWithin(node, 1_000);
  }

  #crashWithin(node: SimNode, ms: number): void {
    const world = this.#world;
    world.scheduler.after(world.random.next() * ms, () => {
      if (node.daemon !== undefined && !world.calm && !this.#isSheltered(node)) node.crash();
    });
  }

  /** The store is away for all; daemons that start meanwhile go by what they have kept. */
  #outage(): void {
    const world = this.#world;
    world.operation('', 'outage');
    this.#isOut = true;
    for (const { node } of this.#machines) node.link.cut = true;
    const outage = ++this.#outages;
    world.scheduler.after(outageMs / 4 + world.delay(outageMs / 4), () => {
      if (outage === this.#outages) this.#mend();
    });
    for (const { node } of this.#machines) {
      if (node.daemon !== undefined && world.random.next() < 0.7) this.#crashWithin(node, 10_000);
    }
  }

  #mend(): void {
    this.#isOut = false;
    for (const { node } of this.#machines) node.link.cut = false;
  }

  /** Two machines always stay. */
  #canLeave(): boolean {
    return this.#machines.filter(({ node }) => !node.gone).length > 2;
  }
}
