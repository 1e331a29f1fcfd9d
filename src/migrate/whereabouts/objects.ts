import { z } from 'zod';
import type { Address } from '../../ip/address.ts';
import { formatAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix } from '../../ip/prefix.ts';
import { briefValue } from '../../resources/schema.ts';
import { goPrefix, type InterfaceAddress } from '../go-net.ts';

/** `whereabouts.cni.cncf.io/v1alpha1` (pkg/api of k8snetworkplumbingwg/whereabouts); the values are read one by one. */
const objectSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.looseObject({}).nullish(),
  status: z.looseObject({}).nullish(),
});

export interface WhereaboutsPool {
  readonly name: string;
  /** `IPPool "10.40.0.0-24" in namespace kube-system`, for messages. */
  readonly subject: string;
  readonly range: InterfaceAddress;
  /** By index. */
  readonly allocations: readonly (readonly [index: string, allocation: unknown])[];
}

/** Text: why the object cannot be read. */
export function readPoolObject(object: unknown): WhereaboutsPool | string {
  const read = objectSchema.safeParse(object);
  if (!read.success) return 'it has no name';
  const { metadata, spec } = read.data;
  const range = goPrefix(spec?.range);
  if (range === undefined) return `spec.range ${briefValue(spec?.range)} is no prefix`;
  const allocations = spec?.allocations ?? {};
  if (typeof allocations !== 'object' || Array.isArray(allocations)) return 'spec.allocations is no map';
  return { name: metadata.name, subject: subjectOf('IPPool', object), range, allocations: Object.entries(allocations) };
}

export interface WhereaboutsReservation {
  readonly name: string;
  readonly subject: string;
  readonly pod: string;
  readonly ifname: string;
}

/** Text: why the object cannot be read. */
export function readReservation(object: unknown): WhereaboutsReservation | string {
  const read = objectSchema.safeParse(object);
  if (!read.success) return 'it has no name';
  const { metadata, spec } = read.data;
  return {
    name: metadata.name,
    subject: subjectOf('OverlappingRangeIPReservation', object),
    pod: textOrNone(spec?.podref),
    ifname: textOrNone(spec?.ifname),
  };
}

/** A part of a network that one node gives addresses out of. */
export interface NodeSlice {
  readonly node: string;
  /** The whole of the network. */
  readonly whole: Prefix;
  readonly slice: Prefix;
  /** The network's name in the objects' names, as the name of the NodeSlicePool tells. */
  readonly network: string;
}

/** Text: why the object cannot be read. */
export function readSlices(object: unknown): readonly NodeSlice[] | string {
  const read = objectSchema.safeParse(object);
  const whole = goPrefix(read.data?.spec?.range)?.prefix;
  if (!read.success || whole === undefined) return 'spec.range is no prefix';
  const allocations = read.data.status?.allocations ?? [];
  if (!Array.isArray(allocations)) return 'status.allocations is no list';
  const slices: NodeSlice[] = [];
  for (const one of allocations) {
    const { nodeName, sliceRange } = (one ?? {}) as { readonly nodeName?: unknown; readonly sliceRange?: unknown };
    // A slice without a node is nobody's yet.
    if (nodeName === undefined || nodeName === '') continue;
    const slice = goPrefix(sliceRange)?.prefix;
    if (typeof nodeName !== 'string' || slice === undefined) return `status.allocations has ${briefValue(one)}`;
    slices.push({ node: nodeName, whole, slice, network: read.data.metadata.name });
  }
  return slices;
}

/** Of an object that need not be one. */
export function subjectOf(kind: string, object: unknown): string {
  const metadata = (object as { readonly metadata?: unknown } | null)?.metadata as
    | { readonly name?: unknown; readonly namespace?: unknown }
    | undefined;
  const name = typeof metadata?.name === 'string' ? metadata.name : '';
  return `${kind} "${name}"${typeof metadata?.namespace === 'string' ? ` in namespace ${metadata.namespace}` : ''}`;
}

/** How whereabouts names what it keeps of a range: colons and the slash are dashes. */
export function poolName(prefix: Prefix, ...leading: readonly string[]): string {
  return [...leading.filter((part) => part !== ''), formatPrefix(prefix).replaceAll(/[:/]/g, '-')].join('-');
}

/** How whereabouts names the reservation of an address. */
export function reservationName(address: Address, network: string): string {
  const text = formatAddress(address);
  const name = (text.endsWith(':') ? `${text}0` : text).replaceAll(':', '-');
  return network === '' ? name : `${network}-${name}`;
}

export function textOrNone(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
