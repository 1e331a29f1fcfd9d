import type { Claim } from '../../resources/claim.ts';
import { type Identity, identityTitle, isAskedToStay, isSameOwner, ownerTitle } from '../bind/identity.ts';
import { identityOfClaim } from '../bind/kept-claim.ts';
import { isParked } from './claim-state.ts';

/** Who has an address that somebody else asks for, or for whom it is kept. */
export interface Holder {
  /** Half a sentence, for messages: `held by Pod shop/web-7d of Deployment shop/web on node "n1"`. */
  readonly title: string;
  /** Another Pod of whoever asks. */
  readonly isSibling: boolean;
}

/** @param asker for whom it is asked; undefined: for nobody in particular */
export function holderOfClaim(claim: Claim, asker: Identity | undefined): Holder {
  const { podNamespace: namespace = '', podName, containerId, node, network } = claim.spec;
  const kept = identityOfClaim(claim);
  const isSibling =
    asker !== undefined && kept !== undefined && namespace === asker.namespace && isSameOwner(kept.owner, asker.owner);
  const of = kept === undefined ? '' : ` of ${ownerTitle(kept.owner, namespace)}`;
  if (isParked(claim)) {
    if (kept !== undefined && isAskedToStay(kept.owner))
      return { title: `kept for ${identityTitle(kept)} (${claim.spec.ifname})`, isSibling };
    const whom = kept === undefined ? `Pod ${namespace}/${podName}` : `Pods${of}`;
    return { title: `kept for ${whom} (${claim.spec.ifname}), which come again`, isSibling };
  }
  const who =
    podName === undefined ? `container ${containerId} of network "${network}"` : `Pod ${namespace}/${podName}${of}`;
  return { title: `held by ${who} on node "${node}"`, isSibling };
}
