import { IpamError } from '../resources/errors.ts';
import { daemonAddress, formatHostPort } from './addresses.ts';
import type { ListedMember } from './etcd-admin.ts';

export interface Candidate {
  readonly name: string;
  readonly peerUrl: string;
}

export type Admission =
  /** It was added before and has not started yet. */
  | { readonly kind: 'expected'; readonly member: ListedMember }
  | { readonly kind: 'new' }
  /** It is back at the same place with an empty disk: the vote of its former self must go first. */
  | { readonly kind: 'replaces'; readonly member: ListedMember };

/**
 * What a daemon is to the cluster that asks to become a member. It asks from the address at which it will be reached, with
 * an empty disk: whatever member was there before does not run any more.
 * @throws IpamError already-exists when its name or address is another member's
 */
export function admission({ name, peerUrl }: Candidate, members: readonly ListedMember[]): Admission {
  const there = members.find((member) => member.peerUrl === peerUrl);
  if (there !== undefined && there.name === '') return { kind: 'expected', member: there };
  if (there !== undefined && there.name !== name) {
    throw new IpamError('already-exists', `member "${there.name}" has the address ${addressOf(there)}`, {
      advice: `if it is gone for good, ipam-cli members remove ${there.name}; else give "${name}" an address of its own`,
    });
  }
  if (there !== undefined) return { kind: 'replaces', member: there };
  const namesake = members.find((member) => member.name === name);
  if (namesake === undefined) return { kind: 'new' };
  throw new IpamError(
    'already-exists',
    `a member "${name}" is at ${addressOf(namesake)}, and this one is at ${formatHostPort(daemonAddress(peerUrl))}`,
    {
      advice: `choose another --node-id; or, if that member is gone for good, ipam-cli members remove ${name}`,
    },
  );
}

function addressOf({ peerUrl }: ListedMember): string {
  return formatHostPort(daemonAddress(peerUrl));
}
