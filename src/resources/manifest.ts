import { z } from 'zod';
import { IpamError } from './errors.ts';
import { allKinds, findKind } from './kinds.ts';
import { isTooDeep, nestingLimit } from './nesting.ts';
import type { Resource } from './resource.ts';
import { objectNameText, parseWith, strictObject } from './schema.ts';
import { yamlValues } from './yaml.ts';

const labels = z.record(z.string(), z.string());

/** Of one owner of an object, as an API server has it. */
export const ownerReferenceSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().exactOptional(),
  blockOwnerDeletion: z.boolean().exactOptional(),
});

/** Everything that Kubernetes' ObjectMeta may have, so that what an API server prints can be read. */
const metadataSchema = strictObject({
  name: objectNameText,
  namespace: objectNameText.exactOptional(),
  uid: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().exactOptional(),
  deletionGracePeriodSeconds: z.number().optional(),
  generation: z.number().optional(),
  generateName: z.string().optional(),
  selfLink: z.string().optional(),
  managedFields: z.unknown().optional(),
  labels: labels.exactOptional(),
  annotations: labels.exactOptional(),
  ownerReferences: z.array(ownerReferenceSchema).exactOptional(),
  finalizers: z.array(z.string()).exactOptional(),
});

const envelopeSchema = strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
  /** Absent from kinds that have a status only. */
  spec: z.unknown().optional(),
  /** Derived; accepted so that what `get -o yaml` printed can be applied again. */
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

/**
 * One resource as an operator wants it, its own rules checked. What only a store gives (uid, times, status) is
 * left out. @throws IpamError invalid-config
 */
export function parseResource(input: unknown, subject: string): Resource {
  const { info, envelope } = readEnvelope(input, subject);
  const { name, namespace, labels, annotations, ownerReferences, finalizers, resourceVersion } = envelope.metadata;
  const named = `${subject}: ${info.kind} "${name}"`;
  if (!info.namespaced && namespace !== undefined && namespace !== 'default') {
    throw new IpamError('invalid-config', `${named}: metadata.namespace is "${namespace}"`, {
      advice: `leave it out: ${info.kind} objects live in no namespace`,
    });
  }
  if (info.namespaced && namespace === undefined) {
    throw new IpamError('invalid-config', `${named}: metadata.namespace is missing`, {
      advice: 'name the namespace of its Pod',
    });
  }
  const resource: Resource = {
    apiVersion: info.apiVersion,
    kind: info.kind,
    metadata: {
      name,
      ...(info.namespaced && namespace !== undefined ? { namespace } : {}),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    spec: parseWith(info.specSchema, envelope.spec ?? {}, `${named}: spec`),
  };
  info.validate(resource);
  return resource;
}

/**
 * One resource as an API server returned it, with all that the store gave, its status too. The kind's rules are
 * not asked: what is stored already may be older than they are. @throws IpamError invalid-config
 */
export function parseStored(input: unknown, subject: string): Resource {
  const { info, envelope } = readEnvelope(input, subject);
  const { creationTimestamp, deletionGracePeriodSeconds, generation, generateName, selfLink, managedFields, ...kept } =
    envelope.metadata;
  const { statusSchema } = info;
  const named = `${subject}: ${info.kind} "${kept.name}"`;
  const status =
    statusSchema === undefined || envelope.status === undefined
      ? {}
      : { status: parseWith(statusSchema, envelope.status, `${named}: status`) };
  return {
    apiVersion: info.apiVersion,
    kind: info.kind,
    metadata: { ...kept, ...(creationTimestamp ? { creationTimestamp } : {}) },
    spec: parseWith(info.specSchema, envelope.spec ?? {}, `${named}: spec`),
    ...status,
  };
}

function readEnvelope(input: unknown, subject: string) {
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
  return { info, envelope };
}

function isList(value: unknown): value is { items: readonly unknown[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    String((value as { kind?: unknown }).kind).endsWith('List') &&
    Array.isArray((value as { items?: unknown }).items)
  );
}
