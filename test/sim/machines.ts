import type { ControllerReference } from '../../src/resources/controlled-by.ts';
import { Random } from '../kit/random.ts';
import type { World } from './world.ts';

/** The network of virtual machines, with a pool that nobody changes. */
export const machineNetwork = 'machines';
const names = ['box-0', 'box-1', 'box-2'] as const;
const launcher = 'virt-launcher-';
/** Names of Pods to which a live migration moves a machine; KubeVirt puts its label on them. */
const targetMark = '-target-';
/** How often a machine that runs is moved when one more Pod could be made, rather than left alone. */
const moves = 0.7;

/** The machine that a Pod runs; undefined: it runs none. */
export function machineOf(podName: string | undefined): string | undefined {
  return podName?.startsWith(launcher) ? names.find((name) => podName.startsWith(`${launcher}${name}-`)) : undefined;
}

export function isMigrationTarget(podName: string): boolean {
  return machineOf(podName) !== undefined && podName.includes(targetMark);
}

export function instanceOf(podName: string): ControllerReference | undefined {
  const name = machineOf(podName);
  if (name === undefined) return undefined;
  return { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name, uid: `uid-${name}` };
}

interface MachinePod {
  readonly name: string;
  readonly node: string;
  isRunning: boolean;
}

/**
 * Virtual machines, as KubeVirt has them: one Pod each, and while one moves a second on another node, which has the same address. Whichever of
 * the two ends first decides whether the move has succeeded; then it may move on, or stop and start anew.
 */
export class Machines {
  readonly #random: Random;
  /** Pods that are there, by machine. */
  readonly #pods = new Map<string, MachinePod[]>();

  constructor(world: World) {
    this.#random = new Random(world.options.seed + 5);
  }

  /** A Pod is made on a node: of a machine that stands still, or the target of one that runs elsewhere. @returns undefined: there is none to make */
  take(uid: string, node: string): string | undefined {
    const stopped = names.filter((name) => this.#podsOf(name).length === 0);
    const movable = names.filter((name) => {
      const [only, other] = this.#podsOf(name);
      return only !== undefined && other === undefined && only.isRunning && only.node !== node;
    });
    const isMove = movable.length > 0 && (stopped.length === 0 || this.#random.next() < moves);
    const from = isMove ? movable : stopped;
    if (from.length === 0) return undefined;
    const machine = this.#random.pick(from);
    const name = `${launcher}${machine}${isMove ? targetMark : '-'}${uid}`;
    this.#podsOf(machine).push({ name, node, isRunning: false });
    return name;
  }

  /** It has its address. */
  runs(podName: string): void {
    const pod = this.#podsOf(machineOf(podName) ?? '').find(({ name }) => name === podName);
    if (pod !== undefined) pod.isRunning = true;
  }

  gone(podName: string): void {
    const machine = machineOf(podName);
    if (machine === undefined) return;
    this.#pods.set(
      machine,
      this.#podsOf(machine).filter(({ name }) => name !== podName),
    );
  }

  #podsOf(machine: string): MachinePod[] {
    const pods = this.#pods.get(machine) ?? [];
    this.#pods.set(machine, pods);
    return pods;
  }
}
