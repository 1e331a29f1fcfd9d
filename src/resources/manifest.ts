import { z } from 'zod';
import { IpamError } from './errors.ts';
import { allKinds, findKind } from './kinds.ts';
import { isTooDeep, nestingLimit } from './nesting.ts';
import type { Resource } from './resource.ts';
import { parseWith, strictObject } from './schema.ts';
import { yamlValues } from './yaml.ts';

const labels = z.record(z.string(), z.string());

/** RFC 1123 subdomain, as Kubernetes names are, so that a manifest works in every mode. */
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'lower-case letters, digits, "-" and "." only, at most 253');

const metadataSchema = strictObject({
  name: objectName,
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  deletionGracePeriodSeconds: z.number().optional(),
  generation: z.number().optional(),
  managedFields: z.unknown().optional(),
  labels: labels.optional(),
  annotations: labels.optional(),
  ownerReferences: z
    .array(z.object({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string() }))
    .optional(),
  finalizers: z.array(z.string()).optional(),
});

const envelopeSchema = strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
  spec: z.unknown(),
  /** Derived; accepted so that what `get -o yaml` printed can be applied again, and not read. */
  status: z.unknown().optional(),
});

/**
 * Every resource in a YAML or JSON text: one or several documents, `List`s unfolded.
 * @param source names the text in errors: a file's name, `standard input`
 * @throws IpamError invalid-config
 */
export function parseManifest(text: string, source: string): readonly Resource[] {
  return yamlValues(text, source).flatMap(({ subject, value }) =>
    (isList(value) ? value.items : [value]).map((item) => parseResource(item, subject)),
  );
}

/** One resource from data of outside, its own rules checked. @throws IpamError invalid-config */
export function parseResource(input: unknown, subject: string): Resource {
  if (isTooDeep(input))
    throw new IpamError('invalid-config', `${subject}: nested more than ${nestingLimit} levels deep`);
  const envelope = parseWith(envelopeSchema, input, subject);
  const info = findKind(envelope.kind);
  if (info === undefined || info.kind !== envelope.kind || info.apiVersion !== envelope.apiVersion) {
    const known = allKinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).join(', ');
    throw new IpamError('invalid-config', `${subject}: no kind "${envelope.kind}" in "${envelope.apiVersion}"`, {
      advice: `known: ${known}`,
    });
  }
  const { name, labels, annotations, resourceVersion } = envelope.metadata;
  const named = `${subject}: ${info.kind} "${name}"`;
  const spec = parseWith(info.specSchema, envelope.spec, `${named}: spec`);
  const resource: Resource = {
    apiVersion: info.apiVersion,
    kind: info.kind,
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    spec,
  };
  info.validate(resource);
  return resource;
}

function isList(value: unknown): value is { items: readonly unknown[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { kind?: unknown }).kind === 'List' &&
    Array.isArray((value as { items?: unknown }).items)
  );
}
