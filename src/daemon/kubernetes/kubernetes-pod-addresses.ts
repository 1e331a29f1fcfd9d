import type { PodRef } from '../../ipam/attachment.ts';
import type { PodAddresses } from '../../ipam/cluster-port.ts';
import { isAlive, type ShownPod, shownAddresses } from '../../ipam/shown-pod.ts';
import { collectionPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { podType } from '../../store/kubernetes/core.ts';

/** Which Pods have which addresses, as kubelet and Multus have told the API server. */
export class KubernetesPodAddresses implements PodAddresses {
  readonly #client: KubernetesClient;

  constructor(client: KubernetesClient) {
    this.#client = client;
  }

  async onNode(node: string): Promise<readonly { readonly pod: PodRef; readonly addresses: readonly string[] }[]> {
    const selection = { fieldSelector: `spec.nodeName=${node}` };
    const { items } = await this.#client.list<ShownPod>(collectionPath(podType), selection);
    return items.filter(isAlive).map((pod) => ({ pod: refOf(pod), addresses: addressesOf(pod) }));
  }
}

function refOf({ metadata: { namespace = '', name, uid } }: ShownPod): PodRef {
  return { namespace, name, uid };
}

/** Each once, as it is written. */
export function addressesOf(pod: Parameters<typeof shownAddresses>[0]): readonly string[] {
  return [...new Set(shownAddresses(pod).map(({ ip }) => ip))];
}
