import type { ShownPod } from '../ipam/shown-pod.ts';
import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { endpointKind } from '../resources/endpoint.ts';
import { IpamError } from '../resources/errors.ts';
import { goField } from '../resources/go-json.ts';
import { type PoolResource, poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import { isNotServed } from '../store/kubernetes/api-error.ts';
import { collectionPath, type ResourceType } from '../store/kubernetes/api-path.ts';
import { KubernetesClient } from '../store/kubernetes/client.ts';
import { daemonSetType, nodeType, podType } from '../store/kubernetes/core.ts';
import { inClusterAccess } from '../store/kubernetes/in-cluster.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import { nobodysNode } from './foreign.ts';
import { movedKinds, noHoldings, resourcesOf, type SourceContents } from './holdings.ts';
import { importLeases } from './import-leases.ts';
import type { Source, Target } from './places.ts';
import { asItWas } from './pools.ts';
import { spiderpoolLeases, withListedAddresses } from './spiderpool.ts';
import { isUsable } from './unusable.ts';
import { type NamedSection, whereaboutsHoldings } from './whereabouts/holdings.ts';

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
const whereaboutsSlices: ResourceType = { ...whereabouts, kind: 'NodeSlicePool', plural: 'nodeslicepools' };
const networkType: ResourceType = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  plural: 'network-attachment-definitions',
  namespaced: true,
  statusSubresource: false,
};

export interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export function openCluster(kubeconfig: string | undefined): KubernetesClient {
  return new KubernetesClient({
    access: kubeconfig === undefined ? inClusterAccess(process.env) : kubeconfigAccess(kubeconfig),
    userAgent: 'ipam-cli/migrate',
  });
}

/** @param settleMs how long daemons may use what they took before they heard */
export function kubernetesSource(kubeconfig: string | undefined, settleMs: number): Source {
  const client = openCluster(kubeconfig);
  const store = new KubernetesStore({ client });
  return {
    store,
    settleMs,
    read: async () => ({ ...noHoldings, resources: await resourcesOf(store) }),
    inUse: async () => [],
    close: () => close(client, store),
  };
}

export function kubernetesTarget(kubeconfig: string | undefined): Target {
  const client = openCluster(kubeconfig);
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
async function strangers(client: KubernetesClient, { resources }: SourceContents): Promise<readonly string[]> {
  const names = new Set(
    resources
      .filter((one) => (one.kind === claimKind || one.kind === blockKind) && isUsable(one))
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
  const client = openCluster(kubeconfig);
  const read = async (made: readonly Resource[]): Promise<SourceContents> => {
    const pools = await listIfKnown(client, whereaboutsPool);
    if (pools === undefined) {
      throw new IpamError('invalid-argument', 'the cluster has no IPPool objects of whereabouts', {
        advice: 'name the kubeconfig of the cluster that whereabouts serves: --from whereabouts:/path/kubeconfig',
      });
    }
    const reservations = await listOrNone(client, whereaboutsReservation);
    const found = whereaboutsHoldings({
      pools,
      reservations,
      alive: await alivePods(client, reservations),
      slices: await listOrNone(client, whereaboutsSlices),
      networks: await networksOfType(client, 'whereabouts'),
      network,
      made: new Map(made.filter(isPool).map((pool) => [pool.metadata.name, asItWas(pool)])),
    });
    const imported = importLeases(found.leases, {
      pools: found.pools,
      daemon: nobodysNode,
      advice: 'delete the Pod, or the allocation when its Pod is gone, and repeat',
    });
    return {
      ...noHoldings,
      resources: [...found.pools, ...imported.claims],
      conflicts: [...found.conflicts, ...imported.conflicts],
      leftOut: found.leftOut,
      warnings: [...found.warnings, ...imported.warnings],
    };
  };
  return {
    store: undefined,
    settleMs: 0,
    read,
    inUse: async () =>
      (await networksOfType(client, 'whereabouts')).map(
        ({ name, definition }) => `network "${name}" (NetworkAttachmentDefinition) names whereabouts, in ${definition}`,
      ),
    close: async () => client.close(),
  };
}

/** Every Pod of a cluster. */
export async function listPods(kubeconfig: string): Promise<readonly ShownPod[]> {
  const client = openCluster(kubeconfig);
  try {
    return (await client.list<ShownPod>(collectionPath(podType))).items;
  } finally {
    await client.close();
  }
}

/** Of the Pods that hold reservations, `namespace/name`, those that are there. */
async function alivePods(client: KubernetesClient, reservations: readonly unknown[]): Promise<ReadonlySet<string>> {
  if (reservations.length === 0) return new Set();
  const { items } = await client.list<Named>(collectionPath(podType));
  return new Set(items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
}

function isPool(resource: Resource): resource is PoolResource {
  return resource.kind === poolKind;
}

export function spiderpoolSource(kubeconfig: string | undefined, network: string | undefined): Source {
  const client = openCluster(kubeconfig);
  const store = new KubernetesStore({ client });
  const read = async (): Promise<SourceContents> => {
    const resources: Resource[] = [];
    for (const kind of movedKinds) {
      if (kind === blockKind || kind === claimKind) continue;
      for (const item of (await store.list(kind)).items) resources.push(withListedAddresses(item));
    }
    const { items: endpoints } = await store.list(endpointKind);
    const found = spiderpoolLeases(resources, endpoints, network ?? 'spiderpool');
    const imported = importLeases(found.leases, {
      pools: resources,
      daemon: nobodysNode,
      advice: 'delete the Pod, or the record of one that is gone, and repeat',
    });
    return {
      ...noHoldings,
      resources: [...resources, ...imported.claims],
      conflicts: [...found.conflicts, ...imported.conflicts],
      warnings: [...found.warnings, ...imported.warnings],
    };
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

interface DefinedNetwork extends Required<NamedSection> {
  /** `shop/storage` */
  readonly definition: string;
}

/** Networks for Multus whose addresses an IPAM plugin of this type gives. */
export async function networksOfType(client: KubernetesClient, type: string): Promise<readonly DefinedNetwork[]> {
  type Definition = Named & { readonly spec?: { readonly config?: string } };
  const items = (await listOrNone(client, networkType)) as readonly Definition[];
  return items.flatMap(({ metadata, spec }) => {
    const config = jsonOrNone(spec?.config);
    const list = goField(config, 'plugins');
    const plugins: readonly unknown[] = Array.isArray(list) ? list : [config];
    return plugins.flatMap((plugin) => {
      const ipam = goField(plugin, 'ipam');
      const named = goField(config, 'name');
      const name = typeof named === 'string' && named !== '' ? named : metadata.name;
      const definition = `${metadata.namespace}/${metadata.name}`;
      const origin = `network "${name}" (NetworkAttachmentDefinition ${definition})`;
      return goField(ipam, 'type') === type ? [{ name, ipam, origin, definition }] : [];
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

/** Undefined: the cluster does not know the kind. */
export async function listIfKnown(
  client: KubernetesClient,
  type: ResourceType,
): Promise<readonly unknown[] | undefined> {
  try {
    return (await client.list<unknown>(collectionPath(type))).items;
  } catch (error) {
    if (isNotServed(error)) return undefined;
    throw error;
  }
}

/** A kind that the cluster does not have, it has no objects of. */
export async function listOrNone(client: KubernetesClient, type: ResourceType): Promise<readonly unknown[]> {
  return (await listIfKnown(client, type)) ?? [];
}

async function close(client: KubernetesClient, store: KubernetesStore): Promise<void> {
  await store.close();
  client.close();
}
