import { isIpamError } from '../resources/errors.ts';
import { ipamNodeKind } from '../resources/ipam-node.ts';
import { parseTopology, topologyKind, topologyName } from '../resources/network-topology.ts';
import type { Resource } from '../resources/resource.ts';
import type { IpamNodeSpec } from '../resources/topology/schema.ts';
import type { Topology } from '../resources/topology/topology.ts';
import type { Log } from '../telemetry/log.ts';
import type { Store } from './store.ts';

/** The network, and how many nodes are at each TOR, by its id. */
export interface Census {
  readonly topology: Topology;
  readonly nodes: ReadonlyMap<string, number>;
}

export interface TopologyCensusParts {
  readonly store: Pick<Store, 'list'>;
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number;
  readonly log: Log;
}

/** Nodes are counted no more often, milliseconds: there may be tens of thousands, and they seldom move. */
const countMs = 300_000;

/**
 * Of the network what metrics show, for the one that speaks for all. Asked for at each scrape and not followed: of a thousand daemons one needs
 * it.
 */
export class TopologyCensus {
  readonly #parts: TopologyCensusParts;
  #counted: { readonly at: number; readonly nodes: ReadonlyMap<string, number> } | undefined;
  #parsed: { readonly version: string; readonly topology: Topology } | undefined;

  constructor(parts: TopologyCensusParts) {
    this.#parts = parts;
  }

  /** @returns undefined: there is no topology, or none that can be read or reached now */
  async take(): Promise<Census | undefined> {
    try {
      // A controller may list topologies and not get one.
      const { items } = await this.#parts.store.list<Resource>(topologyKind);
      const stored = items.find(({ metadata }) => metadata.name === topologyName);
      if (stored === undefined) return undefined;
      const version = stored.metadata.resourceVersion;
      if (this.#parsed?.version !== version) this.#parsed = { version, topology: parseTopology(stored) };
      const { topology } = this.#parsed;
      return { topology, nodes: await this.#nodes() };
    } catch (error) {
      // What is wrong with it is said where it is written; that the store is away has a metric of its own.
      if (!isIpamError(error)) throw error;
      this.#parts.log.debug({ err: error }, 'no metrics of the topology');
      return undefined;
    }
  }

  async #nodes(): Promise<ReadonlyMap<string, number>> {
    const { store, elapsed } = this.#parts;
    const now = elapsed();
    if (this.#counted !== undefined && now - this.#counted.at < countMs) return this.#counted.nodes;
    const { items } = await store.list<Resource<typeof ipamNodeKind, Partial<IpamNodeSpec>>>(ipamNodeKind);
    const nodes = new Map<string, number>();
    for (const { spec } of items) {
      const tor = spec?.tor_id;
      if (typeof tor === 'string') nodes.set(tor, (nodes.get(tor) ?? 0) + 1);
    }
    this.#counted = { at: now, nodes };
    return nodes;
  }
}
