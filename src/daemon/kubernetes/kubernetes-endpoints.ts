import type { Resource, Stored } from '../../resources/resource.ts';
import { collectionPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { nodeType } from '../../store/kubernetes/core.ts';
import type { PresenceList } from '../../store/presences.ts';

type NodeObject = Stored<Resource> & {
  readonly status?: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
};

/** Every node has a daemon, at the node's own address and the port that all of them have. */
export class KubernetesEndpoints implements PresenceList {
  readonly #client: KubernetesClient;
  readonly #port: number;

  constructor(client: KubernetesClient, port: number) {
    this.#client = client;
    this.#port = port;
  }

  async all(): Promise<ReadonlyMap<string, string>> {
    const { items } = await this.#client.list<NodeObject>(collectionPath(nodeType));
    return new Map(items.map((node) => [node.metadata.name, this.#endpointOf(node)]));
  }

  #endpointOf({ status }: NodeObject): string {
    const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (address === undefined) return '';
    return `${address.includes(':') ? `[${address}]` : address}:${this.#port}`;
  }
}
