import { type Address, formatAddress } from '../../ip/address.ts';
import { type Claim, newClaim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Attachment, PodRef } from '../attachment.ts';

/** For whom an address is claimed. */
export interface Claimant {
  readonly attachment: Attachment;
  readonly node: string;
  readonly pod?: PodRef;
}

/** @param daemon that has, or is about to have, the record behind it */
export function claimFor({ attachment, node, pod }: Claimant, pool: Pool, address: Address, daemon: string): Claim {
  return newClaim({ address: formatAddress(address), pool: pool.name, node, daemon, ...attachment, ...podOf(pod) });
}

/** An API server takes an empty text in a claim for none at all, and refuses it (Kubernetes 1.20). */
function podOf(pod: PodRef | undefined): Pick<Claim['spec'], 'podNamespace' | 'podName' | 'podUid'> {
  if (pod === undefined) return {};
  const { namespace, name, uid } = pod;
  return {
    ...(namespace === '' ? {} : { podNamespace: namespace }),
    ...(name === '' ? {} : { podName: name }),
    ...(uid === '' ? {} : { podUid: uid }),
  };
}
