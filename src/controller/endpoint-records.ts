import { endpointKind } from '../resources/endpoint.ts';
import { kindOf } from '../resources/kinds.ts';
import { spiderpoolVersion } from '../resources/pool.ts';
import type { Stored } from '../resources/resource.ts';
import { namespacePath, objectPath } from '../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../store/kubernetes/client.ts';
import type { Endpoint, EndpointStatus } from './objects.ts';

/** Names one Pod. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Writes endpoints, each in one request: they are one for each Pod, and through the store's port, where status
 * has its own write, each would cost three. A published SpiderEndpoint has no status subresource, so it can.
 */
export interface EndpointRecords {
  /** @throws IpamError already-exists */
  create(pod: PodName, status: EndpointStatus): Promise<void>;
  /** @throws IpamError conflict, not-found */
  replace(endpoint: Stored<Endpoint>, status: EndpointStatus): Promise<void>;
  /** This version and no other. @throws IpamError conflict, not-found */
  remove(endpoint: Stored<Endpoint>): Promise<void>;
}

export class KubernetesEndpointRecords implements EndpointRecords {
  readonly #client: KubernetesClient;
  readonly #type = kindOf(endpointKind);

  constructor(client: KubernetesClient) {
    this.#client = client;
  }

  async create({ namespace, name }: PodName, status: EndpointStatus): Promise<void> {
    const object = { apiVersion: spiderpoolVersion, kind: endpointKind, metadata: { namespace, name }, status };
    await this.#client.create(namespacePath(this.#type, namespace), object);
  }

  async replace(endpoint: Stored<Endpoint>, status: EndpointStatus): Promise<void> {
    await this.#client.replace(this.#pathOf(endpoint), { ...endpoint, status });
  }

  async remove(endpoint: Stored<Endpoint>): Promise<void> {
    const { uid, resourceVersion } = endpoint.metadata;
    await this.#client.delete(this.#pathOf(endpoint), { preconditions: { uid, resourceVersion } });
  }

  #pathOf({ metadata: { namespace = '', name } }: Endpoint): string {
    return objectPath(this.#type, { namespace, name });
  }
}
