import type { ShownPod } from '../ipam/shown-pod.ts';
import { IpamError } from '../resources/errors.ts';
import { goField } from '../resources/go-json.ts';
import { collectionPath, objectPath, type ResourceType } from '../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../store/kubernetes/client.ts';
import { daemonSetType, podType } from '../store/kubernetes/core.ts';
import { calicoHoldings } from './calico/holdings.ts';
import { nobodysNode } from './foreign.ts';
import { noHoldings, type SourceContents } from './holdings.ts';
import { importLeases } from './import-leases.ts';
import { listIfKnown, listOrNone, type Named, networksOfType, openCluster } from './open-kubernetes.ts';
import type { Source } from './places.ts';

const cluster = { namespaced: false, statusSubresource: false } as const;
/** Calico's own definitions, and those of its API where that is served without a server of its own. */
const versions = ['crd.projectcalico.org/v1', 'projectcalico.org/v3'] as const;
const blocks = { ...cluster, kind: 'IPAMBlock', plural: 'ipamblocks' } as const;
const pools = { ...cluster, kind: 'IPPool', plural: 'ippools' } as const;
const reservations = { ...cluster, kind: 'IPReservation', plural: 'ipreservations' } as const;
const installations: ResourceType = {
  ...cluster,
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  plural: 'installations',
};
const configMap: ResourceType = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  statusSubresource: false,
};
const nodeAgent = 'calico-node';
const ipamType = 'calico-ipam';

/** A cluster whose addresses Calico's IPAM gives, kept in its API server. */
export function calicoSource(kubeconfig: string | undefined): Source {
  const client = openCluster(kubeconfig);
  const read = async (): Promise<SourceContents> => {
    const { apiVersion, items } = await blocksOf(client);
    const found = calicoHoldings({
      blocks: items,
      pools: await listOrNone(client, { ...pools, apiVersion }),
      reservations: await listOrNone(client, { ...reservations, apiVersion }),
      pods: (await client.list<ShownPod>(collectionPath(podType))).items,
    });
    const imported = importLeases(found.leases, {
      pools: [...found.pools, ...found.reservations],
      daemon: nobodysNode,
      advice: 'make its IPPool again, or restart the Pod, which gets an address of a pool then, and repeat',
    });
    return {
      ...noHoldings,
      resources: [...found.reservations, ...found.pools, ...imported.claims],
      conflicts: [...found.conflicts, ...imported.conflicts],
      leftOut: found.leftOut,
      warnings: [...found.warnings, ...imported.warnings],
    };
  };
  return { store: undefined, settleMs: 0, read, inUse: () => reasons(client), close: async () => client.close() };
}

async function blocksOf(
  client: KubernetesClient,
): Promise<{ readonly apiVersion: string; readonly items: readonly unknown[] }> {
  for (const apiVersion of versions) {
    const items = await listIfKnown(client, { ...blocks, apiVersion });
    if (items !== undefined) return { apiVersion, items };
  }
  throw new IpamError('invalid-argument', "the cluster has no IPAMBlock objects of Calico's", {
    advice:
      'name the kubeconfig of the cluster that Calico serves: --from calico:/path/kubeconfig; what Calico keeps in an etcd of its own is not read',
  });
}

/** Why Calico's IPAM may still give addresses out: networks that name it, and what its node agents write on nodes. */
async function reasons(client: KubernetesClient): Promise<readonly string[]> {
  const networks = (await networksOfType(client, ipamType)).map(
    ({ name, definition }) => `network "${name}" (NetworkAttachmentDefinition ${definition}) names ${ipamType}`,
  );
  return [...networks, ...(await nodesName(client))];
}

async function nodesName(client: KubernetesClient): Promise<readonly string[]> {
  type DaemonSet = Named & { readonly status?: { readonly currentNumberScheduled?: number } };
  const agents = (await client.list<DaemonSet>(collectionPath(daemonSetType))).items.filter(
    ({ metadata, status }) => metadata.name === nodeAgent && (status?.currentNumberScheduled ?? 0) > 0,
  );
  if (agents.length === 0) return [];
  const installed = (await listOrNone(client, installations)) as readonly Named[];
  if (installed.length > 0)
    return installed.flatMap((one) => {
      const ipam = goField(goField(goField(one, 'spec'), 'cni'), 'ipam');
      const type = goField(ipam, 'type') ?? 'Calico';
      return type === 'Calico' ? [`Installation "${one.metadata.name}" has spec.cni.ipam.type Calico`] : [];
    });
  const found = await Promise.all(agents.map(({ metadata }) => nameOfConfigMap(client, metadata.namespace)));
  return found.flat();
}

async function nameOfConfigMap(client: KubernetesClient, namespace = ''): Promise<readonly string[]> {
  const name = 'calico-config';
  const config = await client.get<unknown>(objectPath(configMap, { name, namespace }));
  const text = goField(goField(config, 'data'), 'cni_network_config');
  if (typeof text !== 'string')
    return [`DaemonSet ${namespace}/${nodeAgent} runs, and no ConfigMap ${name} tells which IPAM its networks name`];
  return text.includes(`"${ipamType}"`) ? [`ConfigMap ${namespace}/${name} names ${ipamType}`] : [];
}
