import { type Claim, type ClaimSpec, newClaim } from '../../../resources/claim.ts';
import { type Pool, parsePool, poolKind, spiderpoolVersion } from '../../../resources/pool.ts';

export const parkedAt = '2026-11-30T00:00:00.000Z';
export const statefulSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'uid-web' };
export const pod = { namespace: 'shop', name: 'web-0', uid: 'uid-2' };

export function claim(spec: Partial<ClaimSpec> = {}): Claim {
  return newClaim({
    address: '10.5.0.9',
    pool: 'office',
    node: 'node1',
    daemon: 'node1',
    network: 'net',
    containerId: 'c1',
    ifname: 'eth0',
    podNamespace: 'shop',
    podName: 'web-0',
    podUid: 'uid-1',
    ownerKind: 'StatefulSet',
    ownerName: 'web',
    ...spec,
  });
}

export const born = (spec: Partial<ClaimSpec>, creationTimestamp: string): Claim => {
  const made = claim(spec);
  return { ...made, metadata: { ...made.metadata, creationTimestamp } };
};

export const bare = (spec: Partial<ClaimSpec> = {}): Claim => {
  const { ownerKind: _, ownerName: __, ...rest } = claim(spec).spec;
  return newClaim(rest);
};

export const pool = (name: string, spec: object): Pool =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec });
