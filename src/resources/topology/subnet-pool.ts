import { formatAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix } from '../../ip/prefix.ts';
import { prefixName } from '../names.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../pool.ts';
import type { Place, PlaceSubnet } from './topology.ts';

/** On a pool: the topology that it was made of. Pools without it are people's own. */
export const topologyLabel = 'berth.network/topology';
/** On a pool whose subnet came by itself. */
export const grownLabel = 'berth.network/topology-grown';
/** On a pool of a topology, for people who look for it: the place whose subnet it is. */
const placeLabels = {
  zone: 'berth.network/topology-zone',
  pod: 'berth.network/topology-pod',
  tor: 'berth.network/topology-tor',
} as const;

/**
 * Name of the pool of a subnet. It says nothing of the place: no two subnets of a topology overlap, so that one that moves to another
 * place is the same pool with another affinity, in one write.
 */
export function subnetPoolName(prefix: Prefix): string {
  return `topology-${prefixName(prefix)}`;
}

/** The pool that a subnet of a place means. @param topology name of the object that says so */
export function subnetPool(subnet: PlaceSubnet, place: Place, topology: string): PoolResource {
  return {
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: {
      name: subnetPoolName(subnet.prefix),
      labels: {
        [topologyLabel]: topology,
        [placeLabels[place.level]]: place.id,
        ...(subnet.isGrown ? { [grownLabel]: 'true' } : {}),
      },
    },
    spec: subnetPoolSpec(subnet, place),
  };
}

/** What a topology decides of a pool; the rest of its spec is its operators'. */
export const decidedFields: ReadonlySet<keyof PoolSpec> = new Set([
  'subnet',
  'gateway',
  'vlan',
  'blockSize',
  'default',
  'purpose',
  'topologyAffinity',
]);

function subnetPoolSpec({ prefix, gateway, vlan, blockSize, purpose }: PlaceSubnet, place: Place): PoolSpec {
  return {
    subnet: formatPrefix(prefix),
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(blockSize === undefined ? {} : { blockSize }),
    // What names no pool and no purpose gets addresses of its own rack.
    default: purpose === 'default',
    purpose,
    topologyAffinity: { [place.level]: [place.id] },
  };
}
