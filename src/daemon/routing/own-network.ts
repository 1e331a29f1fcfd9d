import type { Fabric } from '../../bgp/fabric.ts';
import { fabricOf } from '../../bgp/fabric-of-topology.ts';
import { Alarm } from '../../platform/alarm.ts';
import type { Clock } from '../../platform/clock.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import { ipamNodeKind } from '../../resources/ipam-node.ts';
import { parseTopology, topologyKind, topologyName } from '../../resources/network-topology.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { parseWith } from '../../resources/schema.ts';
import { type IpamNodeSpec, ipamNodeSpecSchema, topologySpecSchema } from '../../resources/topology/schema.ts';
import type { Reflected } from '../../store/cache/reflector.ts';
import { FollowedTopology } from '../../store/followed-topology.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';

/** Between two looks at the node's own object, milliseconds: a watch would show tens of thousands of others. */
const lookMs = 30_000;

export interface OwnNetworkParts {
  readonly node: string;
  /** The TOR that the node is connected to, by which it gets its addresses, too; undefined: its IPAMNode object says. */
  readonly tor: () => string | undefined;
  readonly store: Store;
  readonly clock: Pick<Clock, 'pause'>;
  readonly log: Log;
}

/** How the network speaks BGP, as far as it concerns this node: the topology is watched, and where the node is in it is asked. */
export class OwnNetwork {
  readonly #parts: OwnNetworkParts;
  readonly #alarm = new Alarm();
  readonly #topology: FollowedTopology;
  #known: Fabric | IpamError = new IpamError('not-ready', 'the topology of the network has not been read yet');
  /** Which topology and node that was made of. */
  #builtOf = '';

  constructor(parts: OwnNetworkParts) {
    this.#parts = parts;
    this.#topology = new FollowedTopology(parts);
    this.#topology.onChange(() => this.#alarm.ring());
  }

  /** @throws IpamError not-ready, not-found, invalid-config, store-unavailable: why it is not known */
  get fabric(): Fabric {
    if (this.#known instanceof IpamError) throw this.#known;
    return this.#known;
  }

  /** Looks at once where the node is. */
  look(): void {
    this.#alarm.ring();
  }

  /** For as long as the signal allows. @param changed told when the fabric, or why there is none, is another than before */
  async follow(signal: AbortSignal, changed: () => void): Promise<void> {
    const reflected = await this.#begin(signal, changed);
    while (!signal.aborted) {
      if (await this.#attempt()) changed();
      await this.#alarm.pause(this.#parts.clock, lookMs, signal);
    }
    await reflected?.ended;
  }

  /** @returns undefined: the signal aborted before the store said what there is */
  async #begin(signal: AbortSignal, changed: () => void): Promise<Reflected | undefined> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      try {
        return await this.#topology.follow(signal);
      } catch (error) {
        if (!isIpamError(error)) throw error;
        this.#known = error;
        changed();
      }
      await clock.pause(lookMs, signal);
    }
    return undefined;
  }

  /** @returns whether what is known, or why nothing is, is another now */
  async #attempt(): Promise<boolean> {
    try {
      // A network without a topology has more to be told than where a node is.
      const topology = this.#required();
      return this.#build(topology, await this.#registered());
    } catch (error) {
      if (!isIpamError(error)) throw error;
      const known = this.#known;
      // What was known is gone by while the store does not answer.
      if (!(known instanceof IpamError) && error.code === 'store-unavailable') return false;
      this.#known = error;
      this.#builtOf = '';
      return !(known instanceof IpamError) || known.message !== error.message;
    }
  }

  #required(): Stored<Resource> {
    const { stored } = this.#topology;
    if (stored !== undefined) return stored;
    throw new IpamError('not-found', 'the network has no topology', { advice: 'ipam-cli topology apply FILE' });
  }

  /** A topology may have a megabyte, and is read once. @throws IpamError */
  #build(stored: Stored<Resource>, node: IpamNodeSpec): boolean {
    const { uid, resourceVersion } = stored.metadata;
    const builtOf = `${uid} ${resourceVersion} ${JSON.stringify(node)}`;
    if (this.#builtOf === builtOf) return false;
    const topology = parseTopology(stored);
    const spec = parseWith(topologySpecSchema, stored.spec, `${topologyKind} "${topologyName}": spec`);
    this.#known = fabricOf({ spec, topology, nodes: [{ id: this.#parts.node, spec: node }], isPartial: true });
    this.#builtOf = builtOf;
    return true;
  }

  async #registered(): Promise<IpamNodeSpec> {
    const { store, node } = this.#parts;
    const stored = await store.get({ kind: ipamNodeKind, name: node });
    if (stored === undefined) {
      throw new IpamError('not-found', `node "${node}" is not registered in the network`, {
        advice: 'list it in the file of the topology, with its management_ip, and apply that',
      });
    }
    const spec = parseWith(ipamNodeSpecSchema, stored.spec, `${ipamNodeKind} "${node}": spec`);
    const tor = this.#parts.tor();
    return tor === undefined ? spec : { ...spec, tor_id: tor };
  }
}
