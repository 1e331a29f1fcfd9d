import { containerIdProblem, interfaceProblem } from '../cni/environment.ts';
import { formatAddress } from '../ip/address.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import { keptFields } from '../ipam/bind/kept-claim.ts';
import { type Claim, newClaim } from '../resources/claim.ts';
import { problemOf } from '../resources/malformed.ts';
import { createdAnnotation } from '../resources/migration-marks.ts';
import type { Resource } from '../resources/resource.ts';
import { type Conflict, heldTwice, holderOf, homeless, merged, unreadable } from './conflict.ts';
import { type ForeignLease, longAgo } from './foreign.ts';
import { type Place, readPlaces } from './placement.ts';

/** A lease of another IPAM's with the pool that has its address here. */
export interface PlacedLease {
  readonly lease: ForeignLease;
  readonly place: Place;
}

export interface ImportedLeases {
  readonly claims: readonly Claim[];
  readonly placed: readonly PlacedLease[];
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly string[];
}

export interface ImportOptions {
  readonly pools: readonly Resource[];
  /** Whose record stands, or will stand, behind the claims. */
  readonly daemon: string;
  /** What to do about addresses that no pool has. */
  readonly advice: string;
  /** What to do about an address with two holders. */
  readonly adviceIfTwice?: string;
}

const deleteOne = 'delete one of the two Pods, or the record of one that is gone, and repeat';

/**
 * Claims for what another IPAM has given out. An address that its pool would not give out (a network, broadcast or gateway
 * address, one that is excluded or reserved) is claimed all the same: a container has it. What cannot be claimed is a conflict.
 */
export function importLeases(
  leases: readonly ForeignLease[],
  { pools, daemon, advice, adviceIfTwice = deleteOne }: ImportOptions,
): ImportedLeases {
  const places = readPlaces(pools);
  const conflicts: Conflict[] = [];
  const warnings: string[] = [];
  const placed = new Map<string, PlacedLease & { readonly claim: Claim }>();
  for (const lease of leases) {
    const problem = attachmentProblem(lease);
    const place = problem === '' ? places.placeOf(lease) : undefined;
    if (place === undefined) {
      const problems = problem === '' ? places.problemsOf(lease) : [unreadable(lease.origin, problem)];
      conflicts.push(...(problems.length === 0 ? [homeless(lease, advice)] : problems));
      continue;
    }
    const claim = claimOf(lease, place, daemon);
    const wrong = problemOf(claim);
    if (wrong !== undefined) {
      conflicts.push(unreadable(lease.origin, wrong));
      continue;
    }
    const former = placed.get(claim.metadata.name);
    if (former === undefined) {
      placed.set(claim.metadata.name, { lease, place, claim });
      if (place.withheld !== '') warnings.push(heldAllTheSame(lease, place));
    } else if (attachmentKey(former.lease.attachment) !== attachmentKey(lease.attachment)) {
      conflicts.push(heldTwice(former.lease, lease, adviceIfTwice));
    }
  }
  const all = [...placed.values()];
  return { claims: all.map(({ claim }) => claim), placed: all, conflicts: merged([...new Set(conflicts)]), warnings };
}

/** What the daemon could never be asked to take back, it is not to hold. */
function attachmentProblem({ attachment: { network, containerId, ifname } }: ForeignLease): string {
  if (network === '' || network.includes('/')) return `${JSON.stringify(network)} is not a valid name of a network`;
  const problem = containerIdProblem(containerId) || interfaceProblem(ifname);
  return problem.replace(/^CNI_CONTAINERID is not set$/, 'it names no container').replace(/^CNI_\w+ /, '');
}

function claimOf({ address, attachment, pod, owner, at }: ForeignLease, { pool }: Place, daemon: string): Claim {
  const claim = newClaim({
    address: formatAddress(address),
    pool: pool.name,
    node: daemon,
    daemon,
    ...attachment,
    ...(pod === undefined ? {} : { podNamespace: pod.namespace, podName: pod.name }),
    ...(pod === undefined || pod.uid === '' ? {} : { podUid: pod.uid }),
    ...(owner === undefined ? {} : keptFields({ owner })),
  });
  const born = new Date(at ?? longAgo).toISOString();
  return { ...claim, metadata: { ...claim.metadata, annotations: { [createdAnnotation]: born } } };
}

function heldAllTheSame(lease: ForeignLease, { pool, withheld }: Place): string {
  return `${formatAddress(lease.address)}, held by ${holderOf(lease)}, is ${withheld} of pool "${pool.name}": it stays held until its container is gone, and is not given out again`;
}
