import { recentPace } from '../../ipam/forecast/recent-pace.ts';
import type { Forecast } from '../../ipam/forecast/usage-record.ts';
import { IpamError, isIpamError, isOvertaken } from '../../resources/errors.ts';
import { parseTopology } from '../../resources/network-topology.ts';
import type { Topology } from '../../resources/topology/topology.ts';
import { placeTitle } from '../../resources/topology/topology.ts';
import type { FollowedTopology } from '../../store/followed-topology.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { type ExpansionFacts, planExpansion, type SubnetPoolUse } from '../../topology/expansion.ts';
import { withChanges } from '../../topology/growth-status.ts';
import { heldIn } from '../occupancy.ts';
import { allPoolFigures } from '../pool-figures.ts';
import type { ClusterState } from '../state.ts';

const unreadable: SubnetPoolUse = {
  ...{ total: 0n, out: 0n, isEmpty: false, isOff: true, isGoing: true, perHour: undefined },
};

export interface SubnetGrowthParts {
  readonly state: ClusterState;
  readonly topology: FollowedTopology;
  readonly store: Pick<Store, 'updateStatus'>;
  /** How fast pools fill. */
  readonly forecasts: () => readonly Forecast[];
  readonly log: Log;
}

/**
 * Gives the subnets of a place that become full a further prefix, and takes back what is empty: in the status of the topology, of which
 * `TopologyPools` makes the pools. Two controllers that each think that they lead do not do it twice: one write of one object decides.
 */
export class SubnetGrowth {
  readonly #parts: SubnetGrowthParts;
  #told = '';

  constructor(parts: SubnetGrowthParts) {
    this.#parts = parts;
  }

  /** One look. What the store refuses is tried again with the next. */
  async round(): Promise<void> {
    const { store, log } = this.#parts;
    const { stored } = this.#parts.topology;
    const topology = this.#parsed();
    if (stored === undefined || topology === undefined) return;
    const { changes, full } = planExpansion(topology, this.#facts());
    this.#tellFull(full.map(({ place, purpose }) => `${placeTitle(place)} for ${purpose}`));
    if (changes.length === 0) return;
    try {
      await store.updateStatus(withChanges(stored, topology, changes));
    } catch (error) {
      // Somebody else changed the topology meanwhile: what is so now is looked at in the next round.
      if (isOvertaken(error)) return;
      if (!isIpamError(error)) throw error;
      log.warn({ err: error }, 'could not give a full subnet a further prefix; trying again');
      return;
    }
    for (const { why } of changes) log.info({}, why);
  }

  /** @returns undefined: there is none, or it breaks its rules, which `TopologyPools` tells */
  #parsed(): Topology | undefined {
    const { stored } = this.#parts.topology;
    if (stored === undefined) return undefined;
    try {
      return parseTopology(stored);
    } catch (error) {
      if (!(error instanceof IpamError)) throw error;
      return undefined;
    }
  }

  #facts(): ExpansionFacts {
    const { state, forecasts } = this.#parts;
    const figures = new Map(allPoolFigures(state).map((one) => [one.pool, one]));
    const perHour = new Map(
      forecasts().flatMap((one) => (one.kind === 'pool' ? [[one.name, recentPace(one)] as const] : [])),
    );
    return {
      use: (name) => {
        const known = figures.get(name);
        const resource = state.pool(name)?.resource;
        if (resource === undefined) return undefined;
        // One that cannot be read is there all the same.
        if (known === undefined) return unreadable;
        return {
          total: known.total,
          out: known.total - known.states.free,
          isEmpty: heldIn(state, name).ranges.length === 0,
          isOff: resource.spec.disable === true,
          isGoing: resource.metadata.deletionTimestamp !== undefined,
          perHour: perHour.get(name),
        };
      },
      pools: state.readablePools().map(({ subnet }) => subnet),
    };
  }

  #tellFull(places: readonly string[]): void {
    const text = places.join(', ');
    if (text !== this.#told && text !== '') {
      this.#parts.log.warn({ places }, 'subnets are nearly full, and nothing is left of the ranges around them');
    }
    this.#told = text;
  }
}
