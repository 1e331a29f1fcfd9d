import type { z } from 'zod';
import { briefValue, schemaIssues } from '../schema.ts';
import type { TopologyProblems } from './problems.ts';
import type { Path } from './topology.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function requireObject(
  value: unknown,
  path: Path,
  problems: TopologyProblems,
  advice: string,
): Fields | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  problems.add(path, `must be an object (got ${briefValue(value)})`, advice);
  return undefined;
}

export function requireList(value: unknown, path: Path, most: number, problems: TopologyProblems): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.add(path, `must be a list (got ${briefValue(value)})`, 'begin each entry with "- " in YAML, or write […]');
    return [];
  }
  if (value.length <= most) return value;
  problems.add(path, `has ${value.length} entries, more than ${most}`);
  return [];
}

/** @param inner keys that something else reads: they are named among the known ones */
export function readWith<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: Path,
  problems: TopologyProblems,
  inner: readonly string[],
): T | undefined {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  for (const { path: within, message, keys } of schemaIssues(outcome.error, value)) {
    const at = [...path, ...within];
    const known = keys === undefined ? [] : inner;
    // Each unknown key has a line of its own.
    for (const place of keys?.map((key) => [...at, key]) ?? [at]) problems.add(place, [message, ...known].join(', '));
  }
  return undefined;
}

export function without(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}
