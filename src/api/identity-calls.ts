import type { KeptSubject } from '../ipam/port.ts';
import { addressField, nameField, required, unaryOnceOpened } from './calls.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import type { ReleaseIdentityRequest__Output } from './generated/ipam/ReleaseIdentityRequest.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** What is kept is in the store, so any daemon lets it go. */
export function identityCalls({ ipam, administration }: IpamServiceParts): Pick<IPAMHandlers, 'ReleaseIdentity'> {
  const served = unaryOnceOpened(ipam);
  return {
    ReleaseIdentity: served(async (request) => ({ released: [...(await administration.unkeep(subjectOf(request)))] })),
  };
}

/** @throws IpamError invalid-argument */
function subjectOf({ ip, identity, pod }: ReleaseIdentityRequest__Output): KeptSubject {
  if (ip) return { kind: 'address', address: addressField(ip, 'ip') };
  const named = identity ?? pod;
  if (named == null) required('', 'ip, identity or pod');
  const { namespace = '', name = '' } = named ?? {};
  const kind = identity == null ? 'pod' : 'identity';
  if (namespace !== '') nameField(namespace, `${kind}.namespace`);
  return { kind, namespace, name: nameField(required(name, `${kind}.name`), `${kind}.name`) };
}
