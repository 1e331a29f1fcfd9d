import { Gauge, type Registry } from '@prometheus-io/client';
import { formatPrefix } from '../ip/prefix.ts';
import { type PoolFigures, poolStates, shareOut } from '../ipam/figures.ts';

/**
 * The pools, for whoever speaks for all: the controller that leads, the member that leads, or the only daemon there is. From
 * each daemon they would be as many series as pools times nodes, each of another moment.
 */
export class PoolGauges {
  readonly #ips: Gauge<'pool' | 'family' | 'state'>;
  readonly #subnetUsage: Gauge<'subnet_cidr' | 'tor_id'>;

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
  }

  /** @param pools undefined: another speaks for them */
  show(pools: readonly PoolFigures[] | undefined): void {
    this.#ips.reset();
    this.#subnetUsage.reset();
    for (const { pool, family, states } of pools ?? []) {
      for (const state of poolStates) this.#ips.set({ pool, family: String(family), state }, Number(states[state]));
    }
    for (const [subnet, ofSubnet] of Map.groupBy(pools ?? [], ({ subnet }) => formatPrefix(subnet))) {
      this.#subnetUsage.set({ subnet_cidr: subnet, tor_id: '' }, shareOut(ofSubnet));
    }
  }
}
