import { isIpamError } from '../../resources/errors.ts';
import { targetOf } from './api-path.ts';
import { type Query, Requests, type RequestsOptions } from './requests.ts';
import { type ObjectEvent, type WatchOptions, watchObjects } from './watch.ts';

export interface KubernetesClientOptions extends RequestsOptions {
  /** How watches behave; tests shorten it. */
  readonly watch?: Partial<WatchOptions>;
}

/** Which objects; both in the API's own syntax. */
export interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Which objects, as of when, and how long the answer may take: as the port has it (`Selection` of `store.ts`). */
export interface Selected extends Selection {
  readonly atLeast?: string;
  readonly withinMs?: number;
}

export interface ObjectList<T> {
  readonly items: readonly T[];
  /** Watch from here to see everything that the list does not show yet. */
  readonly version: string;
}

interface Page<T> {
  readonly items?: readonly T[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

export interface DeleteOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

export type PatchType = keyof typeof patchTypes;

const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const;

const pageSize = 500;

/**
 * An API server, by path: `/api/v1/namespaces/default/pods/a`. Who calls knows the objects' types. Errors are
 * IpamErrors: `not-found`, `already-exists`, `conflict`, `compacted`, `permission-denied`, `invalid-config` (the
 * server refused the object) and `store-unavailable`. After the last a write may or may not have happened;
 * what surely was not carried out is repeated, until the deadline.
 */
export class KubernetesClient {
  readonly #requests: Requests;
  readonly #watch: WatchOptions;
  /** The namespace that the configuration names for us. */
  readonly namespace: string | undefined;

  constructor(options: KubernetesClientOptions) {
    this.#requests = new Requests(options);
    this.namespace = options.access.namespace;
    // Between five and ten minutes: watches that began together do not end together.
    const timeoutSeconds = 300 + Math.floor(Math.random() * 300);
    this.#watch = { timeoutSeconds, graceMs: 15_000, bookmarkMs: 180_000, ...options.watch };
  }

  /** @returns undefined when there is no such object */
  async get<T>(path: string, signal?: AbortSignal, { stale = false } = {}): Promise<T | undefined> {
    try {
      // Version 0: what the server has in its memory, without a word to etcd.
      const query = stale ? { resourceVersion: '0' } : {};
      return await this.#requests.json<T>({ verb: 'get', method: 'GET', path, query, signal });
    } catch (error) {
      if (isIpamError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** In pages of 500, which all show one version. */
  async list<T>(path: string, selection: Selection = {}, signal?: AbortSignal): Promise<ObjectList<T>> {
    try {
      return await this.#pages<T>(path, { ...selection, limit: String(pageSize) }, signal);
    } catch (error) {
      if (!isIpamError(error, 'compacted')) throw error;
      // The version was compacted between two pages. All at once cannot meet that again.
      return this.#pages<T>(path, { ...selection }, signal);
    }
  }

  /**
   * What of a collection is selected, all at once: so a server answers out of its memory, as it is at the time of the call
   * (Kubernetes 1.31 and later; one before reads the whole collection from etcd, pages or not). To ask its memory for the version
   * of now does not do: before 1.31 the memory of a kind that nobody writes to never hears of it, and the call times out. A version
   * that an object of the kind has, it does hear of.
   */
  async listSelected<T>(path: string, selected: Selected, signal?: AbortSignal): Promise<ObjectList<T>> {
    const { labelSelector, fieldSelector, atLeast, withinMs } = selected;
    const version = atLeast === undefined ? {} : { resourceVersion: atLeast, resourceVersionMatch: 'NotOlderThan' };
    const query = { labelSelector, fieldSelector, ...version };
    const { items = [], metadata } = await this.#page<T>(path, query, signal, withinMs);
    return { items, version: metadata.resourceVersion };
  }

  /**
   * Every change after a version, in order, and bookmarks, until the signal aborts or the client closes. Goes on by
   * itself when the server ends the request after its time.
   * @throws IpamError compacted: list again; store-unavailable: go on from the version of the last event
   */
  watch<T>(
    path: string,
    fromVersion: string,
    signal: AbortSignal,
    selection: Selection = {},
  ): AsyncIterable<ObjectEvent<T>> {
    const end = AbortSignal.any([signal, this.#requests.closing]);
    const open = (query: Query) =>
      this.#requests.stream({ verb: 'watch', method: 'GET', path, query: { ...selection, ...query }, signal: end });
    return watchObjects<T>(open, targetOf(path), fromVersion, end, this.#watch);
  }

  /** @param path of the collection. @throws IpamError already-exists */
  create<T>(path: string, object: unknown, signal?: AbortSignal): Promise<T> {
    return this.#requests.json({ verb: 'create', method: 'POST', path, body: object, signal });
  }

  /** Replaces an object, or a subresource of it, when its resourceVersion is the present one. @throws IpamError conflict, not-found */
  replace<T>(path: string, object: unknown, signal?: AbortSignal): Promise<T> {
    return this.#requests.json({ verb: 'update', method: 'PUT', path, body: object, signal });
  }

  /** @throws IpamError not-found; conflict when the patch names another version than the present one */
  patch<T>(path: string, patch: unknown, type: PatchType = 'merge', signal?: AbortSignal): Promise<T> {
    const contentType = patchTypes[type];
    return this.#requests.json({ verb: 'patch', method: 'PATCH', path, body: patch, contentType, signal });
  }

  /** @throws IpamError not-found; conflict when another version or uid is there than the preconditions say */
  async delete(path: string, options: DeleteOptions = {}, signal?: AbortSignal): Promise<void> {
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...options };
    await this.#requests.json({ verb: 'delete', method: 'DELETE', path, body, signal });
  }

  /** Ends watches, gives up requests on their way, and refuses others. */
  close(): void {
    this.#requests.close();
  }

  async #pages<T>(path: string, query: Query, signal: AbortSignal | undefined): Promise<ObjectList<T>> {
    const items: T[] = [];
    for (let token = ''; ; ) {
      const page = await this.#page<T>(path, { ...query, ...(token === '' ? {} : { continue: token }) }, signal);
      for (const item of page.items ?? []) items.push(item);
      token = page.metadata.continue ?? '';
      if (token === '') return { items, version: page.metadata.resourceVersion };
    }
  }

  #page<T>(path: string, query: Query, signal: AbortSignal | undefined, withinMs?: number): Promise<Page<T>> {
    return this.#requests.json<Page<T>>({ verb: 'list', method: 'GET', path, query, signal, withinMs });
  }
}
