import { isDeepStrictEqual } from 'node:util';
import type { Told } from '../../ipam/cluster-port.ts';
import type { PoolUsage } from '../../ipam/port.ts';
import { berthVersion } from '../../resources/claim.ts';
import { IpamError, isIpamError, isOvertaken } from '../../resources/errors.ts';
import { ipamNodeKind } from '../../resources/ipam-node.ts';
import { parseTopology, topologyKind, topologyName } from '../../resources/network-topology.ts';
import { type PoolResource, poolKind } from '../../resources/pool.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { parseWith } from '../../resources/schema.ts';
import {
  type IpamNodeSpec,
  ipamNodeSpecSchema,
  type TopologySpec,
  topologySpecSchema,
} from '../../resources/topology/schema.ts';
import { topologyLabel } from '../../resources/topology/subnet-pool.ts';
import type { Topology } from '../../resources/topology/topology.ts';
import type { Store } from '../../store/store.ts';
import { planChange, type TopologyPlan } from '../../topology/plan.ts';
import { poolWrites } from '../../topology/pools.ts';
import type {
  AppliedTopology,
  NamedNode,
  RegisteredNodes,
  ShownTopology,
  TopologyAdministration,
} from '../../topology/port.ts';
import { utilisation } from '../../topology/utilisation.ts';
import type { Catalog } from '../view/catalog.ts';
import type { ValidatedResources } from './resource-administration.ts';

export interface TopologyAdministrationParts {
  readonly store: Pick<Store, 'get' | 'list' | 'create' | 'update'>;
  readonly resources: Pick<ValidatedResources, 'apply' | 'delete'>;
  readonly catalog: Pick<Catalog, 'pools'>;
  /** How full pools are, by all daemons that answer. */
  readonly usages: () => Promise<Told<readonly PoolUsage[]>>;
  /** Has this daemon's own node look where it is now. */
  readonly look: () => Promise<void>;
  /** Where writes are judged when not here, and how to ask there; undefined: here. */
  readonly judgedBy: string | undefined;
}

/** Writes of nodes at once: the store orders them. */
const writesAtOnce = 16;

type TopologyResource = Resource<typeof topologyKind, TopologySpec>;
type NodeResource = Resource<typeof ipamNodeKind, IpamNodeSpec>;

/** The topology and what follows from it: the pools of its subnets, and where nodes are. */
export class NetworkAdministration implements TopologyAdministration {
  readonly #parts: TopologyAdministrationParts;

  constructor(parts: TopologyAdministrationParts) {
    this.#parts = parts;
  }

  async show(): Promise<ShownTopology | undefined> {
    const { store, usages } = this.#parts;
    const stored = await this.#stored();
    if (stored === undefined) return undefined;
    const [{ items: nodes }, { value: pools, unanswered }] = await Promise.all([
      store.list<NodeResource>(ipamNodeKind),
      usages(),
    ]);
    const usage = new Map(pools.map((pool) => [pool.name, pool]));
    const atTor = Map.groupBy(nodes, ({ spec }) => spec.tor_id);
    return {
      spec: stored.spec,
      zones: utilisation(parseTopology(stored), {
        fill: (pool) => usage.get(pool),
        nodes: (tor) => atTor.get(tor)?.length ?? 0,
      }),
      unanswered,
    };
  }

  async plan(spec: unknown): Promise<TopologyPlan> {
    return (await this.#planned(spec)).plan;
  }

  async apply(spec: unknown): Promise<AppliedTopology> {
    this.#requireJudge();
    const { resources, store, look } = this.#parts;
    const { plan, resource, topology, before } = await this.#planned(spec);
    if (plan.refusals.length > 0) throw refusedPlan(plan);
    const outcome = await this.#write(before, resource);
    const { items } = await store.list<PoolResource>(poolKind);
    const { apply, remove } = poolWrites(topology, topologyName, items);
    // What goes makes room for what comes.
    for (const name of remove) await resources.delete({ kind: poolKind, name });
    for (const pool of apply) await resources.apply(pool);
    await look();
    return { plan, outcome, poolsApplied: apply.map(({ metadata }) => metadata.name), poolsDeleted: remove };
  }

  /** Over the version that was planned with, and no other. @throws IpamError conflict */
  async #write(
    before: Stored<TopologyResource> | undefined,
    resource: TopologyResource,
  ): Promise<AppliedTopology['outcome']> {
    const { store } = this.#parts;
    if (before !== undefined && isDeepStrictEqual(before.spec, resource.spec)) return 'unchanged';
    try {
      if (before === undefined) await store.create(resource);
      else await store.update({ ...before, spec: resource.spec });
    } catch (error) {
      if (!isLate(error)) throw error;
      throw new IpamError('conflict', 'somebody else changed the topology meanwhile', {
        advice: 'look at what it is now (ipam-cli topology plan FILE), and apply again',
      });
    }
    return before === undefined ? 'created' : 'configured';
  }

  async registerNodes(nodes: readonly NamedNode[]): Promise<RegisteredNodes> {
    this.#requireJudge();
    const counts = { created: 0, configured: 0, unchanged: 0 };
    const waiting = nodes.map(({ id, spec }) => newNode(id, parseWith(ipamNodeSpecSchema, spec, `node "${id}"`)));
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) counts[await this.#register(next)] += 1;
    };
    await Promise.all(Array.from({ length: writesAtOnce }, work));
    await this.#parts.look();
    return counts;
  }

  async #register(wanted: NodeResource): Promise<keyof RegisteredNodes> {
    const { store } = this.#parts;
    const key = { kind: ipamNodeKind, name: wanted.metadata.name };
    for (;;) {
      try {
        const present = await store.get<NodeResource>(key);
        if (present === undefined) {
          await store.create(wanted);
          return 'created';
        }
        if (isDeepStrictEqual(present.spec, wanted.spec)) return 'unchanged';
        await store.update({ ...present, spec: wanted.spec });
        return 'configured';
      } catch (error) {
        // The node registered itself meanwhile, or another operator did.
        if (!isLate(error)) throw error;
      }
    }
  }

  #stored(): Promise<Stored<TopologyResource> | undefined> {
    return this.#parts.store.get<TopologyResource>({ kind: topologyKind, name: topologyName });
  }

  async #planned(input: unknown): Promise<Planned> {
    const spec = parseWith(topologySpecSchema, input, `${topologyKind} "${topologyName}": spec`);
    const resource: TopologyResource = {
      ...{ apiVersion: berthVersion, kind: topologyKind, spec },
      metadata: { name: topologyName },
    };
    const { catalog, usages } = this.#parts;
    const [before, { value: pools }] = await Promise.all([this.#stored(), usages()]);
    // What it was given by itself it keeps, as far as the new one lets it.
    const topology = parseTopology({ ...resource, ...(before?.status === undefined ? {} : { status: before.status }) });
    const held = new Map(pools.map(({ name, used, unknown }) => [name, used + unknown]));
    const plan = planChange(before === undefined ? undefined : parseTopology(before), topology, {
      held: (pool) => held.get(pool),
      others: catalog.pools
        .filter(({ labels }) => labels[topologyLabel] !== topologyName)
        .map(({ name, subnet }) => ({ name, subnet })),
    });
    return { plan, resource, topology, before };
  }

  #requireJudge(): void {
    const { judgedBy } = this.#parts;
    if (judgedBy === undefined) return;
    throw new IpamError('unsupported', 'this daemon does not write topologies: it does not judge such writes', {
      advice: judgedBy,
    });
  }
}

/** Was somebody else faster? */
function isLate(error: unknown): boolean {
  return isOvertaken(error) || isIpamError(error, 'already-exists');
}

interface Planned {
  readonly plan: TopologyPlan;
  readonly resource: TopologyResource;
  readonly topology: Topology;
  readonly before: Stored<TopologyResource> | undefined;
}

function newNode(name: string, spec: IpamNodeSpec): NodeResource {
  return { apiVersion: berthVersion, kind: ipamNodeKind, metadata: { name }, spec };
}

/** More are no help to read. */
const shownRefusals = 20;

function refusedPlan({ refusals }: TopologyPlan): IpamError {
  const shown = refusals.slice(0, shownRefusals).map(({ message }) => message);
  const more = refusals.length - shown.length;
  return new IpamError('in-use', [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; '), {
    advice: [...new Set(refusals.map(({ advice }) => advice))].join('; '),
    facts: { refusals: refusals.map(({ prefix, message }) => ({ prefix, message })) },
  });
}
