import type { NodeFacts } from '../../ipam/placement/alike.ts';
import type { PodFacts } from '../../ipam/pod-facts.ts';
import { type NodePlaces, placesAt } from '../../ipam/select/topology-affinity.ts';
import type { Clock } from '../../platform/clock.ts';
import { ipamNodeKind } from '../../resources/ipam-node.ts';
import type { Labels } from '../../resources/label-selector.ts';
import { parseTopology, topologyKind } from '../../resources/network-topology.ts';
import { ownValue } from '../../resources/own-value.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { type Place, placesById, zoneLabel } from '../../resources/topology/topology.ts';
import { ObjectCache } from '../../store/cache/object-cache.ts';
import { reflect } from '../../store/cache/reflector.ts';
import { FollowedTopology } from '../../store/followed-topology.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';

export interface NodeViewOptions {
  /** Our own kinds. */
  readonly store: Store;
  /** Kubernetes' own: nodes and namespaces. */
  readonly cluster: Store;
  /** The label that names a node's TOR, as daemons are told; undefined: none does. */
  readonly torLabel: string | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

type NodeObject = Stored<Resource> & {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
};

type Sighting = Pick<NodeFacts, 'labels' | 'isUp'>;

/** The nodes with their places in the network, and the namespaces, a moment behind. */
export class NodeView {
  readonly #options: NodeViewOptions;
  /** By name, whole; made when asked for. */
  readonly #facts = new Map<string, NodeFacts>();
  readonly #nodes = new ObjectCache<Resource, Sighting>(sightingOf, { onChange: () => this.#facts.clear() });
  readonly #namespaces = new ObjectCache<Resource, PodFacts['namespace']>(({ metadata }) => ({
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
  }));
  /** The TOR of each node, by the node's name; undefined: what is written there cannot be read. */
  readonly #registered = new ObjectCache<Resource, string | undefined>(torOf, { onChange: () => this.#facts.clear() });
  readonly #topology: FollowedTopology;
  /** By TOR; undefined: made when asked for. */
  #tors: ReadonlyMap<string, Place> | undefined;
  /** One object for all nodes of a TOR. */
  readonly #placesByTor = new Map<string, NodePlaces>();

  constructor(options: NodeViewOptions) {
    this.#options = options;
    this.#topology = new FollowedTopology(options);
    this.#topology.onChange(() => {
      this.#tors = undefined;
      this.#placesByTor.clear();
      this.#facts.clear();
    });
  }

  /** Follows until the signal aborts. @throws when the signal aborts before everything was listed */
  async start(signal: AbortSignal): Promise<void> {
    const { store, cluster } = this.#options;
    await Promise.all([
      this.#follow(cluster, 'Node', this.#nodes, signal),
      this.#follow(cluster, 'Namespace', this.#namespaces, signal),
      this.#follow(store, ipamNodeKind, this.#registered, signal),
      this.#topology.follow(signal),
    ]);
  }

  get ready(): boolean {
    const areListed = [this.#nodes, this.#namespaces, this.#registered].every(({ isListed }) => isListed);
    return areListed && this.#topology.ready;
  }

  /** @returns undefined: it is not known here */
  node(name: string): NodeFacts | undefined {
    const known = this.#facts.get(name);
    if (known !== undefined) return known;
    const node = this.#nodes.get(name);
    if (node === undefined) return undefined;
    const facts = { name, ...node, places: this.#placesOf(name, node.labels) };
    this.#facts.set(name, facts);
    return facts;
  }

  *nodes(): Generator<NodeFacts> {
    for (const name of this.#nodes.keys()) {
      const node = this.node(name);
      if (node !== undefined) yield node;
    }
  }

  namespace(name: string): PodFacts['namespace'] | undefined {
    return this.#namespaces.get(name);
  }

  async #follow<V>(from: Store, kind: string, into: ObjectCache<Resource, V>, signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#options;
    const pause = (ms: number, until: AbortSignal): Promise<void> => clock.pause(ms, until);
    await reflect<Resource>(from, kind, into, { log, signal, pause, retryFirstList: true });
  }

  /** As the node's daemon finds it, unless its flag or its links say another: that it alone knows. */
  #placesOf(node: string, labels: Labels): NodePlaces {
    const { torLabel } = this.#options;
    const labelled = torLabel === undefined ? undefined : ownValue(labels, torLabel);
    const tor = labelled ?? this.#registered.get(node);
    if (tor !== undefined) return this.#around(tor);
    const zone = ownValue(labels, zoneLabel);
    return zone === undefined ? {} : { zone };
  }

  #around(tor: string): NodePlaces {
    const known = this.#placesByTor.get(tor);
    if (known !== undefined) return known;
    this.#tors ??= this.#readTors();
    const places = placesAt(tor, this.#tors.get(tor));
    this.#placesByTor.set(tor, places);
    return places;
  }

  /** What cannot be read hides the zones and pods, and no TOR. */
  #readTors(): ReadonlyMap<string, Place> {
    const { stored } = this.#topology;
    if (stored === undefined) return new Map();
    try {
      return placesById(parseTopology(stored), 'tor');
    } catch (error) {
      this.#options.log.error({ kind: topologyKind, err: error }, 'a resource breaks its rules; leaving it out');
      return new Map();
    }
  }
}

function sightingOf(object: Stored<Resource>): Sighting {
  const { metadata, spec, status } = object as NodeObject;
  const isReady = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  return { labels: metadata.labels ?? {}, isUp: isReady && spec?.unschedulable !== true };
}

function torOf({ spec }: Stored<Resource>): string | undefined {
  const tor = (spec as { readonly tor_id?: unknown } | undefined)?.tor_id;
  return typeof tor === 'string' && tor !== '' ? tor : undefined;
}
