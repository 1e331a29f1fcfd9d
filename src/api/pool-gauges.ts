import { Gauge, type Registry } from '@prometheus-io/client';
import { formatPrefix } from '../ip/prefix.ts';
import { type PoolFigures, poolStates, shareOut } from '../ipam/figures.ts';
import { placesOf } from '../resources/topology/topology.ts';
import type { Census } from '../store/topology-census.ts';
import { TopologyGauges } from './topology-gauges.ts';

/**
 * The pools, for whoever speaks for all: the controller that leads, the member that leads, or the only daemon there is. From
 * each daemon they would be as many series as pools times nodes, each of another moment.
 */
export class PoolGauges {
  readonly #ips: Gauge<'pool' | 'family' | 'state'>;
  readonly #subnetUsage: Gauge<'subnet_cidr' | 'tor_id'>;
  readonly #topology: TopologyGauges;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#ips = new Gauge({
      name: 'ipam_pool_ips',
      help: `Addresses of a pool that Pods can get, by where they are: ${poolStates.join(', ')}`,
      labelNames: ['pool', 'family', 'state'],
      registers,
    });
    this.#subnetUsage = new Gauge({
      name: 'ipam_subnet_usage_ratio',
      help: 'Share of the addresses of its pools that Pods can get and that are out, 0..1',
      labelNames: ['subnet_cidr', 'tor_id'],
      registers,
    });
    this.#topology = new TopologyGauges(registry);
  }

  /**
   * @param pools undefined: another speaks for them
   * @param census undefined: there is no topology
   */
  show(pools: readonly PoolFigures[] | undefined, census?: Census): void {
    this.#ips.reset();
    this.#subnetUsage.reset();
    for (const { pool, family, states } of pools ?? []) {
      for (const state of poolStates) this.#ips.set({ pool, family: String(family), state }, Number(states[state]));
    }
    const torOf = pools === undefined ? new Map<string, string>() : torsBySubnet(census);
    for (const [subnet, ofSubnet] of Map.groupBy(pools ?? [], ({ subnet }) => formatPrefix(subnet))) {
      this.#subnetUsage.set({ subnet_cidr: subnet, tor_id: torOf.get(subnet) ?? '' }, shareOut(ofSubnet));
    }
    this.#topology.show(pools === undefined ? undefined : census, pools ?? []);
  }
}

/** The TOR whose subnet it is; those of pods and zones are of none. */
function torsBySubnet(census: Census | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { level, id, subnets } of census === undefined ? [] : placesOf(census.topology)) {
    if (level !== 'tor') continue;
    for (const { prefix } of subnets) found.set(formatPrefix(prefix), id);
  }
  return found;
}
