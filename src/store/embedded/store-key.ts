import type { Resource, Stored } from '../../resources/resource.ts';
import type { Change, ResourceKey } from '../store.ts';

/** Keys: `v` the last version; `o kind ns name` an object; `c version` a change. Space sorts before every name. */
export const versionKey = 'v';
const changeDigits = 16;

export function objectKey({ kind, namespace, name }: ResourceKey): string {
  return `o ${kind} ${namespace ?? ''} ${name}`;
}

/** What a key of an object names: the reverse of objectKey. */
export function keyNamed(text: string): ResourceKey {
  const [, kind = '', namespace = '', ...name] = text.split(' ');
  return { kind, name: name.join(' '), ...(namespace === '' ? {} : { namespace }) };
}

export function changeKey(version: number): string {
  return `c ${String(version).padStart(changeDigits, '0')}`;
}

export function resourceKeyOf({ kind, metadata }: Resource): ResourceKey {
  return { kind, name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) };
}

/** Where a value of the store belongs. @returns undefined when it is no resource and no change of one */
export function storedKeyOf(value: unknown): string | undefined {
  if (isResource(value)) return objectKey(resourceKeyOf(value));
  const { resource } = (value ?? {}) as Partial<Change<Resource>>;
  return isResource(resource) ? changeKey(Number(resource.metadata.resourceVersion)) : undefined;
}

/** What is no resource at all says nothing of where it belongs: a tool wrote it, and it is shown as unreadable. */
export function belongsInStore(key: string, value: unknown): boolean {
  if (key === versionKey) return typeof value === 'number';
  return (storedKeyOf(value) ?? (key.startsWith('o ') ? key : undefined)) === key;
}

function isResource(value: unknown): value is Stored<Resource> {
  const { kind, metadata } = (value ?? {}) as {
    readonly kind?: unknown;
    readonly metadata?: { readonly name?: unknown };
  };
  return typeof kind === 'string' && typeof metadata?.name === 'string';
}
