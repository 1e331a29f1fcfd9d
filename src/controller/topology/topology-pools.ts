import { completeResource } from '../../resources/complete.ts';
import { IpamError, isIpamError, isOvertaken, passesByItself } from '../../resources/errors.ts';
import { parseTopology, topologyName } from '../../resources/network-topology.ts';
import type { PoolResource } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Topology } from '../../resources/topology/topology.ts';
import type { FollowedTopology } from '../../store/followed-topology.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { harmlessWrites, poolWrites } from '../../topology/pools.ts';
import { deleteJudged } from '../delete-judged.ts';
import type { LiveCluster } from '../live-cluster.ts';
import type { PoolObject } from '../objects.ts';
import { heldIn } from '../occupancy.ts';
import type { ClusterState } from '../state.ts';
import type { Result } from '../work-queue.ts';

export interface TopologyPoolsParts {
  readonly state: ClusterState;
  readonly topology: FollowedTopology;
  readonly store: Store;
  readonly live: Pick<LiveCluster, 'announce'>;
  readonly log: Log;
}

/** Until what is told is looked at again, milliseconds: a change wakes it sooner. */
const againMs = 10_000;
/** More are no help to read. */
const shownProblems = 5;

/**
 * The pools of the network's subnets, where people write the topology into the Kubernetes API: as `ipam-cli topology apply` makes them
 * elsewhere. What would take addresses away from Pods waits until they are back, and is told by an Event.
 */
export class TopologyPools {
  readonly #parts: TopologyPoolsParts;
  #told = '';

  constructor(parts: TopologyPoolsParts) {
    this.#parts = parts;
  }

  readonly reconcile = async (): Promise<Result> => {
    const { state, topology } = this.#parts;
    if (!topology.ready) return { outcome: 'unchanged', againMs };
    const read = this.#read();
    if (read.problem !== undefined) {
      await this.#tell(read.problem);
      return { outcome: 'skipped' };
    }
    const present = [...state.pools()].map(({ resource }) => resource);
    const writes = poolWrites(read.topology, topologyName, present);
    const { apply, remove, waiting } = harmlessWrites(writes, present, (pool) => heldIn(state, pool).ranges.length > 0);
    const problems = waiting.map(({ why }) => why);
    let isWritten = false;
    // What goes makes room for what comes.
    for (const name of remove) isWritten = (await this.#remove(name)) || isWritten;
    for (const pool of apply) {
      const problem = await this.#write(pool);
      if (problem === '') isWritten = true;
      else problems.push(problem);
    }
    await this.#tell(listed(problems));
    const outcome = isWritten ? 'written' : 'unchanged';
    return problems.length === 0 ? { outcome } : { outcome, againMs };
  };

  #read(): { readonly topology?: Topology; readonly problem?: string } {
    const { stored } = this.#parts.topology;
    if (stored === undefined) return {};
    try {
      return { topology: parseTopology(stored) };
    } catch (error) {
      if (!(error instanceof IpamError)) throw error;
      return { problem: error.message };
    }
  }

  async #remove(name: string): Promise<boolean> {
    const { state, store, log } = this.#parts;
    const known = state.pool(name)?.resource;
    if (known === undefined || known.metadata.deletionTimestamp !== undefined) return false;
    if (!(await deleteJudged(store, known))) return false;
    log.info({ pool: name }, 'deleted the pool of a subnet that is not in the topology any more');
    return true;
  }

  /** @returns what keeps it from being as it should, as a sentence; empty: nothing @throws IpamError conflict: it is tried again */
  async #write(pool: PoolResource): Promise<string> {
    const { state, store, log } = this.#parts;
    const { name } = pool.metadata;
    const before = state.pool(name)?.resource;
    if (before?.metadata.deletionTimestamp !== undefined) return `SpiderIPPool "${name}" is being deleted`;
    try {
      if (before === undefined) await store.create(this.#completed(pool));
      else await store.update<PoolObject>(changed(before, pool));
    } catch (error) {
      if (!(error instanceof IpamError)) throw error;
      const { message } = error;
      // Who knows less than the store, or does not reach it, looks again.
      if (isOvertaken(error) || passesByItself(error)) throw error;
      return message;
    }
    const text = before === undefined ? 'made the pool of a subnet' : 'changed the pool of a subnet';
    log.info({ pool: name, affinity: pool.spec.topologyAffinity }, `${text}, as the topology says`);
    return '';
  }

  /** As an admission webhook stores it: there may be none. */
  #completed(pool: PoolResource): PoolResource {
    const subnets = [...this.#parts.state.subnets()].map(({ resource }) => resource);
    return completeResource(pool, subnets) as PoolResource;
  }

  async #tell(message: string): Promise<void> {
    const { topology, live, log } = this.#parts;
    if (message === this.#told) return;
    this.#told = message;
    if (message === '' || topology.stored === undefined) return;
    log.warn({ problem: message }, 'the pools of the topology are not as it says');
    const { apiVersion, kind, metadata } = topology.stored;
    const subject = { apiVersion, kind, name: metadata.name, uid: metadata.uid };
    try {
      await live.announce({ subject, type: 'Warning', reason: 'TopologyPools', message: message.slice(0, 1_024) });
    } catch (error) {
      if (!isIpamError(error)) throw error;
      log.warn({ err: error }, 'could not write an Event on the topology');
    }
  }
}

function changed(before: Stored<PoolObject>, { metadata: { labels }, spec }: PoolResource): Stored<PoolObject> {
  return { ...before, metadata: { ...before.metadata, ...(labels === undefined ? {} : { labels }) }, spec };
}

function listed(problems: readonly string[]): string {
  const more = problems.length - shownProblems;
  return [...problems.slice(0, shownProblems), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
