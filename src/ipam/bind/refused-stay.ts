import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import { podSubject } from '../attachment.ts';
import { type BearerFacts, type Identity, identityTitle } from './identity.ts';
import type { Stay } from './stay.ts';

/** The error when an address is asked to stay and there is nobody who could come back for it. */
export function nobodyToKeepFor({ pod, controller }: BearerFacts, { origin }: Stay): IpamError {
  if (pod === undefined) {
    return new IpamError('invalid-argument', `${origin}: the address is to stay, and nobody is named for whom`, {
      advice: 'name an identity, or the Pod (K8S_POD_NAMESPACE and K8S_POD_NAME)',
    });
  }
  const { kind, name } = controller ?? { kind: 'nobody', name: '' };
  return new IpamError(
    'invalid-config',
    `${origin}: the address is to stay, and ${podSubject(pod)} is of ${kind} "${name}", which gives each Pod another name`,
    { advice: 'leave it out, make the Pods by a StatefulSet, or name the addresses for all of them in kube-ipam.ip' },
  );
}

/** The error when what is to stay is asked of pools that lease blocks only. */
export function staysInNoBlock(identity: Identity, pools: readonly Pool[]): IpamError {
  const names = pools.map(({ name }) => `"${name}"`).join(', ');
  return new IpamError(
    'unsupported',
    `an address is to stay with ${identityTitle(identity)}, and an address of a block goes with its node: ${names} lease${pools.length === 1 ? 's' : ''} blocks`,
    { advice: 'name a pool without blockSize, or set allocation.keepInBlocks on all nodes' },
  );
}
