import { IpamError } from '../resources/errors.ts';
import { formatJson, readJson } from '../resources/json-text.ts';
import { type Pool, poolKind } from '../resources/pool.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Presences } from '../store/presences.ts';
import type { ResourceKey, Store } from '../store/store.ts';
import { type Caller, requireOwnNode } from './caller.ts';
import { streaming, unary } from './calls.ts';
import type { StoreHandlers } from './generated/ipam/Store.ts';
import type { StoredObject } from './generated/ipam/StoredObject.ts';
import type { StoreEvent } from './generated/ipam/StoreEvent.ts';
import type { StoreKey__Output } from './generated/ipam/StoreKey.ts';
import type { StorePage } from './generated/ipam/StorePage.ts';
import type { NodeQuota } from './store-limits.ts';
import { refusalOf, type Touch } from './store-rules.ts';

export interface StoreServiceParts {
  readonly store: Store;
  /** A pool as this daemon knows it. */
  readonly pool: (name: string) => Promise<Pool | undefined>;
  readonly presences: Presences;
  readonly quota: NodeQuota;
  /** What the rules of pools say of one that a node makes: the same as to an operator. @throws IpamError */
  readonly review: (pool: Resource) => Promise<void>;
}

/** A page is sent when it has so many characters. */
const pageLimit = 256 * 1024;
/** Of `host:port`. */
const longestEndpoint = 300;
/** What no key of a store could be made of. */
const badName = /[\s\p{Cc}/]/u;

/** The resource port for daemons that keep no state of their own: reads for all, writes by the rules. */
export function storeService(parts: StoreServiceParts): StoreHandlers {
  const { store } = parts;
  return {
    Get: unary(async (message) => {
      const present = await store.get(keyOf(message), { stale: message.stale });
      return present === undefined ? { json: '' } : text(present);
    }),
    List: streaming(({ kind, labels }) => pages(store, named(kind, 'kind'), labels)),
    Create: unary(async ({ json, uid }, caller) => {
      parts.quota.requireModest(caller, json);
      const resource = parse(json);
      await requireAllowed(parts, caller, { verb: 'create', resource });
      if (caller.role === 'node' && resource.kind === poolKind) await parts.review(resource);
      await parts.quota.admit(caller, resource, json.length);
      return text(await store.create(resource, uid === '' ? undefined : named(uid, 'uid')));
    }),
    Update: unary(async ({ json }, caller) => {
      parts.quota.requireModest(caller, json);
      const resource = parseStored(json);
      await requireAllowed(parts, caller, { verb: 'update', resource, present: await shown(parts, caller, resource) });
      return text(await store.update(resource));
    }),
    UpdateStatus: unary(async ({ json }, caller) => {
      const resource = parseStored(json);
      await requireAllowed(parts, caller, { verb: 'update-status', resource });
      return text(await store.updateStatus(resource));
    }),
    Delete: unary(async ({ key, resource_version: version }, caller) => {
      const named = keyOf(key);
      if (caller.role !== 'node') {
        await requireAllowed(parts, caller, { verb: 'delete', present: undefined });
        await store.delete(named, version === '' ? undefined : version);
        return {};
      }
      const present = await store.get(named);
      if (present === undefined) throw new IpamError('not-found', `no ${named.kind} is named "${named.name}"`);
      requireVersion(present, version);
      await requireAllowed(parts, caller, { verb: 'delete', present });
      // Exactly what was looked at: the next one of that name may be somebody else's.
      await store.delete(named, present.metadata.resourceVersion);
      return {};
    }),
    Watch: streaming(({ kind, from_version: from }, signal) => events(store, named(kind, 'kind'), from, signal)),
    Announce: streaming(({ node, endpoint }, signal, caller) => {
      requireOwnNode(caller, named(node, 'node'), 'node');
      return announced(parts.presences, { node, endpoint: reachedAt(endpoint, caller) }, signal);
    }),
    ListPresent: unary(async () => {
      const present = await parts.presences.all();
      return { daemons: [...present].map(([node, endpoint]) => ({ node, endpoint })) };
    }),
  };
}

async function requireAllowed(parts: StoreServiceParts, caller: Caller, touch: Touch): Promise<void> {
  const { pool: poolName } = (touch.resource?.spec ?? {}) as { readonly pool?: unknown };
  const pool =
    caller.role === 'node' && typeof poolName === 'string' && (touch.verb === 'create' || touch.verb === 'update')
      ? await parts.pool(poolName)
      : undefined;
  const refusal = refusalOf(caller, touch, { pool });
  if (refusal !== undefined) throw refusal;
}

/** The object that an update is about, for callers to whom it matters whose that is. */
async function shown(
  { store }: StoreServiceParts,
  { role }: Caller,
  { kind, metadata: { name, namespace, resourceVersion } }: Stored<Resource>,
): Promise<Stored<Resource> | undefined> {
  if (role !== 'node') return undefined;
  const present = await store.get({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
  if (present === undefined) throw new IpamError('not-found', `no ${kind} is named "${name}"`);
  requireVersion(present, resourceVersion);
  return present;
}

function requireVersion({ kind, metadata }: Stored<Resource>, version: string): void {
  if (version === '' || version === metadata.resourceVersion) return;
  throw new IpamError('conflict', `${kind} "${metadata.name}" has changed`, { advice: 'read it again' });
}

async function* pages(store: Store, kind: string, labels: Readonly<Record<string, string>>): AsyncGenerator<StorePage> {
  const { items, version, origin = '' } = await store.list(kind, { labels });
  let json: string[] = [];
  let size = 0;
  for (const item of items) {
    const one = formatJson(item);
    json.push(one);
    size += one.length;
    if (size < pageLimit) continue;
    yield { json, version: '' };
    json = [];
    size = 0;
  }
  yield { json, version, origin };
}

async function* events(store: Store, kind: string, from: string, signal: AbortSignal): AsyncGenerator<StoreEvent> {
  // Says that the watch has begun: without, who resumes could not tell a quiet store from a dead one.
  yield { type: 'bookmark', version: from };
  for await (const event of store.watch(kind, from, signal)) {
    if (event.type === 'bookmark')
      yield { type: event.type, version: event.version, interrupted: event.interrupted ?? false };
    else yield { type: event.type, json: formatJson(event.resource) };
  }
}

/** A daemon that does not know by which address others reach it is reached where its connection comes from. */
function reachedAt(endpoint: string, { via, address }: Caller): string {
  if (endpoint.length > longestEndpoint) throw new IpamError('invalid-argument', 'endpoint is too long');
  if (!endpoint.startsWith(':') || via === 'unix') return endpoint;
  return `${address.includes(':') ? `[${address}]` : address}${endpoint}`;
}

async function* announced(
  presences: Presences,
  { node, endpoint }: { readonly node: string; readonly endpoint: string },
  signal: AbortSignal,
): AsyncGenerator<object> {
  const announcement = presences.announce(node, () => endpoint, signal);
  yield {};
  await announcement;
}

function text(resource: Resource): StoredObject {
  return { json: formatJson(resource) };
}

function keyOf(message: StoreKey__Output | null): ResourceKey {
  if (message === null) throw new IpamError('invalid-argument', 'key is missing', { facts: { field: 'key' } });
  const { kind, name, namespace } = message;
  return {
    kind: named(kind, 'kind'),
    name: named(name, 'name'),
    ...(namespace === '' ? {} : { namespace: named(namespace, 'namespace') }),
  };
}

function named(value: string, field: string): string {
  if (value !== '' && value.length <= 253 && !badName.test(value)) return value;
  throw new IpamError('invalid-argument', `${field}: ${JSON.stringify(value.slice(0, 100))} is not a valid name`, {
    facts: { field },
  });
}

function parse(json: string): Resource {
  let value: unknown;
  try {
    value = readJson(json);
  } catch (error) {
    throw new IpamError('invalid-argument', `json: ${(error as Error).message}`);
  }
  const { kind, apiVersion, metadata } = (value ?? {}) as Partial<Resource>;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string' || typeof metadata?.name !== 'string') {
    throw new IpamError('invalid-argument', 'json: not an object with kind, apiVersion and metadata.name');
  }
  named(kind, 'kind');
  named(metadata.name, 'metadata.name');
  if (metadata.namespace !== undefined) named(String(metadata.namespace), 'metadata.namespace');
  return value as Resource;
}

function parseStored(json: string): Stored<Resource> {
  const resource = parse(json);
  const { resourceVersion } = resource.metadata;
  if (typeof resourceVersion === 'string' && resourceVersion !== '') return resource as Stored<Resource>;
  throw new IpamError('invalid-argument', 'json: metadata.resourceVersion is missing');
}
