import { parseResource } from '../../cilium/kept-pod.ts';
import { isOver, type OwnerKind } from '../../cilium/owner-kinds.ts';
import { recyclingPlan } from '../../cilium/recycling.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Result } from '../work-queue.ts';
import type { CiliumState } from './cilium-state.ts';
import type { KeptRecords } from './kept-records.ts';
import type { NodeWriter } from './node-writer.ts';
import type { OwnerLookup } from './owner-lookup.ts';

export interface RecyclerParts {
  readonly state: CiliumState;
  readonly kept: KeptRecords;
  readonly writer: NodeWriter;
  readonly owners: OwnerLookup;
  readonly kinds: readonly OwnerKind[];
  readonly clock: Clock;
  readonly log: Log;
  /** See `isOver`. */
  readonly bareMs: number;
}

const againMs = 1_000;

/** Gives addresses back for whose Pods and owners nobody is left. */
export class Recycler {
  readonly #parts: RecyclerParts;
  /** When a Pod was first found to be gone, by its name. */
  readonly #goneSince = new Map<string, number>();

  constructor(parts: RecyclerParts) {
    this.#parts = parts;
  }

  /** @param pod `namespace/name` */
  readonly reconcile = async (pod: string): Promise<Result> => {
    const { state, kept, writer, log } = this.#parts;
    const record = kept.of(pod);
    if (record === undefined || state.hasPod(pod) || !(await this.#isOver(pod, record.resource))) {
      return { outcome: 'unchanged' };
    }
    const { changes, isDone } = recyclingPlan(record, state);
    if (!isDone) return { outcome: (await writer.write(changes)) ? 'written' : 'unchanged', againMs };
    await kept.delete(pod);
    this.#goneSince.delete(pod);
    log.info({ ...record }, 'recycled: nobody is left for whom addresses were kept');
    return { outcome: 'written' };
  };

  async #isOver(pod: string, resource: string): Promise<boolean> {
    const { owners, kinds, clock, bareMs } = this.#parts;
    const { kind = '' } = parseResource(resource) ?? {};
    // The answer of a watch is a moment old, and not every Pod is watched.
    if (await owners.hasPod(pod)) {
      this.#goneSince.delete(pod);
      return false;
    }
    const since = this.#goneSince.get(pod) ?? clock.now();
    this.#goneSince.set(pod, since);
    const podGoneMs = clock.now() - since;
    return isOver({ kind, podIsThere: false, podGoneMs, ownerIsThere: await owners.isThere(resource) }, bareMs, kinds);
  }
}
