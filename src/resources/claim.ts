import { z } from 'zod';
import { type Address, parseAddress } from '../ip/address.ts';
import { addressName } from './names.ts';
import type { Resource } from './resource.ts';
import { addressPattern, addressText, atomic, longestText, strictObject } from './schema.ts';
import { inScope, scopeOf } from './scope.ts';

export const claimKind = 'IPClaim';
export const berthVersion = 'berth.network/v1alpha1';

const text = z.string().min(1).max(longestText);

/**
 * One address taken through the store. The object's name is the address, and its scope where that is not the default: its
 * create is the lock, the record and the lease.
 */
export const claimSpecSchema = strictObject({
  address: addressText.meta({ pattern: addressPattern }),
  pool: text,
  node: text,
  /** The daemon that has, or is about to have, the record that stands behind the claim. */
  daemon: text,
  network: z.string().max(longestText),
  containerId: text,
  ifname: text,
  podNamespace: z.string().max(longestText).optional(),
  podName: z.string().max(longestText).optional(),
  podUid: z.string().max(longestText).optional(),
  /** For whom the address stays when its container goes: the Pod of this name of this owner. */
  ownerKind: z.string().max(longestText).optional(),
  ownerName: z.string().max(longestText).optional(),
  /** For how long it stays after its container, for example `43200s`; absent: as the rules of its owner have it. */
  keptFor: z.string().max(longestText).optional(),
  /**
   * The attachment from which a live migration moves the virtual machine, and whose container may have the address too until
   * its DEL; before it those of former migrations. Texts as `attachmentKey` makes them, separated by spaces.
   */
  migratedFrom: z.string().max(longestText).optional(),
  /** Who keeps the Pod, as `controlledByText` writes it; absent: not known. It is for its endpoint, and decides nothing. */
  controlledBy: z.string().max(longestText).optional(),
  /** RFC 3339: since when no container has the address. Then container, node and daemon are those that had it last. */
  parkedAt: z.string().max(longestText).optional(),
}).meta(atomic);

/** What must be there beside the address, and what may be. */
export const claimTexts = ['pool', 'node', 'daemon', 'network', 'containerId', 'ifname'] as const;
export const optionalClaimTexts = [
  'podNamespace',
  'podName',
  'podUid',
  'ownerKind',
  'ownerName',
  'keptFor',
  'migratedFrom',
  'controlledBy',
  'parkedAt',
] as const;

export type ClaimSpec = z.output<typeof claimSpecSchema>;
export type Claim = Resource<typeof claimKind, ClaimSpec>;

/** The name of an address's claim, of whatever pool of that one's scope it is. @param pool a pool's name */
export function claimName(address: Address, pool: string): string {
  return inScope(addressName(address), scopeOf(pool));
}

export function newClaim(spec: ClaimSpec): Claim {
  const name = claimName(parseAddress(spec.address), spec.pool);
  return { apiVersion: berthVersion, kind: claimKind, metadata: { name }, spec };
}
