import { IpamError } from '../../resources/errors.ts';
import { formatJson, readJson } from '../../resources/json-text.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { KeyValue } from './messages.ts';
import { formatVersion, type Version } from './version.ts';

/** A value as it is stored: the resource without its version and, when it was written in a group, its place in that. */
type Kept = Resource & { readonly groupIndex?: number };

/** JSON of a resource; etcd itself keeps the version. */
export function encodeValue(resource: Resource): string {
  const { resourceVersion: _, ...metadata } = resource.metadata;
  return formatJson({ ...resource, metadata });
}

/** The same value, written in a group. */
export function inGroup(value: string, index: number): string {
  return `${value.slice(0, -1)},"groupIndex":${index}}`;
}

/** @throws IpamError storage-damaged: somebody else wrote there */
export function decodeValue<R extends Resource>({
  key,
  value,
  mod_revision,
}: KeyValue): {
  readonly resource: Stored<R>;
  readonly version: Version;
} {
  const { groupIndex, ...resource } = parse(key, value);
  const version = { revision: Number(mod_revision), index: groupIndex };
  return { resource: withVersion(resource, version) as Stored<R>, version };
}

export function withVersion(resource: Resource, version: Version): Stored<Resource> {
  const metadata = { ...resource.metadata, resourceVersion: formatVersion(version) };
  return { ...resource, metadata } as Stored<Resource>;
}

function parse(key: Buffer, value: Buffer): Kept {
  try {
    const kept = readJson(value.toString('utf8')) as Kept | null;
    if (typeof kept?.metadata?.name === 'string') return kept;
  } catch (error) {
    throw foreign(key, error);
  }
  throw foreign(key, undefined);
}

function foreign(key: Buffer, cause: unknown): IpamError {
  return new IpamError('storage-damaged', `etcd: the value of ${key.toString()} is no resource`, {
    advice: 'somebody else writes under the same prefix: remove that key, or set store.etcd.prefix',
    facts: { key: key.toString() },
    ...(cause === undefined ? {} : { cause }),
  });
}
