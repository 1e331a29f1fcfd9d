import { z } from 'zod';
import type { Address } from '../../ip/address.ts';
import type { Prefix } from '../../ip/prefix.ts';
import { type LabelSelector, labelSelectorSchema } from '../../resources/label-selector.ts';
import { schemaProblems } from '../../resources/schema.ts';
import { goAddress, goPrefix } from '../go-net.ts';

/** `cilium.io/v2alpha1` CiliumPodIPPool, `cilium.io/v2` CiliumNode and CiliumEndpoint, as far as they tell of addresses. */
const metadata = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const familySchema = z.looseObject({ cidrs: z.array(z.string()).nullish() }).nullish();
const poolSchema = z.looseObject({
  metadata,
  spec: z.looseObject({
    ipv4: familySchema,
    ipv6: familySchema,
    podSelector: labelSelectorSchema.nullish(),
    namespaceSelector: labelSelectorSchema.nullish(),
  }),
});
const addressesSchema = z.looseObject({ ipv4: z.string().nullish(), ipv6: z.string().nullish() });
const marks = z
  .record(z.string(), z.looseObject({ owner: z.string().nullish(), resource: z.string().nullish() }).nullable())
  .nullish();
const nodeSchema = z.looseObject({
  metadata,
  spec: z.looseObject({
    addresses: z.array(z.looseObject({ type: z.string().nullish(), ip: z.string().nullish() })).nullish(),
    health: addressesSchema.nullish(),
    ingress: addressesSchema.nullish(),
    ipam: z.looseObject({ podCIDRs: z.array(z.string()).nullish(), pool: marks, 'ipv6-pool': marks }).nullish(),
  }),
  status: z.looseObject({ ipam: z.looseObject({ used: marks, 'ipv6-used': marks }).nullish() }).nullish(),
});
const endpointSchema = z.looseObject({
  metadata,
  status: z
    .looseObject({
      'external-identifiers': z.looseObject({ 'container-id': z.string().nullish() }).nullish(),
      networking: z.looseObject({ addressing: z.array(addressesSchema).nullish() }).nullish(),
    })
    .nullish(),
});

export interface CiliumPool {
  readonly name: string;
  /** For messages: `CiliumPodIPPool "green"`. */
  readonly subject: string;
  readonly prefixes: readonly Prefix[];
  readonly podSelector: LabelSelector | undefined;
  readonly namespaceSelector: LabelSelector | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One entry of a node's pool, or of what is used of it (CRD mode). */
export interface Mark {
  readonly address: Address;
  /** `namespace/name` of a Pod, or what of the node it is (`router`, `health`); empty: nobody's. */
  readonly owner: string;
  /** `namespace/Kind/name`; empty: nothing is said. */
  readonly resource: string;
}

export interface CiliumNode {
  readonly name: string;
  readonly subject: string;
  readonly podCidrs: readonly Prefix[];
  /** What the node has for itself: its router, health endpoint and ingress. */
  readonly own: readonly Address[];
  readonly pool: readonly Mark[];
  readonly used: readonly Mark[];
}

export interface CiliumEndpoint {
  readonly namespace: string;
  readonly name: string;
  readonly subject: string;
  readonly addresses: readonly Address[];
  readonly containerId: string;
}

/** Text: why the object cannot be read. */
export function readCiliumPool(object: unknown): CiliumPool | string {
  const read = poolSchema.safeParse(object);
  if (!read.success) return problemOf(read.error, object);
  const { metadata: meta, spec } = read.data;
  const texts = [...(spec.ipv4?.cidrs ?? []), ...(spec.ipv6?.cidrs ?? [])];
  const prefixes = texts.map((text) => goPrefix(text)?.prefix);
  const wrong = prefixes.indexOf(undefined);
  if (wrong >= 0) return `${JSON.stringify(texts[wrong])} in spec is no prefix`;
  return {
    name: meta.name,
    subject: `CiliumPodIPPool "${meta.name}"`,
    prefixes: prefixes.flatMap((one) => one ?? []),
    podSelector: spec.podSelector ?? undefined,
    namespaceSelector: spec.namespaceSelector ?? undefined,
    annotations: meta.annotations ?? {},
  };
}

/** Text: why the object cannot be read. */
export function readCiliumNode(object: unknown): CiliumNode | string {
  const read = nodeSchema.safeParse(object);
  if (!read.success) return problemOf(read.error, object);
  const { metadata: meta, spec, status } = read.data;
  const router = (spec.addresses ?? []).filter(({ type }) => type === 'CiliumInternalIP').map(({ ip }) => ip);
  const own = [...router, ...bothOf(spec.health), ...bothOf(spec.ingress)];
  const podCidrs: Prefix[] = [];
  for (const text of spec.ipam?.podCIDRs ?? []) {
    const prefix = goPrefix(text)?.prefix;
    if (prefix === undefined) return `spec.ipam.podCIDRs has ${JSON.stringify(text)}, which is no prefix`;
    podCidrs.push(prefix);
  }
  const pool = marksOf({ ...spec.ipam?.pool, ...spec.ipam?.['ipv6-pool'] });
  const used = marksOf({ ...status?.ipam?.used, ...status?.ipam?.['ipv6-used'] });
  if (typeof pool === 'string') return `spec.ipam.pool: ${pool}`;
  if (typeof used === 'string') return `status.ipam.used: ${used}`;
  return {
    name: meta.name,
    subject: `CiliumNode "${meta.name}"`,
    podCidrs,
    own: own.flatMap((text) => goAddress(text ?? undefined) ?? []),
    pool,
    used,
  };
}

/** Text: why the object cannot be read. */
export function readCiliumEndpoint(object: unknown): CiliumEndpoint | string {
  const read = endpointSchema.safeParse(object);
  if (!read.success) return problemOf(read.error, object);
  const { metadata: meta, status } = read.data;
  const texts = (status?.networking?.addressing ?? []).flatMap(bothOf);
  const addresses = texts.map((text) => goAddress(text));
  const wrong = addresses.indexOf(undefined);
  if (wrong >= 0) return `${JSON.stringify(texts[wrong])} in status.networking.addressing is no address`;
  const namespace = meta.namespace ?? '';
  return {
    namespace,
    name: meta.name,
    subject: `CiliumEndpoint "${namespace}/${meta.name}"`,
    addresses: addresses.flatMap((one) => one ?? []),
    containerId: status?.['external-identifiers']?.['container-id'] ?? '',
  };
}

function bothOf(of: z.output<typeof addressesSchema> | null | undefined): readonly string[] {
  return [of?.ipv4, of?.ipv6].flatMap((text) => (text === undefined || text === null || text === '' ? [] : [text]));
}

type Entries = NonNullable<z.output<typeof marks>>;

function marksOf(entries: Entries): readonly Mark[] | string {
  const marked: Mark[] = [];
  for (const [text, value] of Object.entries(entries)) {
    const address = goAddress(text);
    if (address === undefined) return `${JSON.stringify(text)} is no address`;
    marked.push({ address, owner: value?.owner ?? '', resource: value?.resource ?? '' });
  }
  return marked;
}

function problemOf(error: z.ZodError, object: unknown): string {
  return `it is not what Cilium writes: ${schemaProblems(error, object)[0] ?? error.message}`;
}
