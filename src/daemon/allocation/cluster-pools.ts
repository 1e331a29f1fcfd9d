import { type Family, familyBits } from '../../ip/address.ts';
import { formatPrefix, type Prefix } from '../../ip/prefix.ts';
import { IpamError } from '../../resources/errors.ts';
import { type Pool, type PoolResource, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Log } from '../../telemetry/log.ts';

export interface ClusterPools {
  readonly clusterCidrs: readonly Prefix[];
  readonly blockSizes: Readonly<Record<Family, number>>;
}

/**
 * The cluster's CIDRs are pools like any other; the configuration only makes sure that they exist.
 * @throws IpamError invalid-config: there is one that is not as configured
 */
export async function ensureClusterPools(
  { clusterCidrs, blockSizes }: ClusterPools,
  catalog: { pool(name: string): Pool | undefined },
  apply: (pool: PoolResource) => Promise<unknown>,
): Promise<void> {
  for (const cidr of clusterCidrs) {
    const wanted = clusterPool(cidr, blockSizes[cidr.address.family]);
    const present = catalog.pool(wanted.metadata.name);
    if (present === undefined) {
      await apply(wanted);
      continue;
    }
    const { subnet, blockSize } = parsePool(wanted);
    if (formatPrefix(present.subnet) === formatPrefix(subnet) && present.blockSize === blockSize) continue;
    throw new IpamError(
      'invalid-config',
      `cluster.cidr ${formatPrefix(subnet)} with /${blockSize} blocks is not what pool "${present.name}" has: ${formatPrefix(present.subnet)} with /${present.blockSize ?? familyBits(present.family)}`,
      {
        advice:
          'keep the former values, or delete the pool when it is empty, with the former configuration, and start again',
      },
    );
  }
}

/** The pool that a CIDR of the configuration becomes. */
function clusterPool(cidr: Prefix, blockSize: number): PoolResource {
  const { family } = cidr.address;
  return {
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata: { name: `cluster-ipv${family}` },
    spec: { ipVersion: family, subnet: formatPrefix(cidr), blockSize, default: true },
  };
}

/** After a start without the store: what had to wait until it was heard. @param caughtUp whether it was, before the end */
export async function whenCaughtUp(caughtUp: Promise<boolean>, ensure: () => Promise<void>, log: Log): Promise<void> {
  if (!(await caughtUp)) return;
  try {
    await ensure();
  } catch (error) {
    log.error({ err: error }, 'the pools of cluster.cidr are not as configured');
  }
}
