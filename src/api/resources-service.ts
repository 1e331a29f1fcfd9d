import type { Ipam } from '../ipam/port.ts';
import type { ResourceAdministration } from '../ipam/resource-port.ts';
import { IpamError } from '../resources/errors.ts';
import { formatJson, readJson } from '../resources/json-text.ts';
import { kindOf } from '../resources/kinds.ts';
import { parseResource } from '../resources/manifest.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceKey as StoreKey } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { required, streaming, unary, unaryOnceOpened } from './calls.ts';
import type { ResourceEvent } from './generated/ipam/ResourceEvent.ts';
import type { ResourceKey__Output } from './generated/ipam/ResourceKey.ts';
import type { ResourcesHandlers } from './generated/ipam/Resources.ts';

/** Of a list over plain TCP: as much as gRPC clients take by default. */
const strangerBytes = 4 * 1024 * 1024;

/** Reads go to the store itself; writes are judged by what this daemon knows once it has started. */
export function resourcesService(resources: ResourceAdministration, ipam: Pick<Ipam, 'opened'>): ResourcesHandlers {
  const served = unaryOnceOpened(ipam);
  return {
    Get: unary(async (message) => {
      const key = storeKey(message);
      const resource = await resources.get(key);
      if (resource === undefined) throw new IpamError('not-found', `no ${key.kind} is named "${key.name}"`);
      return { json: formatJson(resource) };
    }),
    List: unary(async ({ kind }, caller) => {
      const { items, version } = await resources.list(kindOf(required(kind, 'kind')).kind);
      return { json: textsOf(items, caller), version };
    }),
    Apply: served(async ({ json }) => {
      const applied = await resources.apply(parseResource(parseJson(required(json, 'json')), 'resource'));
      const { outcome, resource, warnings } = applied;
      return { outcome, json: formatJson(resource), warnings: [...warnings] };
    }),
    Delete: served(async (message) => {
      await resources.delete(storeKey(message));
      return {};
    }),
    DryRunApply: served(async ({ json }) => {
      const { outcome, resource, warnings } = await resources.dryRunApply(
        parseResource(parseJson(required(json, 'json')), 'resource'),
      );
      return { outcome, json: formatJson(resource), warnings: [...warnings] };
    }),
    DryRunDelete: served(async (message) => {
      await resources.dryRunDelete(storeKey(message));
      return {};
    }),
    Watch: streaming(({ kind, from_version }, signal) =>
      events(resources, kindOf(required(kind, 'kind')).kind, from_version, signal),
    ),
  };
}

async function* events(
  resources: ResourceAdministration,
  kind: string,
  fromVersion: string,
  signal: AbortSignal,
): AsyncGenerator<ResourceEvent> {
  const from = fromVersion === '' ? (await resources.list(kind)).version : fromVersion;
  for await (const event of resources.watch(kind, from, signal)) {
    if (event.type !== 'bookmark') yield { type: event.type, json: formatJson(event.resource) };
  }
}

/** @throws IpamError rate-limited: more than a stranger gets at once */
function textsOf(items: readonly Resource[], { role, via }: Caller): string[] {
  const most = role === 'anonymous' && via !== 'unix' ? strangerBytes : Number.POSITIVE_INFINITY;
  const texts: string[] = [];
  let size = 0;
  for (const item of items) {
    const json = formatJson(item);
    size += json.length;
    texts.push(json);
    if (size <= most) continue;
    throw new IpamError('rate-limited', `the list of ${items.length} objects has more than ${most} bytes`, {
      advice: 'ask on the Unix socket, or with a certificate',
    });
  }
  return texts;
}

function storeKey({ kind, name, namespace }: ResourceKey__Output): StoreKey {
  const info = kindOf(required(kind, 'kind'));
  return { kind: info.kind, name: required(name, 'name'), ...(namespace === '' ? {} : { namespace }) };
}

function parseJson(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    throw new IpamError('invalid-argument', `json: ${(error as Error).message}`);
  }
}
