import type { Metadata, Resource } from '../resources/resource.ts';
import type { ResourceKey } from './store.ts';

/** No store gives a uid like this. */
const mark = 'unreadable:';

/**
 * What stands for a value that is no resource of its key (not JSON, cut off, of another kind or name): an object of that
 * name without a spec. So the name is not lost from a list, whoever parses the object finds it malformed, and who deletes
 * it, deletes the value.
 */
export function unreadable({ kind, name, namespace }: ResourceKey): Resource {
  const metadata = { name, uid: `${mark}${kind}/${namespace ?? ''}/${name}`, creationTimestamp: beginning };
  return {
    apiVersion: '',
    kind,
    metadata: namespace === undefined ? metadata : { ...metadata, namespace },
    spec: undefined,
  };
}

const beginning = '1970-01-01T00:00:00.000Z';

export function isUnreadable({ metadata }: Resource): boolean {
  return metadata.uid?.startsWith(mark) ?? false;
}

/** Is a stored value the resource that its key says, with all that a store gives? Of its spec nothing is asked. */
export function isResourceOf(value: unknown, { kind, name, namespace }: ResourceKey): value is Resource {
  if (!isObject(value) || value.kind !== kind || typeof value.apiVersion !== 'string') return false;
  const { metadata } = value;
  if (!isObject(metadata) || metadata.name !== name || (metadata.namespace ?? undefined) !== namespace) return false;
  return (['uid', 'creationTimestamp'] as const).every((key) => typeof metadata[key] === 'string') && hasForm(metadata);
}

/** Fields that everybody uses without looking. */
function hasForm(metadata: Partial<Record<keyof Metadata, unknown>>): boolean {
  const { labels, annotations, finalizers, ownerReferences, deletionTimestamp } = metadata;
  const isTexts = (value: unknown): boolean => Object.values(value ?? {}).every((text) => typeof text === 'string');
  return (
    [labels, annotations].every((map) => map === undefined || (isObject(map) && isTexts(map))) &&
    (finalizers === undefined || (Array.isArray(finalizers) && isTexts(finalizers))) &&
    (ownerReferences === undefined || (Array.isArray(ownerReferences) && ownerReferences.every(isObject))) &&
    (deletionTimestamp === undefined || typeof deletionTimestamp === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
