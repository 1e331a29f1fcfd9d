import { endpointKind } from '../../resources/endpoint.ts';
import { spiderpoolVersion } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Store } from '../../store/store.ts';
import type { EndpointRecords, PodName } from '../endpoint-records.ts';
import type { Endpoint, EndpointStatus } from '../objects.ts';

/** Endpoints through the port: more writes than in a cluster, and the same end. */
export class StoreEndpoints implements EndpointRecords {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async create({ namespace, name }: PodName, status: EndpointStatus): Promise<void> {
    const apiVersion = spiderpoolVersion;
    const metadata = { namespace, name };
    const made = await this.#store.create<Endpoint>({ apiVersion, kind: endpointKind, metadata, spec: {} });
    await this.replace(made, status);
  }

  async replace(endpoint: Stored<Endpoint>, status: EndpointStatus): Promise<void> {
    await this.#store.updateStatus<Endpoint>({ ...endpoint, status });
  }

  async remove({ metadata: { namespace = '', name, resourceVersion } }: Stored<Endpoint>): Promise<void> {
    await this.#store.delete({ kind: endpointKind, namespace, name }, resourceVersion);
  }
}
