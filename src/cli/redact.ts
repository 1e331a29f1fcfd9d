import { createHmac } from 'node:crypto';
import { formatJson, readJson } from '../resources/json-text.ts';

/** Keys of data under which names of somebody stand: their values are replaced wherever they stand. */
const ofNames: readonly (readonly [key: RegExp, kind: string])[] = [
  [/^(pod_?namespace|namespace|podNamespace)$/i, 'namespace'],
  [/^(node|node_?id|node_?name|known_nodes|members?_?name|host|hostname)$/i, 'node'],
  [/^(pod|pod_?name|owner_?(controller)?name|owner|identity|vm_?name)$/i, 'pod'],
];
/** Objects whose own name is somebody's: the key under which that would stand elsewhere. */
const namesake: Readonly<Record<string, string>> = { SpiderEndpoint: 'pod', IPAMNode: 'node' };
/** Of every cluster: they tell nothing, and are words of other meanings as well. */
const known: ReadonlySet<string> = new Set([
  '',
  '-',
  'default',
  'kube-system',
  'kube-public',
  'berth-system',
  'true',
  'false',
]);
const name = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Texts in which names of Pods, namespaces, nodes and owners are replaced, each by the same word throughout: who helps sees
 * what belongs together. Addresses, pools and identifiers that are random stay: it is about them.
 * @param secret of this bundle; with another the words are others, so that two bundles cannot be matched
 */
export function redact(texts: readonly string[], secret: string): readonly string[] {
  const names = new Map<string, string>();
  for (const text of texts) collect(jsonOf(text), undefined, names);
  const words = [...names.keys()].sort((a, b) => b.length - a.length);
  if (words.length === 0) return texts;
  const any = words.map((word) => RegExp.escape(word)).join('|');
  // As a whole word: what begins or ends so is another name.
  const pattern = new RegExp(`(?<![\\w.-])(?:${any})(?![\\w-]|\\.\\w)`, 'g');
  const replaced = (text: string): string =>
    text.replaceAll(pattern, (word) => `${names.get(word)}-${pseudonym(word, secret)}`);
  return texts.map((text) => {
    const data = jsonOf(text);
    return data === undefined ? labels(text, replaced) : formatJson(mapped(data, replaced, names), 2);
  });
}

function pseudonym(word: string, secret: string): string {
  return createHmac('sha256', secret).update(word).digest('hex').slice(0, 8);
}

function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

function collect(value: unknown, key: string | undefined, names: Map<string, string>): void {
  if (typeof value === 'string') {
    const kind = ofNames.find(([pattern]) => key !== undefined && pattern.test(key))?.[1];
    if (kind === undefined) return;
    for (const part of value.split('/'))
      if (name.test(part) && !known.has(part)) names.set(part, names.get(part) ?? kind);
  } else if (Array.isArray(value)) for (const one of value) collect(one, key, names);
  else if (typeof value === 'object' && value !== null) {
    const { kind, metadata } = value as { readonly kind?: unknown; readonly metadata?: { readonly name?: unknown } };
    const named = typeof kind === 'string' ? namesake[kind] : undefined;
    if (named !== undefined) collect(metadata?.name, named, names);
    for (const [inner, one] of Object.entries(value)) {
      // The nodes themselves are the keys of this one.
      if (key === 'node_stats') collect(inner, 'node', names);
      collect(one, inner, names);
    }
  }
}

/** Values, and keys that are names themselves: not those that only sound so. */
function mapped(value: unknown, replaced: (text: string) => string, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return replaced(value);
  if (Array.isArray(value)) return value.map((one) => mapped(one, replaced, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      names.get(key) === 'node' ? replaced(key) : key,
      mapped(one, replaced, names),
    ]),
  );
}

/** Of what is no JSON, such as metrics: what stands in quotes. */
function labels(text: string, replaced: (text: string) => string): string {
  return text.replaceAll(/"(?:\\.|[^"\\])*"/g, replaced);
}
