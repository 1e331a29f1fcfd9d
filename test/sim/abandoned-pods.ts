import type { Attachment, PodRef } from '../../src/ipam/attachment.ts';
import type { SimNode } from './sim-node.ts';
import type { SimPods } from './sim-pods.ts';
import { epoch, type World } from './world.ts';

/** What a runtime has of a container, as far as its Pod's end is about it. */
export interface Sandbox {
  readonly attachment: Attachment;
  readonly pod: PodRef;
  readonly netns: string;
}

/** Names of Pods on a node: few, so that they come again. */
const names = 400;
const graceMs = 1_000;

/** The Pods of one node: made, ended, and abandoned in every way in which a DEL is lost. */
export class AbandonedPods {
  readonly #world: World;
  readonly #node: SimNode;
  readonly #pods: SimPods;
  /** Those that are there, by name, and the network namespaces that are. */
  readonly #present = new Map<string, PodRef>();
  readonly #netns = new Set<string>();
  /** Names that Pods of other nodes have by now. */
  readonly #elsewhere = new Set<string>();

  constructor(world: World, node: SimNode, pods: SimPods) {
    this.#world = world;
    this.#node = node;
    this.#pods = pods;
  }

  /** A new Pod. @returns undefined: every name has one */
  pod(id: string): PodRef | undefined {
    const free = Array.from({ length: names }, (_, n) => `${this.#node.name}-web-${n}`).filter(
      (name) => !this.#present.has(name) && !this.#elsewhere.has(name),
    );
    if (free.length === 0) return undefined;
    return this.#made({ namespace: 'default', name: this.#world.random.pick(free), uid: `uid-${id}` });
  }

  /** Of one in four nothing tells. */
  netns(id: string): string {
    if (this.#world.random.below(4) === 0) return '';
    const path = `/run/netns/${id}`;
    this.#netns.add(path);
    this.#pods.addNetns(path);
    return path;
  }

  /** kubectl delete: kubelet ends it. */
  ending({ pod }: Sandbox): void {
    if (this.#pods.isThere(pod)) this.#pods.set(pod, this.#terminating());
  }

  /** Its DEL was answered. */
  ended({ pod, netns }: Sandbox): void {
    this.#unplug(netns);
    this.#gone(pod);
  }

  /** Does its Pod go, or end, and its container run on, since kubelet is slow or down? */
  outlives({ pod, netns }: Sandbox): boolean {
    if (this.#world.calm || netns === '') return false;
    // Of a Pod that is gone, a daemon that cannot see takes the word of the API server.
    const way = this.#node.isBlind ? 1 + this.#world.random.below(2) : this.#world.random.below(3);
    if (way === 0) this.#gone(pod);
    else this.#pods.set(pod, way === 1 ? { kind: 'finished', phase: 'Failed' } : this.#terminating());
    return true;
  }

  /** Its container is gone, and no DEL comes. @returns the Pod that another container is for, at once */
  abandon({ pod, netns }: Sandbox): PodRef | undefined {
    this.#unplug(netns);
    const way = this.#world.random.below(netns === '' || !this.#pods.isThere(pod) ? 2 : 5);
    if (way === 2) this.#pods.set(pod, { kind: 'finished', phase: 'Succeeded' });
    if (way === 3) return undefined;
    if (way === 4) {
      this.#pods.set(pod, { kind: 'lives' });
      return pod;
    }
    if (way < 2) this.#gone(pod);
    // Another Pod of the name, on a node that is none of ours, for ever.
    if (way === 1 && !this.#present.has(pod.name)) {
      this.#elsewhere.add(pod.name);
      this.#pods.set({ ...pod, uid: `${pod.uid}-again` }, { kind: 'lives' });
    }
    return undefined;
  }

  /** The machine has died. */
  died(): void {
    for (const netns of [...this.#netns]) this.#unplug(netns);
    this.end();
  }

  /** Every Pod goes. */
  end(): void {
    for (const pod of [...this.#present.values()]) this.#gone(pod);
  }

  #made(pod: PodRef): PodRef {
    this.#present.set(pod.name, pod);
    this.#pods.set(pod, { kind: 'lives' });
    return pod;
  }

  #gone(pod: PodRef): void {
    if (this.#present.get(pod.name)?.uid === pod.uid) this.#present.delete(pod.name);
    this.#pods.set(pod, { kind: 'gone' });
  }

  #unplug(netns: string): void {
    this.#netns.delete(netns);
    this.#pods.removeNetns(netns);
  }

  #terminating(): { readonly kind: 'terminating'; readonly endsAt: number } {
    return { kind: 'terminating', endsAt: epoch + this.#world.now + graceMs };
  }
}
