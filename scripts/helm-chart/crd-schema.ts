import { customResourceDefinition } from '../../src/resources/custom-resource-definition.ts';
import { kindOf } from '../../src/resources/kinds.ts';
import type { JsonSchema } from './json-schema.ts';

/** What the specification of a kind may say: the schema of its definition, and no key besides. @param kind a name of it, `pool` */
export function specSchema(kind: string): JsonSchema {
  const [version] = customResourceDefinition(kindOf(kind)).spec.versions;
  const whole = version?.schema.openAPIV3Schema as { readonly properties: Record<string, JsonSchema> } | undefined;
  if (whole?.properties.spec === undefined) throw new Error(`the definition of ${kind} has no specification`);
  return closed(whole.properties.spec);
}

/** An API server drops unknown keys of an object in silence; here they are refused. */
function closed(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema)
    .filter(([key]) => key !== 'format' && key !== 'nullable' && !key.startsWith('x-kubernetes-'))
    .map(([key, value]): [string, unknown] => {
      if (key === 'properties') return [key, mapped(value as Record<string, JsonSchema>)];
      if (key === 'items' || (key === 'additionalProperties' && typeof value === 'object'))
        return [key, closed(value as JsonSchema)];
      return [key, value];
    });
  const result: JsonSchema = Object.fromEntries(entries);
  return 'properties' in result ? { ...result, additionalProperties: false } : result;
}

function mapped(properties: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, closed(one)]));
}
