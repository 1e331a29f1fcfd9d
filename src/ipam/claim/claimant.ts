import { type Address, formatAddress } from '../../ip/address.ts';
import { type Claim, newClaim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Attachment, PodRef } from '../attachment.ts';
import { type Identity, isApplication } from '../bind/identity.ts';
import { keptFields, podFields } from '../bind/kept-claim.ts';
import type { RequestedAddress } from '../requested-address.ts';
import type { NamespaceQuota } from './quota.ts';

/** For whom an address is claimed. */
export interface Claimant {
  readonly attachment: Attachment;
  readonly node: string;
  readonly pod?: PodRef | undefined;
  /** For whom the address stays; absent: it goes with its container. */
  readonly identity?: Identity | undefined;
  /** Who keeps the Pod, as `controlledByText` writes it; absent: nothing tells. */
  readonly controlledBy?: string | undefined;
  /** How many addresses the Pod's namespace may hold; absent: there is no Pod, and nothing to be counted. */
  readonly quota?: NamespaceQuota | undefined;
}

/** @param daemon that has, or is about to have, the record behind it */
export function claimFor(claimant: Claimant, pool: Pool, address: Address, daemon: string): Claim {
  const { attachment, node, pod, identity, controlledBy } = claimant;
  const stays = identity === undefined ? {} : keptFields(identity);
  const by = { pool: pool.name, node, daemon };
  const kept = controlledBy === undefined ? {} : { controlledBy };
  return newClaim({ address: formatAddress(address), ...by, ...attachment, ...podFields(pod), ...stays, ...kept });
}

interface Wanted {
  readonly requested?: RequestedAddress | undefined;
}

/** Of one of its wants: what an application did not ask for goes with its Pods. */
export function claimantOf({ requested }: Wanted, claimant: Claimant): Claimant {
  if (requested !== undefined || claimant.identity === undefined || !isApplication(claimant.identity.owner))
    return claimant;
  const { identity: _, ...rest } = claimant;
  return rest;
}
