import { z } from 'zod';
import { duration } from '../../src/config/config-values.ts';
import type { SettingRows } from '../../src/config/setting.ts';
import type { JsonSchema } from './json-schema.ts';

const durationSchema: JsonSchema = {
  type: ['string', 'number'],
  pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$',
  minimum: 0,
};

interface Tree {
  [key: string]: JsonSchema | Tree;
}

/**
 * What a program's configuration file may say, for Helm to refuse the rest before anything starts. Rules that a schema of JSON cannot say
 * are the program's: it ends with status 2.
 */
export function settingsSchema(rows: SettingRows): JsonSchema {
  const tree: Tree = {};
  for (const { key, alias, schema, help } of Object.values(rows)) {
    for (const place of [key, alias])
      if (place !== undefined) put(tree, place.split('.'), { $: { ...jsonSchemaOf(schema), description: help } });
  }
  return section(tree);
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  if (schema === duration) return durationSchema;
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  return rest;
}

/** A leaf is `{ $: schema }`, so that a section may have any key. */
function put(tree: Tree, [first = '', ...rest]: readonly string[], leaf: Tree): void {
  if (rest.length === 0) {
    tree[first] = leaf;
    return;
  }
  const inner = (tree[first] ?? {}) as Tree;
  tree[first] = inner;
  put(inner, rest, leaf);
}

function section(tree: Tree): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(tree).map(([key, one]) => [key, '$' in one ? one.$ : section(one as Tree)]),
  );
  return { type: 'object', properties, additionalProperties: false };
}
