import { z } from 'zod';
import type { Prefix } from '../../ip/prefix.ts';
import { schemaProblems } from '../../resources/schema.ts';
import { goPrefix } from '../go-net.ts';

/** `crd.projectcalico.org/v1`, and `projectcalico.org/v3` where that is served by definitions of its own (projectcalico/calico). */
const texts = z.record(z.string(), z.string()).nullish();
const metadata = z.looseObject({ name: z.string().min(1), deletionTimestamp: z.string().optional() });

const blockSchema = z.looseObject({
  metadata,
  spec: z.looseObject({
    cidr: z.string(),
    allocations: z.array(z.int().nullable()).nullish(),
    attributes: z
      .array(
        z.looseObject({
          handle_id: z.string().nullish(),
          secondary: texts,
          alternateOwnerAttrs: texts,
          releasedAt: z.string().nullish(),
        }),
      )
      .nullish(),
    deleted: z.boolean().nullish(),
  }),
});

const poolSchema = z.looseObject({
  metadata,
  spec: z.looseObject({
    cidr: z.string(),
    disabled: z.boolean().nullish(),
    nodeSelector: z.string().nullish(),
    namespaceSelector: z.string().nullish(),
    allowedUses: z.array(z.string()).nullish(),
    assignmentMode: z.string().nullish(),
  }),
});

const reservationSchema = z.looseObject({
  metadata,
  spec: z.looseObject({ reservedCIDRs: z.array(z.string()).nullish() }).nullish(),
});

/** What Calico writes beside an address (`pod`, `namespace`, `node`, `type`, `timestamp`, `vmi-name`), and its handle. */
export interface CalicoAttributes {
  readonly handle: string;
  readonly owner: Readonly<Record<string, string>>;
  /** Of the other Pod of a live migration. */
  readonly other: Readonly<Record<string, string>>;
  /** Taken back, and cooling down: nobody has it. */
  readonly isReleased: boolean;
}

export interface CalicoBlock {
  /** `IPAMBlock "10-244-1-0-26"`, for messages. */
  readonly subject: string;
  readonly prefix: Prefix;
  /** At the place of each address, counted from the first; undefined: it is free. A number: its attributes are not there. */
  readonly allocations: readonly (CalicoAttributes | number | undefined)[];
}

export interface CalicoPool {
  readonly name: string;
  readonly subject: string;
  readonly prefix: Prefix;
  readonly isDisabled: boolean;
  readonly isForPods: boolean;
  /** Only those get an address of it who name the pool or the address. */
  readonly isManual: boolean;
  readonly nodeSelector: string;
  readonly namespaceSelector: string;
}

export interface CalicoReservation {
  readonly name: string;
  readonly subject: string;
  readonly prefixes: readonly Prefix[];
}

/** Text: why the object cannot be read. Undefined: it is being deleted, and nothing of it counts. */
export function readBlock(object: unknown): CalicoBlock | string | undefined {
  const read = blockSchema.safeParse(object);
  if (!read.success) return problemOf(read.error, object);
  const { metadata: meta, spec } = read.data;
  if (spec.deleted === true) return undefined;
  const prefix = goPrefix(spec.cidr)?.prefix;
  if (prefix === undefined) return `spec.cidr ${JSON.stringify(spec.cidr)} is no prefix`;
  const attributes = spec.attributes ?? [];
  const allocations = (spec.allocations ?? []).map((index) => {
    if (index === null) return undefined;
    const one = attributes[index];
    if (one === undefined) return index;
    const { handle_id: handle, secondary, alternateOwnerAttrs, releasedAt } = one;
    return {
      handle: handle ?? '',
      owner: secondary ?? {},
      other: alternateOwnerAttrs ?? {},
      isReleased: (releasedAt ?? '') !== '',
    };
  });
  return { subject: `IPAMBlock "${meta.name}"`, prefix, allocations };
}

/** Text: why the object cannot be read. */
export function readPool(object: unknown): CalicoPool | string {
  const read = poolSchema.safeParse(object);
  if (!read.success) return problemOf(read.error, object);
  const { metadata: meta, spec } = read.data;
  const prefix = goPrefix(spec.cidr)?.prefix;
  if (prefix === undefined) return `spec.cidr ${JSON.stringify(spec.cidr)} is no prefix`;
  const uses = spec.allowedUses ?? [];
  return {
    name: meta.name,
    subject: `IPPool "${meta.name}"`,
    prefix,
    isDisabled: spec.disabled === true || meta.deletionTimestamp !== undefined,
    isForPods: uses.length === 0 || uses.includes('Workload'),
    isManual: spec.assignmentMode === 'Manual',
    nodeSelector: spec.nodeSelector ?? '',
    namespaceSelector: spec.namespaceSelector ?? '',
  };
}

/** Text: why the object cannot be read. */
export function readReservation(object: unknown): CalicoReservation | string {
  const read = reservationSchema.safeParse(object);
  if (!read.success) return problemOf(read.error, object);
  const { metadata: meta, spec } = read.data;
  const prefixes: Prefix[] = [];
  for (const text of spec?.reservedCIDRs ?? []) {
    const prefix = goPrefix(text)?.prefix;
    if (prefix === undefined) return `spec.reservedCIDRs has ${JSON.stringify(text)}, which is no prefix`;
    prefixes.push(prefix);
  }
  return { name: meta.name, subject: `IPReservation "${meta.name}"`, prefixes };
}

function problemOf(error: z.ZodError, object: unknown): string {
  return `it is not what Calico writes: ${schemaProblems(error, object)[0] ?? error.message}`;
}
