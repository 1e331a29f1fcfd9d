import { Gauge, type Registry } from '@prometheus-io/client';
import type { PoolFigures } from '../ipam/figures.ts';
import type { Level } from '../resources/topology/topology.ts';
import type { Census } from '../store/topology-census.ts';
import { type PlaceFill, utilisation } from '../topology/utilisation.ts';

/**
 * The network of a data centre, for whoever speaks for all: see `PoolGauges`. The names are those that users of topology-aware IPAM
 * know. Five of them are counts with the ending of a counter, and are shown without a type: as gauges, linters object to them.
 */
export class TopologyGauges {
  readonly #places: Readonly<Record<Level, Gauge<string>>>;
  readonly #nodes: Gauge<'tor_id'>;
  readonly #subnets: Gauge<'tor_id' | 'purpose'>;
  readonly #capacity: Gauge<'tor_id' | 'family'>;
  readonly #used: Gauge<'tor_id' | 'family'>;
  readonly #available: Gauge<'tor_id' | 'family'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#places = {
      zone: untyped(new Gauge({ name: 'ipam_zones_total', help: 'Zones of the topology', registers })),
      pod: untyped(
        new Gauge({ name: 'ipam_pods_total', help: 'Pods of racks in a zone', labelNames: ['zone_id'], registers }),
      ),
      tor: untyped(new Gauge({ name: 'ipam_tors_total', help: 'TORs of a pod', labelNames: ['pod_id'], registers })),
    };
    this.#nodes = untyped(
      new Gauge({ name: 'ipam_nodes_total', help: 'Nodes at a TOR', labelNames: ['tor_id'], registers }),
    );
    this.#subnets = untyped(
      new Gauge({
        ...{ name: 'ipam_tor_subnets_total', help: 'Subnets of a TOR, by what they are for', registers },
        labelNames: ['tor_id', 'purpose'],
      }),
    );
    const ofTor = (name: string, help: string): Gauge<'tor_id' | 'family'> =>
      new Gauge({ name, help, labelNames: ['tor_id', 'family'], registers });
    this.#capacity = ofTor('ipam_tor_ip_capacity', 'Addresses of the subnets of a TOR that Pods can get');
    this.#used = ofTor('ipam_tor_ip_used', 'Those of them that are out: used, kept for a Pod, or in a leased block');
    this.#available = ofTor('ipam_tor_ip_available', 'Those of them that are left');
  }

  /** @param census undefined: there is no topology, or another speaks for it */
  show(census: Census | undefined, pools: readonly PoolFigures[]): void {
    const { zone, pod, tor } = this.#places;
    for (const gauge of [pod, tor, this.#nodes, this.#subnets, this.#capacity, this.#used, this.#available])
      gauge.reset();
    zone.remove();
    if (census === undefined) return;
    const byName = new Map(pools.map((one) => [one.pool, one]));
    const zones = utilisation(census.topology, {
      nodes: (id) => census.nodes.get(id) ?? 0,
      fill: (name) => {
        const figures = byName.get(name);
        if (figures === undefined) return undefined;
        return { total: figures.total, used: figures.total - figures.states.free, unknown: 0n };
      },
    });
    zone.set(zones.length);
    for (const place of zones) this.#showPlace(place);
  }

  #showPlace({ place, nodes, subnets, fills, children }: PlaceFill): void {
    const { id, level } = place;
    if (level === 'zone') this.#places.pod.set({ zone_id: id }, children.length);
    if (level === 'pod') this.#places.tor.set({ pod_id: id }, children.length);
    if (level === 'tor') {
      this.#nodes.set({ tor_id: id }, nodes);
      for (const { purpose } of subnets) this.#subnets.inc({ tor_id: id, purpose });
      for (const { family, total, used } of fills) {
        const labels = { tor_id: id, family: String(family) };
        this.#capacity.set(labels, Number(total));
        this.#used.set(labels, Number(used));
        this.#available.set(labels, Number(total - used));
      }
    }
    for (const child of children) this.#showPlace(child);
  }
}

/** The library knows no metric without a type, and writes down whichever it has. */
function untyped<Label extends string>(gauge: Gauge<Label>): Gauge<Label> {
  return Object.assign(gauge, { type: 'untyped' });
}
