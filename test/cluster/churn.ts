import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../kit/random.ts';
import type { Underlay } from './underlay.ts';
import { workload } from './workload.ts';

const name = 'churn';
const [leastMs, mostMs] = [1_500, 4_000];

/** A Deployment one of whose Pods is deleted every few seconds. */
export class Churn {
  readonly #underlay: Underlay;
  readonly #random: Random;
  readonly #ended = new AbortController();
  #deleted = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(underlay: Underlay, random: Random) {
    this.#underlay = underlay;
    this.#random = random;
  }

  /** Pods that were deleted. */
  get deleted(): number {
    return this.#deleted;
  }

  async start(replicas: number, annotations: Readonly<Record<string, string>>): Promise<void> {
    await this.#underlay.cluster.apply(workload('Deployment', { name, replicas, annotations }));
    this.#running = this.#run();
  }

  /** @throws when a Pod could not be deleted */
  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#running;
    await this.#underlay.cluster.kubectl('delete', `deployment/${name}`, '--wait=false');
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const pods = await this.#underlay.pods(`app=${name}`);
      if (pods.length > 0) {
        const { metadata } = this.#random.pick(pods);
        const path = `/api/v1/namespaces/default/pods/${metadata.name}`;
        const { status, text } = await this.#underlay.cluster.controlPlane.request('DELETE', path);
        if (status !== 200 && status !== 404) throw new Error(`DELETE ${path}: ${status} ${text}`);
        this.#deleted += 1;
      }
      await pause(leastMs + this.#random.below(mostMs - leastMs), undefined, { signal }).catch(() => {});
    }
  }
}
