import type { Resource, Stored } from '../resources/resource.ts';
import type { ResourceKey, ResourceList, WatchEvent } from '../store/store.ts';

export type ApplyOutcome = 'created' | 'configured' | 'unchanged';

export interface Applied {
  readonly outcome: ApplyOutcome;
  readonly resource: Stored<Resource>;
  /** What was taken, and does not do what it seems to. */
  readonly warnings: readonly string[];
}

/** Resources as operators see them: every write passes the same rules as the admission webhook. */
export interface ResourceAdministration {
  get(key: ResourceKey): Promise<Stored<Resource> | undefined>;
  list(kind: string): Promise<ResourceList<Resource>>;
  /** Creates, or replaces the spec of, a resource. @throws invalid-config, in-use, conflict */
  apply(resource: Resource): Promise<Applied>;
  /** @throws not-found, in-use */
  delete(key: ResourceKey): Promise<void>;
  /** What `apply` would come to: the resource as it would be, without what the store gives it. @throws as apply, and unsupported */
  dryRunApply(resource: Resource): Promise<Omit<Applied, 'resource'> & { readonly resource: Resource }>;
  /** Would `delete` be carried out? @throws as delete, and unsupported */
  dryRunDelete(key: ResourceKey): Promise<void>;
  watch(kind: string, fromVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent<Resource>>;
}
