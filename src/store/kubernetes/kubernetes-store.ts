import { IpamError } from '../../resources/errors.ts';
import { allKinds } from '../../resources/kinds.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { GetOptions, Selection as Labelled, ResourceKey, ResourceList, Store, WatchEvent } from '../store.ts';
import { collectionPath, namespacePath, objectPath, type ResourceType } from './api-path.ts';
import type { KubernetesClient, Selection } from './client.ts';

export interface KubernetesStoreOptions {
  /** Several stores may share one; it is closed by who made it. */
  readonly client: KubernetesClient;
  /** What may be asked for; by default our own kinds. Others, as Pods, can be read and reflected in the same way. */
  readonly types?: readonly ResourceType[];
}

const ownTypes = allKinds.map((info) => ({ ...info, hasStatus: info.statusSchema !== undefined }));

/** The resource port on a Kubernetes API server. */
export class KubernetesStore implements Store {
  readonly #client: KubernetesClient;
  readonly #types: ReadonlyMap<string, ResourceType>;
  readonly #closing = new AbortController();

  constructor({ client, types = ownTypes }: KubernetesStoreOptions) {
    this.#client = client;
    this.#types = new Map(types.map((type) => [type.kind, type]));
  }

  async get<R extends Resource>(key: ResourceKey, options?: GetOptions): Promise<Stored<R> | undefined> {
    const type = this.#typeOf(key.kind);
    const object = await this.#client.get<Stored<R>>(objectPath(type, key), this.#open(), options);
    return object === undefined ? undefined : tidy(type, object);
  }

  async list<R extends Resource>(kind: string, labelled?: Labelled): Promise<ResourceList<R>> {
    const type = this.#typeOf(kind);
    const [path, chosen, signal] = [collectionPath(type), selection(type, labelled?.labels), this.#open()];
    const { items, version } =
      labelled === undefined
        ? await this.#client.list<Stored<R>>(path, chosen, signal)
        : await this.#client.listSelected<Stored<R>>(path, { ...chosen, ...labelled }, signal);
    return { items: items.map((item) => tidy(type, item)).sort(byNamespaceAndName), version };
  }

  async create<R extends Resource>(resource: R, uid?: string): Promise<Stored<R>> {
    if (uid !== undefined) throw new IpamError('unsupported', 'an API server chooses the uids of its objects');
    const type = this.#typeOf(resource.kind);
    const {
      uid: _u,
      resourceVersion: _v,
      creationTimestamp: _c,
      deletionTimestamp: _d,
      ...metadata
    } = resource.metadata;
    const { status: _s, ...rest } = resource;
    const path = namespacePath(type, metadata.namespace);
    return tidy(type, await this.#client.create<Stored<R>>(path, { ...rest, metadata }, this.#open()));
  }

  async update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    const type = this.#typeOf(resource.kind);
    // The server itself leaves a status alone that has a path of its own.
    const isSafe = type.statusSubresource || type.hasStatus === false;
    const next = isSafe ? resource : withStatusOf(resource, await this.#same(resource));
    return this.#replace(type, pathOf(type, resource), next);
  }

  async updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    const type = this.#typeOf(resource.kind);
    const path = pathOf(type, resource);
    if (type.statusSubresource) return this.#replace(type, `${path}/status`, resource);
    return this.#replace(type, path, withStatusOf(await this.#same(resource), resource));
  }

  async delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    const path = objectPath(this.#typeOf(key.kind), key);
    const preconditions = resourceVersion === undefined ? {} : { preconditions: { resourceVersion } };
    await this.#client.delete(path, { propagationPolicy: 'Background', ...preconditions }, this.#open());
  }

  async *watch<R extends Resource>(
    kind: string,
    fromVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<R>> {
    const type = this.#typeOf(kind);
    const end = AbortSignal.any([signal, this.#open()]);
    for await (const event of this.#client.watch<Stored<R>>(collectionPath(type), fromVersion, end, selection(type))) {
      if (event.type === 'bookmark') yield event;
      else yield { type: event.type, resource: tidy(type, event.object) };
    }
  }

  /** Ends its watches and gives its requests up; the client stays open. */
  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** The version says enough: given the uid as well, the server calls an object that is gone a conflict. */
  async #replace<R extends Resource>(type: ResourceType, path: string, next: Stored<R>): Promise<Stored<R>> {
    const { uid: _, ...metadata } = next.metadata;
    return tidy(type, await this.#client.replace<Stored<R>>(path, { ...next, metadata }, this.#open()));
  }

  #typeOf(kind: string): ResourceType {
    const type = this.#types.get(kind);
    if (type === undefined) throw new IpamError('invalid-argument', `this store keeps no ${kind}`);
    return type;
  }

  #open(): AbortSignal {
    if (this.#closing.signal.aborted) throw new IpamError('store-unavailable', 'the store is closed');
    return this.#closing.signal;
  }

  /** The object as it is, provided that it is still the version shown. @throws IpamError conflict, not-found */
  async #same<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    const { kind, metadata } = resource;
    const { name, namespace } = metadata;
    const present = await this.get<R>({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
    if (present === undefined) throw new IpamError('not-found', `no ${kind} is named "${name}"`);
    if (present.metadata.resourceVersion === metadata.resourceVersion) return present;
    throw new IpamError('conflict', `${kind} "${name}" has changed`, { advice: 'read it again and repeat the change' });
  }
}

function withStatusOf<R extends Resource>(resource: Stored<R>, from: Stored<R>): Stored<R> {
  const { status: _, ...rest } = resource;
  return (from.status === undefined ? rest : { ...rest, status: from.status }) as Stored<R>;
}

function pathOf(type: ResourceType, { metadata: { name, namespace } }: Resource): string {
  return objectPath(type, { name, ...(namespace === undefined ? {} : { namespace }) });
}

function selection(
  { labelSelector, fieldSelector }: ResourceType,
  labels: Readonly<Record<string, string>> = {},
): Selection {
  const equal = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const chosen = [...(labelSelector === undefined ? [] : [labelSelector]), ...equal].join(',');
  return {
    ...(chosen === '' ? {} : { labelSelector: chosen }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/** As the port shows it: lists of built-in kinds name no kind, and who wrote which field is half of an object's size. */
function tidy<R extends Resource>({ kind, apiVersion }: ResourceType, object: Stored<R>): Stored<R> {
  const { managedFields: _, ...metadata } = object.metadata as Stored<R>['metadata'] & { managedFields?: unknown };
  return { ...object, kind, apiVersion, metadata };
}

/** As bytes, like the other stores: not by the rules of a language. */
function byNamespaceAndName({ metadata: a }: Resource, { metadata: b }: Resource): number {
  return compare(a.namespace ?? '', b.namespace ?? '') || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
