import { type NodePlaces, placesAt } from '../../ipam/select/topology-affinity.ts';
import type { Clock } from '../../platform/clock.ts';
import { unlessAborted } from '../../platform/unless-aborted.ts';
import { isIpamError } from '../../resources/errors.ts';
import { ipamNodeKind } from '../../resources/ipam-node.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { parseTopology, topologyKind, topologyName } from '../../resources/network-topology.ts';
import { ownValue } from '../../resources/own-value.ts';
import type { Pool } from '../../resources/pool.ts';
import { parseWith } from '../../resources/schema.ts';
import { ipamNodeSpecSchema } from '../../resources/topology/schema.ts';
import { placesById, type Topology, zoneLabel } from '../../resources/topology/topology.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { type Neighbour, torAmong } from '../../topology/lldp.ts';
import type { Catalog } from './catalog.ts';

/** How long it may go unseen that the node's TOR is known, and that it is another, milliseconds. Racks are seldom rewired. */
const lookMs = { whileUnknown: 30_000, whenKnown: 600_000 };

/** What tells where a node is beside its IPAMNode object; the first that says something counts. */
export interface PlaceSources {
  /** The TOR that the configuration names. */
  readonly tor?: string | undefined;
  /** What is heard on the node's links: a TOR of the topology. @throws IpamError invalid-config, not-found */
  readonly neighbours?: () => Promise<readonly Neighbour[]>;
  /** Labels of the node; undefined: it has none. @throws IpamError store-unavailable */
  readonly labels?: () => Promise<Labels | undefined>;
  /** The label that names the TOR; absent: none does. */
  readonly torLabel?: string | undefined;
}

export interface OwnPlaceParts extends PlaceSources {
  readonly node: string;
  readonly store: Pick<Store, 'get'>;
  readonly catalog: Pick<Catalog, 'pools' | 'changed'>;
  readonly clock: Pick<Clock, 'pause'>;
  readonly log: Log;
}

/**
 * Where this node is in the network. The store is asked for it only while some pool is for the nodes of some places, and for the whole
 * topology only while one is for those of a pod or a zone: tens of thousands of daemons ask.
 */
export class OwnPlace {
  readonly #parts: OwnPlaceParts;
  #places: NodePlaces;
  /** What the log has been told. */
  #told = '';

  constructor(parts: OwnPlaceParts) {
    this.#parts = parts;
    this.#places = parts.tor === undefined ? {} : { tor: parts.tor };
  }

  /** As far as it is known. */
  get places(): NodePlaces {
    return this.#places;
  }

  /** Before addresses are given: what can be known holds for the first ADD. */
  async begin(): Promise<void> {
    if (this.#affinities().length > 0) await this.look();
  }

  /** Looks again and again for as long as the signal allows. */
  async follow(signal: AbortSignal): Promise<void> {
    const { catalog, clock } = this.#parts;
    while (!signal.aborted) {
      if (this.#affinities().length === 0) {
        await unlessAborted(catalog.changed, signal);
        continue;
      }
      await this.look();
      await clock.pause(this.#places.tor === undefined ? lookMs.whileUnknown : lookMs.whenKnown, signal);
    }
  }

  /** Asks the store now. What it does not answer stays as it was. */
  async look(): Promise<void> {
    const { log } = this.#parts;
    try {
      this.#places = await this.#placesNow();
      this.#tell(JSON.stringify(this.#places), () => log.info({ places: this.#places }, 'where this node is'));
    } catch (error) {
      if (!isIpamError(error)) throw error;
      this.#tell(error.message, () => log.warn({ err: error }, 'where this node is in the network cannot be read'));
    }
  }

  #tell(what: string, say: () => void): void {
    if (this.#told !== what) say();
    this.#told = what;
  }

  #affinities(): readonly NonNullable<Pool['topologyAffinity']>[] {
    return this.#parts.catalog.pools.flatMap(({ topologyAffinity }) => topologyAffinity ?? []);
  }

  async #placesNow(): Promise<NodePlaces> {
    const { tor: set, neighbours, torLabel } = this.#parts;
    // A topology may have a megabyte: it is read once for all that is asked of it here, and not at all where nothing is.
    const topology = set === undefined && neighbours !== undefined ? await this.#topology() : undefined;
    const heard = set ?? (neighbours && torAmong(await neighbours(), topology));
    if (heard !== undefined) return this.#placesAround(heard, topology);
    const labels = (await this.#parts.labels?.()) ?? {};
    const labelled = torLabel === undefined ? undefined : ownValue(labels, torLabel);
    const tor = labelled ?? (await this.#registeredTor());
    if (tor !== undefined) return this.#placesAround(tor, topology);
    const zone = ownValue(labels, zoneLabel);
    return zone === undefined ? {} : { zone };
  }

  /** @param read the topology, where it has been read already */
  async #placesAround(tor: string, read: Topology | undefined): Promise<NodePlaces> {
    if (!this.#affinities().some(({ zone, pod }) => (zone ?? pod) !== undefined)) return { tor };
    const topology = read ?? (await this.#topology());
    return placesAt(tor, topology && placesById(topology, 'tor').get(tor));
  }

  async #topology(): Promise<Topology | undefined> {
    const stored = await this.#parts.store.get({ kind: topologyKind, name: topologyName });
    return stored === undefined ? undefined : parseTopology(stored);
  }

  async #registeredTor(): Promise<string | undefined> {
    const { store, node } = this.#parts;
    const stored = await store.get({ kind: ipamNodeKind, name: node });
    if (stored === undefined) return undefined;
    return parseWith(ipamNodeSpecSchema, stored.spec, `${ipamNodeKind} "${node}": spec`).tor_id;
  }
}
