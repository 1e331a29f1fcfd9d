import { z } from 'zod';
import { parseAddress } from '../ip/address.ts';
import { addressName } from './names.ts';
import type { Resource } from './resource.ts';
import { addressText, atomic, strictObject } from './schema.ts';
import { inScope, scopeOf } from './scope.ts';

export const claimKind = 'IPClaim';
export const berthVersion = 'berth.network/v1alpha1';

/**
 * One address taken through the store. The object's name is the address, and its scope where that is not the default: its
 * create is the lock, the record and the lease.
 */
export const claimSpecSchema = strictObject({
  address: addressText,
  pool: z.string().min(1),
  node: z.string().min(1),
  /** The daemon that has, or is about to have, the record that stands behind the claim. */
  daemon: z.string().min(1),
  network: z.string(),
  containerId: z.string().min(1),
  ifname: z.string().min(1),
  podNamespace: z.string().optional(),
  podName: z.string().optional(),
  podUid: z.string().optional(),
}).meta(atomic);

export type ClaimSpec = z.output<typeof claimSpecSchema>;
export type Claim = Resource<typeof claimKind, ClaimSpec>;

export function newClaim(spec: ClaimSpec): Claim {
  const name = inScope(addressName(parseAddress(spec.address)), scopeOf(spec.pool));
  return { apiVersion: berthVersion, kind: claimKind, metadata: { name }, spec };
}
