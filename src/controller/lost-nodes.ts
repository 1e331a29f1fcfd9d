import { identityOfClaim, parkedSpec } from '../ipam/bind/kept-claim.ts';
import {
  isSuspectBlock,
  isSuspectClaim,
  isSuspectPool,
  reasonToRelease,
  reasonToReturn,
} from '../ipam/reclaim/lost-nodes.ts';
import type { ReleaseCause } from '../ipam/reclaim/release-cause.ts';
import {
  isOnUnready,
  type NodeState,
  type UnreadyPolicy,
  whyReleasedOfUnready,
} from '../ipam/reclaim/unready-nodes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Block } from '../resources/block.ts';
import type { Claim } from '../resources/claim.ts';
import { isOvertaken } from '../resources/errors.ts';
import { problemOf } from '../resources/malformed.ts';
import { rangesOwner } from '../resources/ranges-owner.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { deleteJudged } from './delete-judged.ts';
import type { LiveCluster } from './live-cluster.ts';
import type { PoolObject } from './objects.ts';
import type { ReclaimHistory } from './reclaim-history.ts';
import { tellReclaimed } from './reclaimed.ts';
import type { ClusterState } from './state.ts';

export interface LostNodesParts {
  readonly state: ClusterState;
  readonly store: Store;
  readonly live: LiveCluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** When nodes that are there count as lost, too. */
  readonly unready: UnreadyPolicy;
  readonly onReclaimed?: (kind: string, cause: ReleaseCause) => void;
  readonly history?: Pick<ReclaimHistory, 'note'>;
}

/** Takes back what nodes left that are gone, or that count as lost. */
export class LostNodes {
  readonly #parts: LostNodesParts;

  constructor(parts: LostNodesParts) {
    this.#parts = parts;
  }

  /** One round: claims, then blocks, then pools of ranges. What cannot be taken back is reported, and does not stop the rest. */
  async round(): Promise<void> {
    const { state, live, unready, clock, log } = this.#parts;
    // Claims first, nodes second: a node that came in between must not look lost.
    const [claims, blocks] = [[...state.claims()], [...state.blocks()]];
    const pools = [...state.pools()].flatMap(({ resource, value }) => (value?.ranges === undefined ? [] : [resource]));
    if (claims.length + blocks.length + pools.length === 0) return;
    let states: ReadonlyMap<string, NodeState>;
    try {
      states = await live.nodes();
    } catch (error) {
      log.warn({ err: error }, 'could not list the nodes; looking for lost ones at the next round');
      return;
    }
    const now = clock.now();
    const { sandboxDeadlineMs } = unready;
    const nodes: ReadonlySet<string> = new Set(states.keys());
    // Of one that cannot be read nobody knows whose it is: it is for an operator.
    const readable = <R extends Resource>(object: R): boolean => problemOf(object) === undefined;
    for (const claim of claims.filter(readable)) {
      if (isSuspectClaim(claim, nodes, now, sandboxDeadlineMs))
        await this.#attempt(claim, () => this.#lookAtClaim(claim));
      else if (isOnUnready(claim, states, unready, now)) await this.#attempt(claim, () => this.#lookAtUnready(claim));
    }
    for (const block of blocks.filter(readable)) {
      if (isSuspectBlock(block, nodes, now, sandboxDeadlineMs))
        await this.#attempt(block, () => this.#lookAtBlock(block));
    }
    for (const pool of pools) {
      const out = state.claimsOfPool(pool.metadata.name).size;
      if (isSuspectPool(pool, nodes, out, now)) await this.#attempt(pool, () => this.#lookAtPool(pool));
    }
  }

  async #lookAtClaim(claim: Stored<Claim>): Promise<void> {
    const { live } = this.#parts;
    const { podNamespace = '', podName = '' } = claim.spec;
    const isNodeThere = await this.#hasNodeOf(claim);
    const pod = await live.pod(podNamespace, podName);
    const text = reasonToRelease(claim, { isNodeThere, pod });
    if (text !== undefined) await this.#release(claim, { reason: 'node-deleted', text });
  }

  async #lookAtUnready(claim: Stored<Claim>): Promise<void> {
    const { live, unready, clock } = this.#parts;
    const { node, podNamespace = '', podName = '' } = claim.spec;
    const pod = await live.pod(podNamespace, podName);
    const cause = whyReleasedOfUnready(claim, { node: await live.node(node), pod }, unready, clock.now());
    if (cause !== undefined) await this.#release(claim, cause, pod?.uid === claim.spec.podUid);
  }

  async #release(claim: Stored<Claim>, cause: ReleaseCause, isPodThere = false): Promise<void> {
    // Its Pod comes again on another node, and its address with it.
    const isKept = identityOfClaim(claim) !== undefined;
    if (!(await (isKept ? this.#park(claim) : deleteJudged(this.#parts.store, claim)))) return;
    await tellReclaimed(this.#parts, claim, cause, { isPodThere, verb: isKept ? 'parked' : 'released' });
  }

  async #lookAtBlock(block: Stored<Block>): Promise<void> {
    const { state, live } = this.#parts;
    const { node, cidr } = block.spec;
    const claims = state.claimsOfNode(node).size;
    if (claims > 0) return;
    const witness = { isNodeThere: await this.#hasNodeOf(block), claims, pods: await live.podsOn(node) };
    const reason = reasonToReturn(block, witness);
    if (reason !== undefined) await this.#remove(block, `handed ${cidr} back`, reason);
  }

  async #lookAtPool(pool: Stored<PoolObject>): Promise<void> {
    const { node = '', network = '' } = rangesOwner(pool) ?? {};
    if ((await this.#parts.live.node(node)) !== undefined) return;
    await this.#remove(pool, `deleted the pool of the ranges of network "${network}"`, `node "${node}" is gone`);
  }

  /** A daemon may have a name of its own; it is enough that one of the two is a node. */
  async #hasNodeOf({ spec: { node, daemon } }: Claim | Block): Promise<boolean> {
    const { live } = this.#parts;
    if ((await live.node(node)) !== undefined) return true;
    return daemon !== node && (await live.node(daemon)) !== undefined;
  }

  /** @returns false: it has changed meanwhile */
  async #park(claim: Stored<Claim>): Promise<boolean> {
    const { store, clock } = this.#parts;
    try {
      await store.update({ ...claim, spec: parkedSpec(claim.spec, clock.now()) });
      return true;
    } catch (error) {
      if (isOvertaken(error)) return false;
      throw error;
    }
  }

  async #remove(resource: Stored<Block> | Stored<PoolObject>, what: string, text: string): Promise<void> {
    const { store, live, log, onReclaimed } = this.#parts;
    const { apiVersion, kind, metadata } = resource;
    const { name, uid } = metadata;
    if (!(await deleteJudged(store, resource))) return;
    const message = `${what}: ${text}`;
    onReclaimed?.(kind, { reason: 'node-deleted', text });
    log.info({ kind, name, spec: resource.spec }, message);
    await live.announce({ subject: { apiVersion, kind, name, uid }, reason: 'NodeLost', message });
  }

  async #attempt({ kind, metadata }: Resource, action: () => Promise<void>): Promise<void> {
    const { log, signal } = this.#parts;
    if (signal.aborted) return;
    try {
      await action();
    } catch (error) {
      log.warn(
        { err: error, kind, name: metadata.name },
        'could not see to what a lost node left; trying at the next round',
      );
    }
  }
}
