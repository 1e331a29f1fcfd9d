/** A JSON Schema, draft 7: what Helm 3 and 4 both judge values by. */
export type JsonSchema = { readonly [key: string]: unknown };

export const flag: JsonSchema = { type: 'boolean' };
export const text: JsonSchema = { type: 'string' };
export const port: JsonSchema = { type: 'integer', minimum: 1, maximum: 65_535 };
/** Of a host: what a Pod mounts from it. */
export const hostPath: JsonSchema = { type: 'string', pattern: '^/' };

export function oneOf(...values: readonly string[]): JsonSchema {
  return { type: 'string', enum: values };
}

export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export function mapOf(values: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: values };
}

/** An object with these keys and no others. */
export function object(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema {
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
  };
}

export const textMap = mapOf(text);
const quantities = mapOf({ type: ['string', 'number'], pattern: '^[0-9.]+([eE][0-9]+|m|[kKMGTPE]i?)?$' });
export const resources = object({ requests: quantities, limits: quantities });
export const tolerations = list(
  object({
    key: text,
    operator: oneOf('Exists', 'Equal'),
    value: text,
    effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    tolerationSeconds: { type: 'integer' },
  }),
);
const anything: JsonSchema = { type: 'object' };
export const affinity = object({ nodeAffinity: anything, podAffinity: anything, podAntiAffinity: anything });
export const environment = list({
  type: 'object',
  properties: { name: { type: 'string', minLength: 1 } },
  required: ['name'],
});
