import { containsAddress } from '../../ip/range-set.ts';
import { isOfSomeBlock, leasesBlocks } from '../../ipam/claim/claimed-in-block.ts';
import type { NodeFacts } from '../../ipam/placement/alike.ts';
import type { PlacementFacts } from '../../ipam/placement/fit.ts';
import { type Judged, judgeNodes } from '../../ipam/placement/judge-nodes.ts';
import { scoresOf } from '../../ipam/placement/score.ts';
import { scopeOf } from '../../resources/scope.ts';
import type { Log } from '../../telemetry/log.ts';
import { podAdmissionFacts } from '../admission-view.ts';
import type { ClusterState } from '../state.ts';
import type { NodeView } from './node-view.ts';
import { type PlacingFacts, placingOf } from './placing.ts';
import type { PodView } from './pod-view.ts';
import { PoolRooms } from './pool-rooms.ts';
import { type ExtenderArguments, type FilterResult, filterResult, type HostPriority } from './protocol.ts';
import { WaitingPods } from './waiting-pods.ts';

export interface ExtenderParts {
  readonly state: ClusterState;
  readonly nodes: Pick<NodeView, 'ready' | 'node' | 'nodes' | 'namespace'>;
  readonly pods: Pick<PodView, 'ready' | 'on' | 'onChange' | 'waiting'>;
  /** Pools that the nodes' CNI configuration names; empty: the default pools. */
  readonly namedPools: readonly string[];
  readonly log: Log;
  readonly observer?: ExtenderObserver;
}

export type ExtenderVerb = 'filter' | 'prioritize';

export interface ExtenderObserver {
  /** @param outcome `untouched`: addresses have no say in where the Pod goes; `unready`: nothing is known yet */
  readonly answered: (verb: ExtenderVerb, outcome: 'judged' | 'untouched' | 'unready', seconds: number) => void;
  readonly filtered: (passed: number, failed: number) => void;
}

/**
 * What a stock kube-scheduler asks before it chooses a node for a Pod: where could it get an address, and where are most left? Rests on
 * what the controller follows, leader or not; where that is not there yet, every node passes.
 */
export class Extender {
  readonly #parts: ExtenderParts;
  readonly #facts: PlacementFacts;
  readonly #placing: PlacingFacts;
  readonly #waiting: WaitingPods;
  #saidUnready = false;

  constructor(parts: ExtenderParts) {
    this.#parts = parts;
    const { state, nodes, pods, namedPools } = parts;
    const rooms = new PoolRooms(state, pods);
    const { claimOf, reservationOf } = podAdmissionFacts(state);
    this.#placing = {
      get pools() {
        return state.poolsByName;
      },
      namedPools,
      namespace: (name) => nodes.namespace(name),
      claimsKeptAt: (place) => state.claimsKeptAt(place).values(),
    };
    this.#waiting = new WaitingPods({ state, nodes, pods, placing: this.#placing });
    this.#facts = {
      roomIn: (pool, node) => this.#waiting.without(pool, node, rooms.roomIn(pool, node)),
      claimOf,
      reservationOf,
      offers: (pool, { spec }, address) => {
        if (scopeOf(pool.name) !== scopeOf(spec.pool)) return false;
        const withheld = rooms.withheldOf(pool);
        if (leasesBlocks(pool)) return isOfSomeBlock(pool, address, withheld);
        return containsAddress(pool.usable, address) && !containsAddress(withheld, address);
      },
    };
  }

  filter(asked: ExtenderArguments): FilterResult {
    return this.#timed('filter', asked, (judged) => {
      const failed = new Map<string, string>();
      for (const [name, fit] of judged ?? []) if (!fit.fits) failed.set(name, fit.reason);
      this.#parts.observer?.filtered(asked.names.length - failed.size, failed.size);
      return filterResult(asked, failed);
    });
  }

  prioritize(asked: ExtenderArguments): readonly HostPriority[] {
    return this.#timed('prioritize', asked, (judged) => {
      const free = asked.names.map((name) => {
        const fit = judged?.get(name);
        return fit?.fits === true ? fit.free : 0n;
      });
      const scores = scoresOf(free);
      return asked.names.map((Host, index) => ({ Host, Score: scores[index] ?? 0 }));
    });
  }

  #timed<T>(verb: ExtenderVerb, asked: ExtenderArguments, answer: (judged: Judged | undefined) => T): T {
    const start = performance.now();
    const isReady = this.#isReady();
    const judged = isReady ? this.#judge(asked) : undefined;
    const answered = answer(judged);
    const outcome = judged !== undefined ? 'judged' : isReady ? 'untouched' : 'unready';
    this.#parts.observer?.answered(verb, outcome, (performance.now() - start) / 1_000);
    return answered;
  }

  /** @returns undefined: there is nothing to be said; a node that is not in it is not known */
  #judge({ pod, names }: ExtenderArguments): Judged | undefined {
    const { nodes, state } = this.#parts;
    const placing = placingOf(pod, this.#placing);
    if (placing === undefined) return undefined;
    const known = names.flatMap((name): readonly NodeFacts[] => {
      const node = nodes.node(name);
      return node === undefined ? [] : [node];
    });
    this.#waiting.count();
    const judging = { pools: state.poolsByName, facts: this.#facts, allNodes: () => nodes.nodes() };
    return judgeNodes(placing, known, judging);
  }

  #isReady(): boolean {
    const { state, nodes, pods, log } = this.#parts;
    const ready = state.ready && nodes.ready && pods.ready;
    if (!ready && !this.#saidUnready) {
      log.warn({}, 'a scheduler asks before the cluster is read; every node passes until then');
    }
    this.#saidUnready = !ready;
    return ready;
  }
}
