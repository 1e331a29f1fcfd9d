import { parsePrefix } from '../../ip/prefix.ts';
import { readable } from '../../ip/readable.ts';
import type { PoolFigures } from '../../ipam/figures.ts';
import { recentPace } from '../../ipam/forecast/recent-pace.ts';
import type { NodePlaces } from '../../ipam/select/topology-affinity.ts';
import type { Clock } from '../../platform/clock.ts';
import { unlessAborted } from '../../platform/unless-aborted.ts';
import { isIpamError, isOvertaken } from '../../resources/errors.ts';
import { parseTopology, topologyName } from '../../resources/network-topology.ts';
import { type PoolSpec, poolKind } from '../../resources/pool.ts';
import type { Resource } from '../../resources/resource.ts';
import { subnetPool, subnetPoolName, topologyLabel } from '../../resources/topology/subnet-pool.ts';
import { type Place, placeTitle, type Topology } from '../../resources/topology/topology.ts';
import type { FollowedTopology } from '../../store/followed-topology.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { type ExpansionFacts, type GrowthChange, planExpansion } from '../../topology/expansion.ts';
import { withChanges } from '../../topology/growth-status.ts';
import type { BlockLeases } from '../allocation/block-leases.ts';
import type { AddressFigures } from '../view/address-figures.ts';
import type { Catalog } from '../view/catalog.ts';
import type { UsageKeeper } from '../view/usage-keeper.ts';
import type { ValidatedResources } from './resource-administration.ts';

export interface SubnetGrowthParts {
  readonly store: Pick<Store, 'updateStatus'>;
  readonly topology: FollowedTopology;
  readonly catalog: Catalog;
  readonly blocks: Pick<BlockLeases, 'inPool'>;
  readonly figures: Pick<AddressFigures, 'pools'>;
  readonly forecasts: Pick<UsageKeeper, 'forecast'>;
  readonly resources: Pick<ValidatedResources, 'apply' | 'delete'>;
  /** Where this daemon's own node is. */
  readonly places: () => NodePlaces;
  /** Is what is known of the store of now? */
  readonly isCurrent: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Between two looks at how full subnets are, milliseconds. */
const lookMs = 10_000;
/**
 * A daemon looks after the places that its node is in; after others, where none of theirs has done it for so long, milliseconds. So a
 * rack does not have a thousand daemons write at once, and one whose daemons cannot write has those that can.
 */
const othersAfterMs = 60_000;

/**
 * Gives the subnets of a place that become full a further prefix, and takes back what is empty. All daemons that write topologies do so at
 * once: which of them it is, one write of the one object decides (decision 65).
 */
export class SubnetGrowth {
  readonly #parts: SubnetGrowthParts;
  /** What others have yet to do, and since when it waits for them. */
  #waiting = new Map<string, number>();
  #told = '';

  constructor(parts: SubnetGrowthParts) {
    this.#parts = parts;
  }

  /** For as long as the signal allows; follows the topology only while there is a pool of it. */
  async run(signal: AbortSignal): Promise<void> {
    const { catalog, clock, topology } = this.#parts;
    while (!signal.aborted && !this.#concerns()) await unlessAborted(catalog.changed, signal);
    if (signal.aborted) return;
    const followed = await this.#attempt('follow the topology', () => topology.follow(signal));
    while (!signal.aborted) {
      if (this.#concerns()) await this.#attempt('see whether subnets are full', () => this.round());
      await clock.pause(lookMs, signal);
    }
    await followed?.ended;
  }

  #concerns(): boolean {
    return this.#parts.catalog.pools.some(({ labels }) => labels[topologyLabel] === topologyName);
  }

  /** @throws IpamError store-unavailable, and what the rules have against a pool */
  async round(): Promise<void> {
    const { store, topology: followed, isCurrent } = this.#parts;
    const { stored } = followed;
    if (stored === undefined || !isCurrent()) return;
    const topology = parseTopology(stored);
    const { changes, full } = planExpansion(topology, await this.#facts());
    this.#tellFull(full.map(({ place, purpose }) => `${placeTitle(place)} for ${purpose}`));
    const due = this.#due(changes);
    if (due.length === 0) return this.#makePools(topology);
    const next = withChanges(stored, topology, due);
    try {
      await store.updateStatus(next);
    } catch (error) {
      // Another daemon was faster, or an operator: what is so now is looked at in the next round.
      if (isOvertaken(error)) return;
      throw error;
    }
    for (const { why } of due) this.#parts.log.info({}, why);
    await this.#makePools(parseTopology(next));
  }

  async #facts(): Promise<ExpansionFacts> {
    const { catalog, blocks, figures, forecasts } = this.#parts;
    const pools = new Map((await figures.pools()).map((one) => [one.pool, one]));
    const going = new Map(catalog.going.map((one) => [one.metadata.name, one]));
    const perHour = new Map(
      forecasts.forecast().flatMap((one) => (one.kind === 'pool' ? [[one.name, recentPace(one)] as const] : [])),
    );
    return {
      use: (name) => {
        const pool = catalog.pool(name);
        const known = pools.get(name);
        if (pool === undefined || known === undefined) return undefined;
        return {
          ...outOf(known),
          isEmpty: known.states.free === known.total && blocks.inPool(name).length === 0,
          isOff: pool.disabled,
          isGoing: going.has(name),
          perHour: perHour.get(name),
        };
      },
      pools: [
        ...catalog.pools.map(({ subnet }) => subnet),
        // Whether or not they can be used.
        ...[...going.values()].flatMap(
          (one) => readable((one as Resource<string, PoolSpec>).spec?.subnet, parsePrefix) ?? [],
        ),
      ],
    };
  }

  /** Of changes those that are for this daemon to make. */
  #due(changes: readonly GrowthChange[]): readonly GrowthChange[] {
    const now = this.#parts.clock.elapsed();
    const waiting = new Map<string, number>();
    const due = changes.filter((change) => {
      if (this.#isNear(change.grown.place)) return true;
      const key = keyOf(change);
      const since = this.#waiting.get(key) ?? now;
      waiting.set(key, since);
      return now - since >= othersAfterMs;
    });
    this.#waiting = waiting;
    return due;
  }

  #isNear({ level, id }: Place): boolean {
    return this.#parts.places()[level] === id;
  }

  /** The pools of what came by itself, and not those of what goes. What somebody began and did not end is ended here. */
  async #makePools(topology: Topology): Promise<void> {
    const { catalog, resources } = this.#parts;
    for (const { place, subnet, isLeaving } of topology.grown) {
      const name = subnetPoolName(subnet.prefix);
      const isThere = catalog.pool(name) !== undefined;
      if (!isLeaving && !isThere) await resources.apply(subnetPool(subnet, place, topologyName));
      const isGoing = catalog.going.some(({ metadata }) => metadata.name === name);
      if (isLeaving && isThere && !isGoing) await this.#delete(name);
    }
  }

  async #delete(name: string): Promise<void> {
    try {
      await this.#parts.resources.delete({ kind: poolKind, name });
    } catch (error) {
      if (!isIpamError(error, 'not-found')) throw error;
    }
  }

  #tellFull(places: readonly string[]): void {
    const text = places.join(', ');
    if (text !== this.#told && text !== '') {
      this.#parts.log.warn({ places }, 'subnets are nearly full, and nothing is left of the ranges around them');
    }
    this.#told = text;
  }

  async #attempt<T>(what: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#parts.log.warn({ err: error }, `could not ${what}; trying again at the next round`);
      return undefined;
    }
  }
}

function outOf({ total, states }: PoolFigures): { readonly total: bigint; readonly out: bigint } {
  return { total, out: total - states.free };
}

function keyOf({ change, grown: { place, subnet } }: GrowthChange): string {
  return `${change} ${placeTitle(place)} ${subnet.prefix.address.family} ${subnet.purpose}`;
}
