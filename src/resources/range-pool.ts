import { type Address, formatAddress, parseAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../ip/prefix.ts';
import { formatRangeSet, parseRangeSet, type RangeSet } from '../ip/range-set.ts';
import { digest, slug } from './digest.ts';
import { prefixName } from './names.ts';
import { networkLabel, type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from './pool.ts';
import type { Resource } from './resource.ts';
import { inScope, scopeId } from './scope.ts';

/** On a pool that is made of a network's `ranges`: the network's name as it is; the label has what a label can have. */
const networkAnnotation = networkLabel;
/** On such a pool in a scope of its own: the `network_name` of the configuration. */
const networkNameAnnotation = 'berth.network/network-name';

/** Whose ranges a pool is made of. */
export interface RangesOwner {
  readonly network: string;
  /** Undefined: a former version made the pool, for all nodes. It gives nothing more. */
  readonly node: string | undefined;
  /** Undefined: the default scope. */
  readonly networkName: string | undefined;
}

/** What a network's configuration on one node says of one subnet. */
export interface RangesContents {
  readonly network: string;
  readonly node: string;
  readonly networkName: string | undefined;
  readonly subnet: Prefix;
  readonly gateway: Address | undefined;
  readonly addresses: RangeSet;
}

/**
 * The pool of a network's ranges. Its name tells all that it is made of: other ranges, another node or another network are
 * another pool, so a pool like this is never changed, and nobody's addresses lose theirs.
 */
export function newRangePool(contents: RangesContents): PoolResource {
  const { network, node, networkName, subnet, gateway, addresses } = contents;
  const ips = formatRangeSet(addresses);
  const cidr = formatPrefix(subnet);
  const router = gateway === undefined ? undefined : formatAddress(gateway);
  const told = digest(JSON.stringify([network, node, networkName ?? null, cidr, router ?? null, ips]));
  const name = inScope(`cni-${slug(network)}-${prefixName(subnet)}-${told}`, scopeId(networkName ?? ''));
  return {
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: {
      name,
      labels: { [networkLabel]: slug(network) },
      annotations: {
        [networkAnnotation]: network,
        ...(networkName === undefined ? {} : { [networkNameAnnotation]: networkName }),
      },
    },
    spec: {
      ipVersion: subnet.address.family,
      subnet: cidr,
      ips,
      ...(router === undefined ? {} : { gateway: router }),
      nodeName: [node],
    },
  };
}

/** @returns undefined for a pool that people make */
export function rangesOwner({ metadata, spec }: Resource): RangesOwner | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const label = labels[networkLabel];
  if (label === undefined) return undefined;
  const network = annotations[networkAnnotation];
  const [node] = (spec as Partial<PoolSpec> | null)?.nodeName ?? [];
  if (network === undefined || node === undefined) {
    return { network: label, node: undefined, networkName: undefined };
  }
  return { network, node, networkName: annotations[networkNameAnnotation] };
}

/** Is this what `newRangePool` makes, whatever controllers of a cluster have added? Nobody else gives such pools such names. */
export function isRangePool(resource: Resource): boolean {
  const owner = rangesOwner(resource);
  if (owner?.node === undefined) return false;
  const spec = resource.spec as PoolSpec;
  const { network, node, networkName } = owner;
  const isPlain = spec.nodeName?.length === 1 && spec.blockSize === undefined && spec.default !== true;
  return isPlain && nameOf({ network, node, networkName }, spec) === resource.metadata.name;
}

function nameOf(
  owner: Pick<RangesContents, 'network' | 'node' | 'networkName'>,
  { subnet, gateway, ips = [] }: PoolSpec,
): string | undefined {
  try {
    const contents = {
      ...owner,
      subnet: parsePrefix(subnet),
      gateway: gateway === undefined ? undefined : parseAddress(gateway),
      addresses: parseRangeSet(ips),
    };
    return newRangePool(contents).metadata.name;
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}
