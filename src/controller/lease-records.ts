import { collectionPath, objectPath } from '../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../store/kubernetes/client.ts';
import { leaseType } from '../store/kubernetes/core.ts';

/** A coordination.k8s.io/v1 Lease, as far as an election needs it. Times are RFC 3339 with microseconds. */
export interface Lease {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly spec: {
    /** Empty: nobody, the last one let go. */
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly acquireTime?: string | null;
    readonly renewTime?: string | null;
    readonly leaseTransitions?: number | null;
  };
}

/** Where the lease of one election is kept. */
export interface LeaseRecords {
  get(signal: AbortSignal): Promise<Lease | undefined>;
  /** @throws IpamError already-exists */
  create(spec: Lease['spec'], signal: AbortSignal): Promise<Lease>;
  /** @throws IpamError conflict when it has changed since, not-found */
  replace(lease: Lease, signal: AbortSignal): Promise<Lease>;
}

export class KubernetesLease implements LeaseRecords {
  readonly #client: KubernetesClient;
  readonly #name: { readonly namespace: string; readonly name: string };

  constructor(client: KubernetesClient, name: { readonly namespace: string; readonly name: string }) {
    this.#client = client;
    this.#name = name;
  }

  get(signal: AbortSignal): Promise<Lease | undefined> {
    return this.#client.get<Lease>(objectPath(leaseType, this.#name), signal);
  }

  create(spec: Lease['spec'], signal: AbortSignal): Promise<Lease> {
    const lease = { apiVersion: leaseType.apiVersion, kind: leaseType.kind, metadata: this.#name, spec };
    return this.#client.create<Lease>(collectionPath(leaseType, this.#name.namespace), lease, signal);
  }

  replace(lease: Lease, signal: AbortSignal): Promise<Lease> {
    return this.#client.replace<Lease>(objectPath(leaseType, this.#name), lease, signal);
  }
}
