import { formatAddress } from '../ip/address.ts';
import { formatPrefix } from '../ip/prefix.ts';
import type { Resource } from '../resources/resource.ts';
import type { GrownSubnetSpec, TopologyStatus } from '../resources/topology/schema.ts';
import type { GrownSubnet, Topology } from '../resources/topology/topology.ts';
import type { GrowthChange } from './expansion.ts';

/**
 * An object of the topology with these changes, to be written over the version that they were planned with, and over no other: of all
 * that want the same prefix one has it then.
 */
export function withChanges<R extends Resource>(stored: R, topology: Topology, changes: readonly GrowthChange[]): R {
  return { ...stored, status: statusAfter(topology, changes) };
}

/** The status of a topology after some changes: what of the former one broke a rule is not in it any more. */
function statusAfter({ grown }: Topology, changes: readonly GrowthChange[]): TopologyStatus {
  const changed = new Map(changes.map((change) => [keyOf(change.grown), change]));
  const kept = grown.flatMap((one) => {
    const change = changed.get(keyOf(one));
    if (change === undefined) return [one];
    return change.change === 'gone' ? [] : [change.grown];
  });
  const added = changes.flatMap((one) => (one.change === 'appears' ? [one.grown] : []));
  return { grown: [...kept, ...added].map(specOf) };
}

function keyOf({ subnet }: GrownSubnet): string {
  return formatPrefix(subnet.prefix);
}

function specOf({ place: { level, id }, subnet, isLeaving }: GrownSubnet): GrownSubnetSpec {
  const { prefix, purpose, gateway, vlan, blockSize } = subnet;
  return {
    level,
    id,
    cidr: formatPrefix(prefix),
    purpose,
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(blockSize === undefined ? {} : { block_size: blockSize }),
    ...(isLeaving ? { leaving: true } : {}),
  };
}
