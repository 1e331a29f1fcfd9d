import { formatPrefix, type Prefix } from '../ip/prefix.ts';
import { type PoolResource, poolKind, spiderpoolVersion } from '../resources/pool.ts';

/** The pool that the first start makes of a CIDR of the configuration. */
export function clusterPool(cidr: Prefix, blockSize: number): PoolResource {
  const { family } = cidr.address;
  return {
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: { name: `cluster-ipv${family}` },
    spec: { ipVersion: family, subnet: formatPrefix(cidr), blockSize, default: true },
  };
}
