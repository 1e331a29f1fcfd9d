import { identityOfClaim, parkedSpec } from '../ipam/bind/kept-claim.ts';
import {
  isSuspectBlock,
  isSuspectClaim,
  isSuspectPool,
  reasonToRelease,
  reasonToReturn,
} from '../ipam/reclaim/lost-nodes.ts';
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
import type { ClusterState } from './state.ts';

export interface LostNodesParts {
  readonly state: ClusterState;
  readonly store: Store;
  readonly live: LiveCluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onReclaimed?: (kind: string) => void;
}

/** Takes back what lost nodes left. */
export class LostNodes {
  readonly #parts: LostNodesParts;

  constructor(parts: LostNodesParts) {
    this.#parts = parts;
  }

  /** One round: claims, then blocks, then pools of ranges. What cannot be taken back is reported, and does not stop the rest. */
  async round(): Promise<void> {
    const { state, live, clock, log } = this.#parts;
    // Claims first, nodes second: a node that came in between must not look lost.
    const [claims, blocks] = [[...state.claims()], [...state.blocks()]];
    const pools = [...state.pools()].flatMap(({ resource, value }) => (value?.ranges === undefined ? [] : [resource]));
    if (claims.length + blocks.length + pools.length === 0) return;
    let nodes: ReadonlySet<string>;
    try {
      nodes = await live.nodes();
    } catch (error) {
      log.warn({ err: error }, 'could not list the nodes; looking for lost ones at the next round');
      return;
    }
    const now = clock.now();
    // Of one that cannot be read nobody knows whose it is: it is for an operator.
    const readable = <R extends Resource>(object: R): boolean => problemOf(object) === undefined;
    for (const claim of claims.filter(readable)) {
      if (isSuspectClaim(claim, nodes, now)) await this.#attempt(claim, () => this.#lookAtClaim(claim));
    }
    for (const block of blocks.filter(readable)) {
      if (isSuspectBlock(block, nodes, now)) await this.#attempt(block, () => this.#lookAtBlock(block));
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
    const reason = reasonToRelease(claim, { isNodeThere, pod });
    if (reason === undefined) return;
    // Its Pod comes again on another node, and its address with it.
    if (identityOfClaim(claim) !== undefined) await this.#park(claim, reason);
    else await this.#remove(claim, `released ${claim.spec.address}: ${reason}`);
  }

  async #lookAtBlock(block: Stored<Block>): Promise<void> {
    const { state, live } = this.#parts;
    const { node, cidr } = block.spec;
    const claims = state.claimsOfNode(node).size;
    if (claims > 0) return;
    const witness = { isNodeThere: await this.#hasNodeOf(block), claims, pods: await live.podsOn(node) };
    const reason = reasonToReturn(block, witness);
    if (reason !== undefined) await this.#remove(block, `handed ${cidr} back: ${reason}`);
  }

  async #lookAtPool(pool: Stored<PoolObject>): Promise<void> {
    const { node = '', network = '' } = rangesOwner(pool) ?? {};
    if (await this.#parts.live.hasNode(node)) return;
    await this.#remove(pool, `deleted the pool of the ranges of network "${network}": node "${node}" is gone`);
  }

  /** A daemon may have a name of its own; it is enough that one of the two is a node. */
  async #hasNodeOf({ spec: { node, daemon } }: Claim | Block): Promise<boolean> {
    const { live } = this.#parts;
    return (await live.hasNode(node)) || (daemon !== node && (await live.hasNode(daemon)));
  }

  async #park(claim: Stored<Claim>, reason: string): Promise<void> {
    const { store, clock, log, onReclaimed } = this.#parts;
    const { address, podNamespace, podName } = claim.spec;
    try {
      await store.update({ ...claim, spec: parkedSpec(claim.spec, clock.now()) });
    } catch (error) {
      if (isOvertaken(error)) return;
      throw error;
    }
    onReclaimed?.(claim.kind);
    log.info({ name: claim.metadata.name }, `parked ${address} for Pod ${podNamespace}/${podName}: ${reason}`);
  }

  async #remove(resource: Stored<Claim> | Stored<Block> | Stored<PoolObject>, message: string): Promise<void> {
    const { store, live, log, onReclaimed } = this.#parts;
    const { apiVersion, kind, metadata } = resource;
    const { name, uid } = metadata;
    if (!(await deleteJudged(store, resource))) return;
    onReclaimed?.(kind);
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
