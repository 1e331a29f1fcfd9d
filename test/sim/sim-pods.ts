import type { PodRef } from '../../src/ipam/attachment.ts';
import type { PodLife } from '../../src/ipam/reclaim/ended-pods.ts';
import { isSamePod } from '../../src/ipam/reclaim/garbage.ts';
import type { PodState } from '../../src/ipam/reclaim/pod-state.ts';
import type { ReclaimPolicy } from '../../src/ipam/reclaim/policy.ts';
import type { ReleaseCause, Released } from '../../src/ipam/reclaim/release-cause.ts';
import { IpamError } from '../../src/resources/errors.ts';
import { type EffectKind, effect } from './effect.ts';
import type { Lifetime } from './lifetime.ts';
import type { WorldOptions } from './options.ts';
import { largestDrift } from './sim-clock.ts';
import { BrokenPromise, type World } from './world.ts';

/** In worlds of the emphasis `abandoned` somebody tells of Pods, and the kernel of network namespaces. */
export function tellsOfPods({ emphasis }: Pick<WorldOptions, 'emphasis'>): boolean {
  return emphasis === 'abandoned';
}

export const simPolicy: ReclaimPolicy = {
  isOn: true,
  // No store forgets in these worlds, after which others would need longer.
  sandboxDeadlineMs: 20_000,
  goneAfterMs: 8_000,
  isTerminatingEnough: true,
  terminatingDelayMs: 30_000,
  sandboxGoneMs: 15_000,
  interfaceMissingMs: undefined,
};

interface Entry {
  readonly uid: string;
  readonly state: PodState;
}

const question: EffectKind = {
  typicalMs: 1,
  fails: {
    kind: 'store-fails',
    probability: 0.02,
    error: () => new IpamError('store-unavailable', 'nobody tells of Pods'),
  },
};
/** How far a watch of Pods is behind, milliseconds. */
const lateMs = 4_000;
/** How long a watch that begins anew shows nothing, milliseconds. */
const relistMs = 10_000;

/** The API server's Pods and the kernels' network namespaces, as they are, and as watches show them. */
export class SimPods {
  readonly #world: World;
  /** By name: of each there is one at a time. */
  readonly #pods = new Map<string, Entry>();
  readonly #shown = new Map<string, Entry>();
  /** By uid: since when it is gone, and since when it is finished whatever was told of it again, world time. */
  readonly #gone = new Map<string, number>();
  readonly #finished = new Map<string, number>();
  /** Paths, and since when those are gone that were there. */
  readonly #netns = new Set<string>();
  readonly #netnsGone = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  set({ name, uid }: PodRef, state: PodState): void {
    const before = this.#pods.get(name);
    // Deleted, one that has finished still says so: `stateOfPod`.
    if (state.kind === 'terminating' && before?.uid === uid && before.state.kind === 'finished') return;
    if (before !== undefined && before.uid !== uid) this.#gone.set(before.uid, this.#world.now);
    if (state.kind === 'gone') {
      if (before?.uid !== uid) return;
      this.#pods.delete(name);
      this.#gone.set(uid, this.#world.now);
    } else this.#put({ name, uid }, state);
    const entry = this.#pods.get(name);
    this.#world.scheduler.after(this.#world.random.next() * lateMs, () => {
      if (this.#pods.get(name) !== entry) return;
      if (entry === undefined) this.#shown.delete(name);
      else this.#shown.set(name, entry);
    });
  }

  isThere({ name, uid }: PodRef): boolean {
    return this.#pods.get(name)?.uid === uid;
  }

  addNetns(path: string): void {
    this.#netns.add(path);
  }

  removeNetns(path: string): void {
    if (this.#netns.delete(path)) this.#netnsGone.set(path, this.#world.now);
  }

  hasNetns(path: string): boolean {
    return this.#netns.has(path);
  }

  /** One process's way to ask. */
  life(lifetime: Lifetime): PodLife {
    const told = (pod: PodRef, entry: Entry | undefined): PodState | undefined =>
      entry === undefined || !isSamePod(pod, { uid: entry.uid, annotations: {} }) ? undefined : entry.state;
    let hiddenUntil = 0;
    return {
      seen: (pod) => {
        if (this.#world.strikes('watch-drops', 0.0002)) hiddenUntil = this.#world.now + relistMs;
        return this.#world.now < hiddenUntil ? undefined : told(pod, this.#shown.get(pod.name));
      },
      look: (pod) =>
        effect(this.#world, lifetime, question, async () => told(pod, this.#pods.get(pod.name)) ?? { kind: 'gone' }),
    };
  }

  /** What a release by evidence says must be so, and have been so for long enough. @param clock of the node */
  released(
    node: string,
    { pod, attachment }: Released,
    { reason }: ReleaseCause,
    netns: string,
    clock: { readonly now: number; readonly wasSet: boolean },
  ): void {
    if (pod === undefined) return;
    const entry = this.#pods.get(pod.name);
    const state: PodState = entry?.uid === pod.uid ? entry.state : { kind: 'gone' };
    const ago = (since: number | undefined): number => (since === undefined ? -1 : this.#world.now - since);
    const wanted: Readonly<Record<string, { readonly isSo: boolean; readonly ago: number; readonly ms: number }>> = {
      'pod-gone': { isSo: state.kind === 'gone', ago: ago(this.#gone.get(pod.uid)), ms: simPolicy.goneAfterMs },
      'pod-finished': {
        isSo: state.kind === 'finished' || state.kind === 'gone',
        ago: ago(this.#finished.get(pod.uid)),
        ms: simPolicy.goneAfterMs,
      },
      'pod-terminating': {
        isSo: state.kind !== 'lives' && state.kind !== 'finished',
        ago: state.kind === 'terminating' ? clock.now - state.endsAt : Number.POSITIVE_INFINITY,
        ms: simPolicy.terminatingDelayMs,
      },
      'sandbox-gone': { isSo: true, ago: ago(this.#netnsGone.get(netns)), ms: simPolicy.sandboxGoneMs ?? 0 },
    };
    const rule = wanted[reason];
    if (rule === undefined) return;
    const subjects = [attachment.containerId, node];
    if (!rule.isSo) {
      this.#world.break(
        new BrokenPromise(
          6,
          `${node} released ${attachment.containerId} for ${reason}, and its Pod is ${state.kind}`,
          subjects,
        ),
      );
    }
    if (clock.wasSet || rule.ago >= rule.ms * (1 - 2 * largestDrift)) return;
    const early = `${node} released ${attachment.containerId} for ${reason} ${Math.round(rule.ago)} ms after it became so`;
    this.#world.break(new BrokenPromise(6, early, subjects));
  }

  #put({ name, uid }: Pick<PodRef, 'name' | 'uid'>, state: PodState): void {
    this.#pods.set(name, { uid, state });
    if (state.kind !== 'finished') this.#finished.delete(uid);
    else if (!this.#finished.has(uid)) this.#finished.set(uid, this.#world.now);
  }
}
