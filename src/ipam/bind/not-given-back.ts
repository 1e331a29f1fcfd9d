import type { Claim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { identityTitle } from './identity.ts';
import { identityOfClaim } from './kept-claim.ts';

/** What is kept for whoever asks is not to be had yet: a former container has it still. */
export function notGivenBack(claim: Claim): IpamError {
  const { address, node, containerId, podNamespace, podName } = claim.spec;
  const identity = identityOfClaim(claim);
  const whom = identity === undefined ? `Pod ${podNamespace}/${podName}` : identityTitle(identity);
  return new IpamError(
    'not-ready',
    `${address} stays with ${whom}, and container ${containerId} on node "${node}" has not given it back yet`,
    {
      advice: `its DEL gives it back; if node "${node}" will never come back, delete its Node object, or ipam-cli forget ${node}`,
      facts: { address, node, containerId },
    },
  );
}
