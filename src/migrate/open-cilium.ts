import type { ShownPod } from '../ipam/shown-pod.ts';
import { IpamError } from '../resources/errors.ts';
import { goField } from '../resources/go-json.ts';
import { collectionPath, objectPath, type ResourceType } from '../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../store/kubernetes/client.ts';
import { daemonSetType, podType } from '../store/kubernetes/core.ts';
import { ciliumHoldings } from './cilium/holdings.ts';
import type { CiliumConfig } from './cilium/pools.ts';
import { nobodysNode } from './foreign.ts';
import { noHoldings, type SourceContents } from './holdings.ts';
import { importLeases } from './import-leases.ts';
import { listIfKnown, listOrNone, type Named, openCluster } from './open-kubernetes.ts';
import type { Source } from './places.ts';

const cluster = { namespaced: false, statusSubresource: false } as const;
const pools: ResourceType = {
  ...cluster,
  apiVersion: 'cilium.io/v2alpha1',
  kind: 'CiliumPodIPPool',
  plural: 'ciliumpodippools',
};
const nodes: ResourceType = { ...cluster, apiVersion: 'cilium.io/v2', kind: 'CiliumNode', plural: 'ciliumnodes' };
const endpoints: ResourceType = {
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumEndpoint',
  plural: 'ciliumendpoints',
  namespaced: true,
  statusSubresource: false,
};
const configMap: ResourceType = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  statusSubresource: false,
};

/** Where Cilium's agents have their settings, and what they are called: names of its Helm chart. */
const [agent, settings, home] = ['cilium', 'cilium-config', 'kube-system'];
const delegated = 'delegated-plugin';

/** A cluster whose addresses Cilium's IPAM gives, in whichever of its modes that keep them in its objects. */
export function ciliumSource(kubeconfig: string | undefined, network = 'cilium'): Source {
  const client = openCluster(kubeconfig);
  const read = async (): Promise<SourceContents> => {
    const known = await listIfKnown(client, nodes);
    if (known === undefined) {
      throw new IpamError('invalid-argument', "the cluster has no CiliumNode objects of Cilium's", {
        advice: 'name the kubeconfig of the cluster that Cilium serves: --from cilium:/path/kubeconfig',
      });
    }
    const found = ciliumHoldings({
      pools: await listOrNone(client, pools),
      nodes: known,
      endpoints: await listOrNone(client, endpoints),
      pods: (await client.list<ShownPod>(collectionPath(podType))).items,
      config: await configOf(client),
      network,
    });
    const imported = importLeases(found.leases, {
      pools: found.pools,
      daemon: nobodysNode,
      advice:
        'make a CiliumPodIPPool that has it, or restart the Pod, which gets an address of a pool then, and repeat',
    });
    return {
      ...noHoldings,
      resources: [...found.pools, ...imported.claims],
      conflicts: [...found.conflicts, ...imported.conflicts],
      leftOut: found.leftOut,
      warnings: [...found.warnings, ...imported.warnings],
    };
  };
  return { store: undefined, settleMs: 0, read, inUse: () => reasons(client), close: async () => client.close() };
}

async function configOf(client: KubernetesClient): Promise<CiliumConfig | undefined> {
  const data = goField(await client.get<unknown>(objectPath(configMap, { name: settings, namespace: home })), 'data');
  return typeof data === 'object' && data !== null ? (data as CiliumConfig) : undefined;
}

/** Why Cilium may still give addresses out: its mode is another, or agents run that were started with another. */
async function reasons(client: KubernetesClient): Promise<readonly string[]> {
  type DaemonSet = Named & {
    readonly metadata: { readonly generation?: number };
    readonly status?: {
      readonly observedGeneration?: number;
      readonly desiredNumberScheduled?: number;
      readonly updatedNumberScheduled?: number;
    };
  };
  const { items } = await client.list<DaemonSet>(collectionPath(daemonSetType));
  const agents = items.filter(
    ({ metadata, status }) => metadata.name === agent && (status?.desiredNumberScheduled ?? 0) > 0,
  );
  if (agents.length === 0) return [];
  const mode = (await configOf(client))?.ipam ?? 'none that can be read';
  if (mode !== delegated) return [`ConfigMap ${home}/${settings} has ipam ${mode}, not ${delegated}`];
  return agents.flatMap(({ metadata, status = {} }) => {
    const { observedGeneration, desiredNumberScheduled = 0, updatedNumberScheduled = 0 } = status;
    const name = `DaemonSet ${metadata.namespace}/${metadata.name}`;
    if (observedGeneration !== metadata.generation) return [`${name} has changed, and nobody has looked yet`];
    if (updatedNumberScheduled === desiredNumberScheduled) return [];
    return [`${name}: ${desiredNumberScheduled - updatedNumberScheduled} agents run as before the change`];
  });
}
