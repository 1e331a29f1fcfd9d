import { type Address, formatAddress, parseAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../ip/prefix.ts';
import { emptyRangeSet, formatRangeSet, parseRangeSet, type RangeSet } from '../ip/range-set.ts';
import { digest, slug } from './digest.ts';
import { prefixName } from './names.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from './pool.ts';
import { networkLabel, networkNameAnnotation, rangesOwner } from './ranges-owner.ts';
import type { Resource } from './resource.ts';
import { inScope, scopeId } from './scope.ts';

/** What a network's configuration on one node says of one subnet. */
export interface RangesContents {
  readonly network: string;
  /** Undefined: a source that knows no nodes. The pool keeps what is out, and gives nothing more. */
  readonly node: string | undefined;
  readonly networkName: string | undefined;
  readonly subnet: Prefix;
  readonly gateway: Address | undefined;
  /** Given to whoever comes. */
  readonly addresses: RangeSet;
  /** Given to those only who ask for exactly them; absent: none. */
  readonly fixed?: RangeSet;
}

/**
 * The pool of a network's ranges. Its name tells all that it is made of: other ranges, another node or another network are
 * another pool, so a pool like this is never changed, and nobody's addresses lose theirs.
 */
export function newRangePool(contents: RangesContents): PoolResource {
  const { network, node, networkName, subnet, gateway, addresses, fixed = emptyRangeSet } = contents;
  const ips = formatRangeSet(addresses);
  const fixedIPs = formatRangeSet(fixed);
  const cidr = formatPrefix(subnet);
  const router = gateway === undefined ? undefined : formatAddress(gateway);
  const more = fixedIPs.length === 0 ? [] : [fixedIPs];
  const told = digest(JSON.stringify([network, node ?? null, networkName ?? null, cidr, router ?? null, ips, ...more]));
  const name = inScope(`cni-${slug(network)}-${prefixName(subnet)}-${told}`, scopeId(networkName ?? ''));
  return {
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: {
      name,
      labels: { [networkLabel]: slug(network) },
      annotations: {
        [networkLabel]: network,
        ...(networkName === undefined ? {} : { [networkNameAnnotation]: networkName }),
      },
    },
    spec: {
      ipVersion: subnet.address.family,
      subnet: cidr,
      ips,
      ...(fixedIPs.length === 0 ? {} : { fixedIPs }),
      ...(router === undefined ? {} : { gateway: router }),
      ...(node === undefined ? {} : { nodeName: [node] }),
    },
  };
}

/** Is this what `newRangePool` makes, whatever controllers of a cluster have added? Nobody else gives such pools such names. */
export function isRangePool(resource: Resource): boolean {
  const owner = rangesOwner(resource);
  if (owner?.node === undefined) return false;
  const spec = resource.spec as PoolSpec;
  const { network, node, networkName } = owner;
  return isPlain(spec) && nameOf({ network, node, networkName }, spec) === resource.metadata.name;
}

/** Whether it gives anything just now is not for its name to tell. */
function isPlain({
  ipVersion,
  subnet,
  ips,
  fixedIPs,
  gateway,
  nodeName,
  disable,
  default: isDefault,
  ...more
}: PoolSpec): boolean {
  return nodeName?.length === 1 && isDefault !== true && Object.values(more).every((value) => value === undefined);
}

function nameOf(
  owner: Pick<RangesContents, 'network' | 'node' | 'networkName'>,
  { subnet, gateway, ips = [], fixedIPs = [] }: PoolSpec,
): string | undefined {
  try {
    const contents = {
      ...owner,
      subnet: parsePrefix(subnet),
      gateway: gateway === undefined ? undefined : parseAddress(gateway),
      addresses: parseRangeSet(ips),
      fixed: parseRangeSet(fixedIPs),
    };
    return newRangePool(contents).metadata.name;
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}
