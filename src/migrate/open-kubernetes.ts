import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { endpointKind } from '../resources/endpoint.ts';
import { isIpamError } from '../resources/errors.ts';
import { poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import { collectionPath, type ResourceType } from '../store/kubernetes/api-path.ts';
import { KubernetesClient } from '../store/kubernetes/client.ts';
import { nodeType } from '../store/kubernetes/core.ts';
import { inClusterAccess } from '../store/kubernetes/in-cluster.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import { claimsOf, nobodysNode } from './foreign.ts';
import { type Holdings, movedKinds, resourcesOf } from './holdings.ts';
import type { Source, Target } from './places.ts';
import { asItWas } from './pools.ts';
import { spiderpoolLeases, withListedAddresses } from './spiderpool.ts';
import { type WhereaboutsNetwork, whereaboutsHoldings } from './whereabouts.ts';

const whereabouts = {
  apiVersion: 'whereabouts.cni.cncf.io/v1alpha1',
  namespaced: true,
  statusSubresource: false,
} as const;
const whereaboutsPool: ResourceType = { ...whereabouts, kind: 'IPPool', plural: 'ippools' };
const whereaboutsReservation: ResourceType = {
  ...whereabouts,
  kind: 'OverlappingRangeIPReservation',
  plural: 'overlappingrangeipreservations',
};
const networkType: ResourceType = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  plural: 'network-attachment-definitions',
  namespaced: true,
  statusSubresource: false,
};
const daemonSetType: ResourceType = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  namespaced: true,
  statusSubresource: true,
};

export interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function open(kubeconfig: string | undefined): KubernetesClient {
  return new KubernetesClient({
    access: kubeconfig === undefined ? inClusterAccess(process.env) : kubeconfigAccess(kubeconfig),
    userAgent: 'ipam-cli/migrate',
  });
}

/** @param settleMs how long daemons may use what they took before they heard */
export function kubernetesSource(kubeconfig: string | undefined, settleMs: number): Source {
  const client = open(kubeconfig);
  const store = new KubernetesStore({ client });
  return {
    store,
    settleMs,
    read: async () => ({ ...nothing, resources: await resourcesOf(store) }),
    inUse: async () => [],
    close: () => close(client, store),
  };
}

export function kubernetesTarget(kubeconfig: string | undefined): Target {
  const client = open(kubeconfig);
  const store = new KubernetesStore({ client });
  return {
    store,
    journal: undefined,
    keepsUids: false,
    deletesOrphans: true,
    warnings: (holdings) => strangers(client, holdings),
    close: () => close(client, store),
  };
}

/** What a node has that the cluster does not know, its controller takes for what a lost node left. */
async function strangers(client: KubernetesClient, { resources }: Holdings): Promise<readonly string[]> {
  const names = new Set(
    resources
      .filter(({ kind }) => kind === claimKind || kind === blockKind)
      .map(({ spec }) => (spec as { readonly node: string }).node)
      .filter((node) => node !== nobodysNode),
  );
  if (names.size === 0) return [];
  const { items } = await client.list<Named>(collectionPath(nodeType));
  const known = new Set(items.map(({ metadata }) => metadata.name));
  return [...names]
    .filter((name) => !known.has(name))
    .map(
      (name) =>
        `the cluster has no node "${name}", which holds addresses: within minutes its controller takes them for what a lost node left; register the node before you start the controller`,
    );
}

export function whereaboutsSource(kubeconfig: string | undefined, network: string | undefined): Source {
  const client = open(kubeconfig);
  const read = async (): Promise<Holdings> => {
    const { items: pools } = await client.list<unknown>(collectionPath(whereaboutsPool));
    const reservations = await listOrNone(client, whereaboutsReservation);
    const networks = await whereaboutsNetworks(client);
    const found = whereaboutsHoldings({ pools, reservations, networks, network });
    return {
      ...nothing,
      ...found,
      resources: [...found.pools, ...claimsOf(found.leases, found.pools, nobodysNode)],
    };
  };
  return {
    store: undefined,
    settleMs: 0,
    read,
    inUse: async () =>
      (await whereaboutsNetworks(client)).map(
        ({ name }) => `network "${name}" (NetworkAttachmentDefinition) names whereabouts`,
      ),
    close: async () => client.close(),
  };
}

export function spiderpoolSource(kubeconfig: string | undefined, network: string | undefined): Source {
  const client = open(kubeconfig);
  const store = new KubernetesStore({ client });
  const read = async (): Promise<Holdings> => {
    const resources: Resource[] = [];
    for (const kind of movedKinds) {
      if (kind === blockKind || kind === claimKind) continue;
      for (const item of (await store.list(kind)).items) resources.push(withListedAddresses(item));
    }
    const { items: endpoints } = await store.list(endpointKind);
    const pools = resources.filter(({ kind }) => kind === poolKind);
    const { leases, leftOut } = spiderpoolLeases(pools, endpoints, network ?? 'spiderpool');
    const parsed = pools.map((pool) => asItWas(pool)) as Parameters<typeof claimsOf>[1];
    return { ...nothing, resources: [...resources, ...claimsOf(leases, parsed, nobodysNode)], leftOut };
  };
  return {
    store: undefined,
    settleMs: 0,
    read,
    inUse: () => spiderpoolAgents(client),
    close: () => close(client, store),
  };
}

async function spiderpoolAgents(client: KubernetesClient): Promise<readonly string[]> {
  type DaemonSet = Named & { readonly status?: { readonly currentNumberScheduled?: number } };
  const { items } = await client.list<DaemonSet>(collectionPath(daemonSetType));
  return items
    .filter(({ metadata, status }) => metadata.name === 'spiderpool-agent' && (status?.currentNumberScheduled ?? 0) > 0)
    .map(({ metadata }) => `DaemonSet ${metadata.namespace}/${metadata.name} runs`);
}

async function whereaboutsNetworks(client: KubernetesClient): Promise<readonly WhereaboutsNetwork[]> {
  type Definition = Named & { readonly spec?: { readonly config?: string } };
  const items = (await listOrNone(client, networkType)) as readonly Definition[];
  return items.flatMap(({ metadata, spec }) => {
    const config = jsonOrNone(spec?.config);
    const plugins = Array.isArray(config.plugins) ? (config.plugins as readonly Record<string, unknown>[]) : [config];
    return plugins.flatMap((plugin) => {
      const ipam = plugin.ipam as { readonly type?: unknown } | undefined;
      const name = typeof config.name === 'string' ? config.name : metadata.name;
      return ipam?.type === 'whereabouts' ? [{ name, ipam }] : [];
    });
  });
}

/** A definition without a configuration, or with one that is none, takes it from a file of the node. */
function jsonOrNone(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A kind that the cluster does not have, it has no objects of. */
async function listOrNone(client: KubernetesClient, type: ResourceType): Promise<readonly unknown[]> {
  try {
    return (await client.list<unknown>(collectionPath(type))).items;
  } catch (error) {
    if (isIpamError(error, 'not-found')) return [];
    throw error;
  }
}

async function close(client: KubernetesClient, store: KubernetesStore): Promise<void> {
  await store.close();
  client.close();
}

const nothing: Holdings = { resources: [], allocations: [], resting: [], leftOut: [], warnings: [] };
