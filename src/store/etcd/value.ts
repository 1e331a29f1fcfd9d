import { formatJson, readJson } from '../../resources/json-text.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { ResourceKey } from '../store.ts';
import { isResourceOf, unreadable } from '../unreadable.ts';
import { Keys } from './keys.ts';
import type { KeyValue } from './messages.ts';
import { firstDeleteIndex, formatVersion, type Version } from './version.ts';

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

/** What another program wrote there instead of a resource comes as one that cannot be read: one bad value hides no other. */
export function decodeValue<R extends Resource>({
  key,
  value,
  mod_revision,
}: KeyValue): {
  readonly resource: Stored<R>;
  readonly version: Version;
} {
  const { groupIndex, ...resource } = parse(Keys.named(key), value);
  const version = { revision: Number(mod_revision), index: groupIndex };
  return { resource: withVersion(resource, version) as Stored<R>, version };
}

export function withVersion(resource: Resource, version: Version): Stored<Resource> {
  const metadata = { ...resource.metadata, resourceVersion: formatVersion(version) };
  return { ...resource, metadata } as Stored<Resource>;
}

function parse(key: ResourceKey, value: Buffer): Kept {
  try {
    const kept: unknown = readJson(value.toString('utf8'));
    if (isResourceOf(kept, key) && hasIndex(kept)) return kept;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return unreadable(key);
}

function hasIndex({ groupIndex }: Kept): boolean {
  return groupIndex === undefined || (Number.isInteger(groupIndex) && groupIndex >= 0 && groupIndex < firstDeleteIndex);
}
