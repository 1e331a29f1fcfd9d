import type { Resource } from './resource.ts';

/**
 * On a pool that a daemon made of a network configuration's ranges: a label with what a label can have of the network's
 * name, and an annotation with the name as it is.
 */
export const networkLabel = 'berth.network/cni-network';
/** On such a pool in a scope of its own: the `network_name` of the configuration. */
export const networkNameAnnotation = 'berth.network/network-name';

export const rangesAnnotations: readonly string[] = [networkLabel, networkNameAnnotation];

/** Whose ranges a pool is made of. */
export interface RangesOwner {
  readonly network: string;
  /** Undefined: a former version made the pool, for all nodes. It gives nothing more. */
  readonly node: string | undefined;
  /** Undefined: the default scope. */
  readonly networkName: string | undefined;
}

/** @returns undefined for a pool that people make */
export function rangesOwner({ metadata, spec }: Resource): RangesOwner | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const label = labels[networkLabel];
  if (label === undefined) return undefined;
  const network = annotations[networkLabel];
  const { nodeName } = (spec ?? {}) as { readonly nodeName?: readonly string[] };
  const node = Array.isArray(nodeName) ? nodeName[0] : undefined;
  if (network === undefined || node === undefined) {
    return { network: label, node: undefined, networkName: undefined };
  }
  return { network, node, networkName: annotations[networkNameAnnotation] };
}

/** For messages: people who wrote ranges in a file never made a pool. */
export function rangesTitle({ network, node }: RangesOwner): string {
  return node === undefined
    ? `the ranges of network "${network}"`
    : `the ranges of network "${network}" on node "${node}"`;
}
