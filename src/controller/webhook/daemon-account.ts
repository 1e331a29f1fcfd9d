import { IpamError } from '../../resources/errors.ts';
import { poolKind } from '../../resources/pool.ts';
import { isQuarantine } from '../../resources/quarantine.ts';
import { isRangePool } from '../../resources/range-pool.ts';
import { rangesOwner } from '../../resources/ranges-owner.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Resource } from '../../resources/resource.ts';
import type { Write } from '../../resources/rules/write.ts';
import type { AdmissionRequest } from './admission-review.ts';

/** The pools of `cluster.cidr`, which the first daemon makes that meets none. */
const clusterPools: ReadonlySet<string> = new Set(['cluster-ipv4', 'cluster-ipv6']);
/** Where an API server from 1.31 on says which node a Pod's token belongs to. */
const nodeNameKey = 'authentication.kubernetes.io/node-name';

/**
 * Roles cannot tell one pool from another by its name, and a daemon needs to write some: those of its node's CNI ranges,
 * and quarantines. With a node's token nobody writes any other.
 * @param account the daemons' user name
 * @throws IpamError unsupported
 */
export function requireDaemonsOwn({ userInfo }: AdmissionRequest, write: Write, account: string): void {
  if (userInfo?.username !== account) return;
  const [node] = userInfo.extra?.[nodeNameKey] ?? [];
  const isMade = write.operation === 'create';
  const objects = [
    ...(write.operation === 'delete' ? [] : [write.resource]),
    ...(write.operation === 'create' ? [] : [write.before]),
  ];
  for (const object of objects) {
    if (isDaemons(object, isMade, node)) continue;
    throw new IpamError(
      'unsupported',
      `${object.kind} "${object.metadata.name}": an ipam-daemon writes pools of its own node's CNI ranges and quarantines only`,
      { advice: 'use kubectl, as yourself' },
    );
  }
}

function isDaemons(object: Resource, isMade: boolean, node: string | undefined): boolean {
  if (object.kind === reservedIPKind) return isQuarantine(object);
  if (object.kind !== poolKind) return false;
  if (isMade && clusterPools.has(object.metadata.name)) return true;
  const owner = rangesOwner(object);
  if (owner === undefined || !object.metadata.name.startsWith('cni-')) return false;
  // A former version knew no nodes.
  if (owner.node === undefined) return true;
  return isRangePool(object) && (node === undefined || node === owner.node);
}
