import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { IpamError } from '../resources/errors.ts';
import { formatJson, readJson } from '../resources/json-text.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { GetOptions, ResourceKey, ResourceList, Selection, Store, WatchEvent } from '../store/store.ts';
import { isResourceOf } from '../store/unreadable.ts';
import type { ChannelSecurity } from '../tls/channel.ts';
import type { StoreClient } from './generated/ipam/Store.ts';
import type { StoredObject__Output } from './generated/ipam/StoredObject.ts';
import type { StoreEvent__Output } from './generated/ipam/StoreEvent.ts';
import type { StorePage__Output } from './generated/ipam/StorePage.ts';
import { contract } from './proto.ts';
import { remoteError } from './remote-error.ts';

/** A write in etcd takes milliseconds; the time that it needs to find a new leader is a matter of further attempts. */
const callMs = 2_000;
/** A kind may have a hundred thousand objects. */
const listMs = 30_000;
/** How soon a server says something on a stream: to the watch, where it begins; to the list, its first page. */
const firstMessageMs = 5_000;

const channelOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // A connection can die without a sign: without pings a quiet watch would wait on it for ever.
  'grpc.keepalive_time_ms': 5_000,
  'grpc.keepalive_timeout_ms': 3_000,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  // Servers are chosen by us; a channel of one address needs no pool of others' connections.
  'grpc.use_local_subchannel_pool': 1,
};

type Callback<T> = (error: ServiceError | null, message?: T) => void;

/** The service ipam.Store of one server. Each call is one attempt, and says when it was surely not carried out. */
export class ServerStore implements Store {
  readonly #address: string;
  readonly #client: StoreClient;
  readonly #callMs: number;

  /** @param longestCallMs how long a call other than a list is waited for, milliseconds */
  constructor(address: string, { credentials, options }: ChannelSecurity, longestCallMs = callMs) {
    this.#address = address;
    this.#callMs = longestCallMs;
    this.#client = new contract.Store(address, credentials, { ...channelOptions, ...options });
  }

  async get<R extends Resource>(key: ResourceKey, { stale = false }: GetOptions = {}): Promise<Stored<R> | undefined> {
    const { json } = await this.#call<StoredObject__Output>((deadline, done) =>
      this.#client.Get({ ...keyMessage(key), stale }, deadline, done),
    );
    return json === '' ? undefined : this.#parsed<R>(json);
  }

  async list<R extends Resource>(kind: string, { labels = {} }: Partial<Selection> = {}): Promise<ResourceList<R>> {
    const items: Stored<R>[] = [];
    let [version, origin] = ['', ''];
    const call = this.#client.List({ kind, labels }, { deadline: Date.now() + listMs });
    for await (const page of this.#messages<StorePage__Output>(call)) {
      for (const json of page.json) items.push(this.#parsed<R>(json));
      ({ version, origin } = page);
    }
    if (version === '') throw new IpamError('store-unavailable', `${this.#address}: the list ended before its end`);
    return origin === '' ? { items, version } : { items, version, origin };
  }

  async create<R extends Resource>(resource: R, uid = ''): Promise<Stored<R>> {
    return this.#object<R>(
      await this.#call<StoredObject__Output>((deadline, done) =>
        this.#client.Create({ json: formatJson(resource), uid }, deadline, done),
      ),
    );
  }

  async update<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#object<R>(
      await this.#call<StoredObject__Output>((deadline, done) =>
        this.#client.Update({ json: formatJson(resource) }, deadline, done),
      ),
    );
  }

  async updateStatus<R extends Resource>(resource: Stored<R>): Promise<Stored<R>> {
    return this.#object<R>(
      await this.#call<StoredObject__Output>((deadline, done) =>
        this.#client.UpdateStatus({ json: formatJson(resource) }, deadline, done),
      ),
    );
  }

  async delete(key: ResourceKey, resourceVersion = ''): Promise<void> {
    const request = { key: keyMessage(key), resource_version: resourceVersion };
    await this.#call((deadline, done) => this.#client.Delete(request, deadline, done));
  }

  async *watch<R extends Resource>(
    kind: string,
    fromVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<R>> {
    if (signal.aborted) return;
    const call = this.#client.Watch({ kind, from_version: fromVersion });
    const end = (): void => call.cancel();
    signal.addEventListener('abort', end);
    try {
      for await (const { type, json, version, interrupted } of this.#messages<StoreEvent__Output>(call)) {
        if (signal.aborted) return;
        if (type === 'bookmark') yield interrupted ? { type, version, interrupted } : { type, version };
        else yield { type: changeType(type), resource: this.#parsed<R>(json) };
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', end);
      call.cancel();
    }
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  #call<T>(start: (options: { deadline: number }, done: Callback<T>) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      start({ deadline: Date.now() + this.#callMs }, (error, message) => {
        if (error !== null) reject(remoteError(error, this.#address));
        else if (message === undefined) reject(new IpamError('store-unavailable', `${this.#address}: an empty answer`));
        else resolve(message);
      });
    });
  }

  #object<R extends Resource>({ json }: StoredObject__Output): Stored<R> {
    return this.#parsed<R>(json);
  }

  /** Any server of ours sends resources, at least by their metadata: what does not is asked no more, and the next one is. */
  #parsed<R extends Resource>(json: string): Stored<R> {
    try {
      const value = readJson(json) as Partial<Stored<R>> | null;
      const { kind = '', metadata } = value ?? {};
      const key = { kind, name: metadata?.name ?? '' };
      const { namespace, resourceVersion } = metadata ?? {};
      const isWhole = isResourceOf(value, namespace === undefined ? key : { ...key, namespace });
      if (isWhole && /^\d+(\.\d+)?$/.test(String(resourceVersion))) return value as Stored<R>;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    throw new IpamError('store-unavailable', `${this.#address} sent what is no resource`, {
      advice: 'look whether that address is an ipam-daemon of this cluster, of this version',
    });
  }

  /** The messages of a stream. One whose first does not come in time is given up. */
  async *#messages<T>(call: ClientReadableStream<T>): AsyncGenerator<T> {
    let silent = false;
    const timer = setTimeout(() => {
      silent = true;
      call.cancel();
    }, firstMessageMs);
    try {
      for await (const message of call) {
        clearTimeout(timer);
        yield message as T;
      }
    } catch (error) {
      if (silent) throw new IpamError('store-unavailable', `${this.#address} is silent`, { cause: error });
      throw remoteError(error as ServiceError, this.#address);
    } finally {
      clearTimeout(timer);
    }
  }
}

function keyMessage({ kind, name, namespace = '' }: ResourceKey) {
  return { kind, name, namespace };
}

function changeType(text: string): 'added' | 'modified' | 'deleted' {
  if (text === 'added' || text === 'modified' || text === 'deleted') return text;
  throw new IpamError('incompatible-version', `the server sends events of a type not known here: "${text}"`);
}
