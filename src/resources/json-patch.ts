import { ownValue } from './own-value.ts';

/** One step of a JSON patch (RFC 6902). */
export type PatchStep =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What makes `after` of `before`: field by field in objects, lists as a whole. Both are JSON values. */
export function jsonPatch(before: unknown, after: unknown, path = ''): readonly PatchStep[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ op: 'replace', path, value: after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key): readonly PatchStep[] => {
    const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const [was, is] = [ownValue(before, key), ownValue(after, key)];
    if (is === undefined) return was === undefined ? [] : [{ op: 'remove', path: at }];
    return was === undefined ? [{ op: 'add', path: at, value: is }] : jsonPatch(was, is, at);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
