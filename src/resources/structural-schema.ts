import { z } from 'zod';

/**
 * A schema as a CustomResourceDefinition may have it: the structural subset of OpenAPI v3 that
 * apiextensions.k8s.io/v1 takes. No references, no alternatives of type, and no `additionalProperties`
 * beside `properties`: an API server drops fields that nobody declared.
 */
export interface StructuralSchema {
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly pattern?: string;
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly [limit: `${'min' | 'max'}${string}`]: unknown;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Means the same in both. */
const keptKeys = [
  'description',
  'default',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'x-kubernetes-map-type',
] as const;

/** What a schema takes, before it makes values of it. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  return translate(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function translate(schema: JsonSchema): StructuralSchema {
  const literals = schema.anyOf?.map((option) => (typeof option === 'object' ? option.const : undefined));
  if (literals !== undefined) {
    if (!literals.every((literal) => Number.isInteger(literal))) {
      throw new Error(`no structural schema says ${JSON.stringify(schema.anyOf)}`);
    }
    return { ...limitsOf(schema), type: 'integer', format: 'int64', enum: literals };
  }
  if (typeof schema.type !== 'string')
    throw new Error(`no structural schema without a type: ${JSON.stringify(schema)}`);
  const { properties, required, items, additionalProperties } = schema;
  return {
    ...limitsOf(schema),
    type: schema.type,
    ...(schema.type === 'integer' ? { format: 'int64' } : {}),
    ...(properties === undefined ? {} : { properties: mapValues(properties, translateAny) }),
    ...(required === undefined ? {} : { required }),
    ...(items === undefined || Array.isArray(items) ? {} : { items: translateAny(items) }),
    ...(properties === undefined && typeof additionalProperties === 'object'
      ? { additionalProperties: translateAny(additionalProperties) }
      : {}),
  };
}

function translateAny(schema: z.core.JSONSchema._JSONSchema): StructuralSchema {
  if (typeof schema === 'boolean') throw new Error('no structural schema takes anything, or nothing');
  return translate(schema);
}

/** A limit that only says how far JavaScript counts is none, and the pattern of a format may be more than RE2 reads. */
function limitsOf(schema: JsonSchema): Partial<StructuralSchema> {
  const entries = keptKeys.flatMap((key) => {
    const value = schema[key];
    const isNone = Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER || (key === 'pattern' && 'format' in schema);
    return value === undefined || isNone ? [] : [[key, value]];
  });
  return Object.fromEntries(entries) as Partial<StructuralSchema>;
}

function mapValues<T, R>(from: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(value)]));
}
