import { formatPrefix, type Prefix, parsePrefix } from '../ip/prefix.ts';
import { readable } from '../ip/readable.ts';
import { type PoolResource, poolKind } from '../resources/pool.ts';
import { spiderpoolFinalizer } from '../resources/published.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { ClusterState } from './state.ts';
import { subnetStatus } from './subnet-status.ts';
import type { Result } from './work-queue.ts';
import { writeFinalizer, writeStatus } from './write-status.ts';

export interface SubnetReconcilerParts {
  readonly state: ClusterState;
  readonly store: Store;
  readonly log: Log;
}

/** How often to look whether a subnet that is going has lost its last pool in the store, too. */
const emptyAgainMs = 5_000;

/** Keeps subnets' status and finalizers. */
export class SubnetReconciler {
  readonly #parts: SubnetReconcilerParts;

  constructor(parts: SubnetReconcilerParts) {
    this.#parts = parts;
  }

  readonly reconcile = async (name: string): Promise<Result> => {
    const { state, store, log } = this.#parts;
    const known = state.subnet(name);
    if (known === undefined) return { outcome: 'unchanged' };
    const { resource, value: subnet } = known;
    const { deletionTimestamp, finalizers = [] } = resource.metadata;
    const pools = [...state.poolsOfSubnet(name).values()].flatMap(({ value }) => value ?? []);
    if (deletionTimestamp === undefined) await writeFinalizer(store, resource, spiderpoolFinalizer, true);
    else if (pools.length === 0) {
      if (!finalizers.includes(spiderpoolFinalizer)) return { outcome: 'unchanged' };
      if (subnet !== undefined && (await this.#hasPools(subnet.prefix))) {
        return { outcome: 'unchanged', againMs: emptyAgainMs };
      }
      await writeFinalizer(store, resource, spiderpoolFinalizer, false);
      log.info({ subnet: name }, 'let a subnet go: no pool is left in it');
      return { outcome: 'written' };
    }
    if (subnet === undefined) return { outcome: 'skipped' };
    const isWritten = await writeStatus(store, resource, subnetStatus(subnet, pools));
    return { outcome: isWritten ? 'written' : 'unchanged' };
  };

  /** As the store says now. */
  async #hasPools(prefix: Prefix): Promise<boolean> {
    const { items } = await this.#parts.store.list<PoolResource>(poolKind);
    return items.some(({ spec }) => isPrefix(spec?.subnet, prefix));
  }
}

function isPrefix(text: string | undefined, prefix: Prefix): boolean {
  const read = readable(text, parsePrefix);
  return read !== undefined && formatPrefix(read) === formatPrefix(prefix);
}
