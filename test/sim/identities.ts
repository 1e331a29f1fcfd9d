import type { ControllerReference } from '../../src/resources/controlled-by.ts';
import { Random } from '../kit/random.ts';
import { keeperOf } from './automatic.ts';
import { instanceOf, Machines, machineNetwork, machineOf } from './machines.ts';
import type { WorldOptions } from './options.ts';
import { Turns } from './turns.ts';
import type { World } from './world.ts';

/** The StatefulSet that the world has: its Pods come again under their names, on whichever node. */
export const statefulSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'uid-db' } as const;
/** How many Pods it has, but while it is scaled down. */
const replicas = 8;
/** Whom callers name: no controller tells of them. */
const namedPods = ['vm-0', 'vm-1'] as const;
/** The network of them all, with a pool that nobody changes. */
export const statefulNetwork = 'stateful';

/** An application whose Pods ask for one of these addresses, and which has other Pods beside it that may have none of them. */
export const application = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'app', uid: 'uid-app' } as const;
export const applicationNetwork = 'listed';
export const applicationAddresses = { first: '10.9.0.10', last: '10.9.0.14' } as const;

/** How long the StatefulSet is as it is, milliseconds at most: shorter and longer than what is kept stays without a Pod. */
const scaledMs = 90_000;
export const scaleDownGraceMs = 30_000;
/** The controller looks now and then: that an ordinal was there for less it does not notice, milliseconds. */
const unnoticedMs = 25_000;
/** How many Pods are deleted by force: another is made while its container is there, or its ADD is under way. */
const forced = 0.15;
const forcedWithinMs = 40;

export function isStateful(podName: string): boolean {
  return podName.startsWith(`${statefulSet.name}-`);
}

export function isNamed(podName: string): boolean {
  return (namedPods as readonly string[]).includes(podName);
}

export function isOfApplication(podName: string): boolean {
  return podName.startsWith(`${application.name}-`);
}

/** Does the address of a Pod of this name stay with whom it is for? */
export function isKept(podName: string): boolean {
  return isStateful(podName) || isNamed(podName) || isOfApplication(podName) || machineOf(podName) !== undefined;
}

/** Who keeps a Pod; undefined: nobody. */
export function controllerOf(podName: string): ControllerReference | undefined {
  if (isStateful(podName)) return statefulSet;
  return isOfApplication(podName) ? application : (instanceOf(podName) ?? keeperOf(podName));
}

/** In one world of four much is done to those for whom addresses stay. */
export function isRestless({ seed, emphasis }: Pick<WorldOptions, 'seed' | 'emphasis'>): boolean {
  return seed % 4 === 3 || emphasis === 'migrations' || emphasis === 'applications';
}

/** As the API server has it: of each name there is one Pod at a time, and another once that is gone. */
export class Identities {
  readonly #world: World;
  readonly #free: Set<string>;
  /** Uids of the Pods that are there. */
  readonly #uids = new Map<string, string>();
  /** A chance of its own: worlds in which nothing of this happens are the same without. */
  readonly #random: Random;
  readonly #turns: Turns;
  readonly #machines: Machines;
  /** Of the StatefulSet as it is now. */
  replicas = replicas;
  /** Told of a Pod whose ordinal was scaled away for so long that what was kept for it may be gone. */
  onAway: (podName: string) => void = () => {};
  /** Told that a Pod that was deleted by force is made anew at once, on the node with this number. */
  onRemade: (node: number) => void = () => {};
  #remade: string | undefined;
  /** When each ordinal was scaled away, and was there again. */
  readonly #scaled = new Map<number, { readonly awayAt: number; readonly backAt: number }>();

  constructor(world: World) {
    this.#world = world;
    this.#random = new Random(world.options.seed + 3);
    this.#turns = new Turns(world);
    this.#machines = new Machines(world);
    const ordinals = Array.from({ length: replicas }, (_, ordinal) => nameOf(ordinal));
    this.#free = new Set(isRestless(world.options) ? [...ordinals, ...namedPods] : ordinals);
  }

  /** Scales the StatefulSet down and up. */
  run(): void {
    if (!isRestless(this.#world.options)) return;
    this.#turns.run(() => {
      this.#scale(this.replicas < replicas ? replicas : this.#random.below(replicas));
      return this.#random.next() * scaledMs;
    });
  }

  stop(): void {
    this.#turns.stop();
    this.#scale(replicas);
  }

  #scale(to: number): void {
    const { world, from } = { world: this.#world, from: this.replicas };
    if (to === from) return;
    world.operation('', `scale to ${to}`);
    this.replicas = to;
    for (let ordinal = Math.min(from, to); ordinal < Math.max(from, to); ordinal += 1) {
      const { awayAt = -Infinity, backAt = -Infinity } = this.#scaled.get(ordinal) ?? {};
      if (to > from) {
        if (world.now - awayAt >= scaleDownGraceMs) this.onAway(nameOf(ordinal));
        this.#scaled.set(ordinal, { awayAt, backAt: world.now });
      } else if (world.now - backAt >= unnoticedMs) this.#scaled.set(ordinal, { awayAt: world.now, backAt });
    }
  }

  /** Was its ordinal scaled away for so long that what was kept for it may be gone? */
  isAway(podName: string): boolean {
    if (isNamed(podName) || ordinalOf(podName) < this.replicas) return false;
    const { awayAt = Infinity } = this.#scaled.get(ordinalOf(podName)) ?? {};
    return this.#world.now - awayAt >= scaleDownGraceMs;
  }

  /** A Pod of a network whose Pods have names that come again is made on a node. @returns its name; undefined: all are there */
  take(network: string, uid: string, node: string): string | undefined {
    return network === machineNetwork ? this.#machines.take(uid, node) : this.#takeNamed(uid);
  }

  #takeNamed(uid: string): string | undefined {
    const free = [...this.#free].filter((name) => isNamed(name) || ordinalOf(name) < this.replicas);
    if (free.length === 0) return undefined;
    const remade = free.find((one) => one === this.#remade);
    const name = remade ?? this.#world.random.pick(free);
    this.#free.delete(name);
    this.#uids.set(name, uid);
    return name;
  }

  /** The Pod is gone from the API server; its containers may not be. */
  gone({ name, uid }: { readonly name: string; readonly uid: string }): void {
    this.#machines.gone(name);
    if (this.#uids.get(name) !== uid) return;
    this.#uids.delete(name);
    this.#free.add(name);
  }

  /** It has its address. */
  runs({ name }: { readonly name: string }): void {
    this.#machines.runs(name);
  }

  /** The same, and another Pod of the name is made before anything else. */
  remake(pod: { readonly name: string; readonly uid: string }): void {
    if (this.uidOf(pod.name) !== pod.uid) return;
    this.gone(pod);
    this.#remade = pod.name;
    this.onRemade(this.#random.below(this.#world.options.nodes));
    this.#remade = undefined;
  }

  /** The Pod of this name that is there; undefined: none is. */
  uidOf(podName: string): string | undefined {
    return this.#uids.get(podName);
  }

  /** Is a Pod deleted by force now? @returns after how many milliseconds; undefined: it is not */
  forcedAfter(): number | undefined {
    if (!isRestless(this.#world.options) || this.#world.calm || this.#random.next() >= forced) return undefined;
    return this.#random.next() * forcedWithinMs;
  }
}

function nameOf(ordinal: number): string {
  return `${statefulSet.name}-${ordinal}`;
}

function ordinalOf(podName: string): number {
  return Number(podName.slice(statefulSet.name.length + 1));
}
