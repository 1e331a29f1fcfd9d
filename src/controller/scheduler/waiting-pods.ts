import type { PoolRoom } from '../../ipam/placement/fit.ts';
import { firstPools } from '../../ipam/placement/judge-nodes.ts';
import type { Pool } from '../../resources/pool.ts';
import type { ClusterState } from '../state.ts';
import type { NodeView } from './node-view.ts';
import { type PlacingFacts, placingOf } from './placing.ts';
import type { PlacedPod, PodView } from './pod-view.ts';

export interface WaitingPodsParts {
  readonly state: Pick<ClusterState, 'claimsOfPod'>;
  readonly nodes: Pick<NodeView, 'node'>;
  readonly pods: Pick<PodView, 'waiting'>;
  readonly placing: PlacingFacts;
}

interface Known {
  readonly pools: readonly Pool[];
  /** Those that its ADD tries first, one for each family. */
  readonly first: readonly Pool[];
}

/**
 * Pods that were sent to a node a moment ago and have no address yet: it is spoken for. Without them a scheduler that places a hundred
 * Pods a second would send them all to the rack that had one left.
 */
export class WaitingPods {
  readonly #parts: WaitingPodsParts;
  readonly #known = new WeakMap<PlacedPod, Known>();
  #spokenFor: ReadonlyMap<string, bigint> = new Map();

  constructor(parts: WaitingPodsParts) {
    this.#parts = parts;
  }

  /** Counts them for the answers that follow. */
  count(): void {
    const { state, pods } = this.#parts;
    const counts = new Map<string, bigint>();
    for (const [name, pod] of pods.waiting) {
      // What is claimed is counted as such.
      if (state.claimsOfPod(name).size > 0) continue;
      for (const pool of this.#firstOf(pod)) {
        const key = keyOf(pool, pod.node);
        counts.set(key, (counts.get(key) ?? 0n) + 1n);
      }
    }
    this.#spokenFor = counts;
  }

  /** What is left of a pool's room for others. */
  without(pool: Pool, node: string, room: PoolRoom): PoolRoom {
    const count = this.#spokenFor.get(keyOf(pool, node)) ?? 0n;
    if (count === 0n) return room;
    const free = room.free > count ? room.free - count : 0n;
    const [are, Pods] = count === 1n ? ['is', 'a Pod'] : ['are', 'Pods'];
    return { ...room, free, reason: `${count} ${are} for ${Pods} on the way, and every other address is taken` };
  }

  #firstOf(pod: PlacedPod): readonly Pool[] {
    const { pools } = this.#parts.placing;
    const known = this.#known.get(pod);
    if (known?.pools === pools) return known.first;
    const first = this.#find(pod, pools);
    this.#known.set(pod, { pools, first });
    return first;
  }

  #find({ waiting, node }: PlacedPod, pools: readonly Pool[]): readonly Pool[] {
    const where = this.#parts.nodes.node(node);
    const placing = waiting === undefined ? undefined : placingOf(waiting, this.#parts.placing);
    return where === undefined || placing === undefined ? [] : firstPools(placing, where, pools);
  }
}

/** What is leased is a node's own, all else everybody's. */
function keyOf({ name, blockSize }: Pool, node: string): string {
  return blockSize === undefined ? name : `${name} ${node}`;
}
