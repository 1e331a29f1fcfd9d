import type { PodRef } from '../../ipam/attachment.ts';
import type { PodAddresses } from '../../ipam/cluster-port.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { collectionPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { podType } from '../../store/kubernetes/core.ts';

type PodObject = Stored<Resource> & {
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
  };
};

/** What Multus writes of the interfaces that it adds. */
const networkStatus = 'k8s.v1.cni.cncf.io/network-status';

/** Which Pods have which addresses, as kubelet and Multus have told the API server. */
export class KubernetesPodAddresses implements PodAddresses {
  readonly #client: KubernetesClient;

  constructor(client: KubernetesClient) {
    this.#client = client;
  }

  async onNode(node: string): Promise<readonly { readonly pod: PodRef; readonly addresses: readonly string[] }[]> {
    const selection = { fieldSelector: `spec.nodeName=${node}` };
    const { items } = await this.#client.list<PodObject>(collectionPath(podType), selection);
    return items.filter(isAlive).map((pod) => ({ pod: refOf(pod), addresses: addressesOf(pod) }));
  }
}

/** The status of a Pod that has ended shows the addresses that it had. */
function isAlive({ status }: PodObject): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function refOf({ metadata: { namespace = '', name, uid } }: PodObject): PodRef {
  return { namespace, name, uid };
}

export function addressesOf({ metadata, status }: Pick<PodObject, 'metadata' | 'status'>): readonly string[] {
  const own = [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)];
  const addresses = [...own, ...ofNetworks(metadata.annotations?.[networkStatus])];
  return [...new Set(addresses.filter((one) => one !== undefined && one !== ''))] as readonly string[];
}

/** Anybody may write an annotation: what is not as Multus writes it says nothing. */
function ofNetworks(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  try {
    const networks: unknown = JSON.parse(text);
    if (!Array.isArray(networks)) return [];
    return networks
      .flatMap((network: { readonly ips?: unknown } | null) => (Array.isArray(network?.ips) ? network.ips : []))
      .filter((ip): ip is string => typeof ip === 'string');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}
