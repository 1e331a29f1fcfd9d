import { randomUUID } from 'node:crypto';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { isSelected } from '../select.ts';
import type { GetOptions, ResourceKey, ResourceList, Selection, Store, WatchEvent } from '../store.ts';
import {
  ownOf,
  type Written,
  writtenByCreate,
  writtenByDelete,
  writtenByStatusUpdate,
  writtenByUpdate,
} from '../write-semantics.ts';
import type { EtcdClient } from './client.ts';
import { GroupWrites } from './group-writes.ts';
import { type KeyRange, Keys } from './keys.ts';
import type { KeyValue } from './messages.ts';
import { decodeValue, encodeValue, withVersion } from './value.ts';
import { parseVersion } from './version.ts';
import { watchRange } from './watch.ts';
import type { WriteResult } from './write.ts';

export interface EtcdStoreOptions {
  /** Several stores may share one; it is closed by who made it. */
  readonly client: EtcdClient;
  /** What all keys begin with. */
  readonly prefix?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newUid: () => string;
}

export const defaultPrefix = '/berth/v1';
const pageSize = 1_000;
/** First attempt of a page, milliseconds: it may be some megabytes. */
const pageAttemptMs = 3_000;
/** A list of a million objects takes some ten seconds. */
const pageDeadlineMs = 30_000;
/** How often a list begins anew because its version was compacted, and a delete because the object was changed. */
const repeatLimit = 100;

/**
 * The resource port on etcd. Writes that wait at the same time share a transaction (GroupWrites), and each is carried
 * out exactly once although answers get lost (WriteSession).
 */
export class EtcdStore implements Store {
  readonly #client: EtcdClient;
  readonly #keys: Keys;
  readonly #now: () => number;
  readonly #newUid: () => string;
  readonly #writes: GroupWrites;
  readonly #closing = new AbortController();

  /** @throws IpamError invalid-config */
  constructor({ client, prefix = defaultPrefix, now, newUid }: EtcdStoreOptions) {
    this.#client = client;
    this.#keys = new Keys(prefix);
    this.#now = now;
    this.#newUid = newUid;
    const id = randomUUID();
    this.#writes = new GroupWrites(client, (session) => this.#keys.writeSession(`${id}.${session}`));
  }

  async get<R extends Resource>(key: ResourceKey, { stale = false }: GetOptions = {}): Promise<Stored<R> | undefined> {
    this.#requireOpen();
    // The nearest member answers from what it has, and asks no other.
    const { kvs } = await this.#client.range({ key: this.#keys.object(key), serializable: stale });
    return kvs[0] === undefined ? undefined : decodeValue<R>(kvs[0]).resource;
  }

  async list<R extends Resource>(kind: string, selection?: Selection): Promise<ResourceList<R>> {
    this.#requireOpen();
    for (let round = 1; ; round += 1) {
      try {
        const { items, revision, origin } = await this.#pages<R>(this.#keys.kind(kind), selection);
        return { items: items.sort(byNamespaceAndName), version: revision, origin };
      } catch (error) {
        if (!isIpamError(error, 'compacted') || round === repeatLimit) throw error;
      }
    }
  }

  async create<R extends Resource>(resource: R, uid = this.#newUid()): Promise<Stored<R>> {
    this.#requireOpen();
    const written = writtenByCreate(resource, { uid, creationTimestamp: new Date(this.#now()).toISOString() });
    const result = await this.#write(written, 0);
    if (result.type === 'done') return withVersion(written.resource, result.version) as Stored<R>;
    if (result.present === undefined) throw new Error('etcd refused a create although nothing was there');
    return ownOf(decodeValue<R>(result.present).resource, uid);
  }

  update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#change(resource, writtenByUpdate);
  }

  updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#change(resource, writtenByStatusUpdate);
  }

  async delete(key: ResourceKey, resourceVersion: string | undefined): Promise<void> {
    this.#requireOpen();
    for (let round = 1; ; round += 1) {
      const { resource, revision } = await this.#present(key, resourceVersion);
      const written = writtenByDelete(resource, new Date(this.#now()).toISOString());
      if (written === undefined) return;
      const result = await this.#write(written, revision);
      if (result.type === 'done') return;
      if (resourceVersion !== undefined || round === repeatLimit) throw refusal(key, resourceVersion, result.present);
    }
  }

  async *watch<R extends Resource>(
    kind: string,
    fromVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<R>> {
    this.#requireOpen();
    const end = AbortSignal.any([signal, this.#closing.signal, this.#client.closing]);
    yield* watchRange<R>(this.#client, this.#keys.kind(kind), parseVersion(fromVersion), end);
  }

  /** Ends its watches; the client stays open. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#writes.close();
  }

  async #change<R extends Resource>(
    next: Stored<R>,
    change: (present: Stored<Resource>, next: Resource) => Written,
  ): Promise<Stored<R>> {
    this.#requireOpen();
    const { resourceVersion } = next.metadata;
    const key = keyOf(next);
    const { resource, revision } = await this.#present(key, resourceVersion);
    const written = change(resource, next);
    const result = await this.#write(written, revision);
    if (result.type === 'done') return withVersion(written.resource, result.version) as Stored<R>;
    throw refusal(key, resourceVersion, result.present);
  }

  async #write({ type, resource }: Written, expected: number): Promise<WriteResult> {
    const value = type === 'deleted' ? undefined : encodeValue(resource);
    try {
      return await this.#writes.write({ key: this.#keys.object(keyOf(resource)), expected, value });
    } catch (error) {
      if (!isIpamError(error, 'invalid-argument')) throw error;
      throw tooLarge(resource, value ?? '', error);
    }
  }

  /**
   * The object at a version, or the present one. What a member has of a version is right even when it lags behind, so the
   * cluster is asked only when the nearest member has another one.
   * @throws IpamError conflict, not-found
   */
  async #present(
    key: ResourceKey,
    resourceVersion: string | undefined,
  ): Promise<{ readonly resource: Stored<Resource>; readonly revision: number }> {
    const request = { key: this.#keys.object(key) };
    if (resourceVersion !== undefined) {
      const { kvs } = await this.#client.range({ ...request, serializable: true });
      const found = atVersion(kvs[0], resourceVersion);
      if (found !== undefined) return found;
    }
    const { kvs } = await this.#client.range(request);
    const found = atVersion(kvs[0], resourceVersion);
    if (found === undefined) throw refusal(key, resourceVersion, kvs[0]);
    return found;
  }

  /** All of a range that is selected, in pages of one revision: never more than a page of what is not. @throws IpamError compacted */
  async #pages<R extends Resource>(
    { key, range_end }: KeyRange,
    selection: Selection | undefined,
  ): Promise<{ readonly items: Stored<R>[]; readonly revision: string; readonly origin: string }> {
    const items: Stored<R>[] = [];
    let start = key;
    let revision = '0';
    for (;;) {
      const page = await this.#client.range(
        { key: start, range_end, limit: pageSize, revision },
        { attemptMs: pageAttemptMs, deadlineMs: pageDeadlineMs },
      );
      this.#requireOpen();
      for (const kv of page.kvs) {
        const { resource } = decodeValue<R>(kv);
        if (isSelected(resource, selection)) items.push(resource);
      }
      if (revision === '0') revision = page.header.revision;
      const last = page.kvs.at(-1);
      if (!page.more || last === undefined) return { items, revision, origin: page.header.cluster_id };
      start = Buffer.concat([last.key, Buffer.of(0)]);
    }
  }

  #requireOpen(): void {
    if (this.#closing.signal.aborted) throw new IpamError('store-unavailable', 'etcd: the store is closed');
  }
}

function atVersion(kv: KeyValue | undefined, resourceVersion: string | undefined) {
  if (kv === undefined) return undefined;
  const { resource, version } = decodeValue<Resource>(kv);
  if (resourceVersion !== undefined && resource.metadata.resourceVersion !== resourceVersion) return undefined;
  return { resource, revision: version.revision };
}

function refusal(key: ResourceKey, resourceVersion: string | undefined, present: KeyValue | undefined): IpamError {
  const { kind, name } = key;
  const facts = { kind, name };
  if (present === undefined) return new IpamError('not-found', `no ${kind} is named "${name}"`, { facts });
  const is = decodeValue(present).resource.metadata.resourceVersion;
  const was = resourceVersion === undefined ? '' : `, not ${resourceVersion}`;
  return new IpamError('conflict', `${kind} "${name}" has changed: it is at version ${is}${was}`, {
    advice: 'read it again and repeat the change',
    facts,
  });
}

function tooLarge({ kind, metadata: { name } }: Resource, value: string, { message, advice }: IpamError): IpamError {
  const bytes = Buffer.byteLength(value);
  return new IpamError('invalid-argument', `${kind} "${name}" of ${bytes} bytes: ${message}`, {
    advice,
    facts: { kind, name, bytes },
  });
}

function keyOf({ kind, metadata }: Resource): ResourceKey {
  return { kind, name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) };
}

function byNamespaceAndName(a: Resource, b: Resource): number {
  return compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compare(a.metadata.name, b.metadata.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
