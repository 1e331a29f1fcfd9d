import type { Claim, ClaimSpec } from '../../resources/claim.ts';
import { type Attachment, attachmentKey } from '../attachment.ts';
import { virtualMachineKind } from '../bind/identity.ts';

/*
 * Whose a claimed address is: a container's, by the record of a node's daemon, or nobody's, parked for an identity. Parked, a
 * claim still names the container, node and daemon that had it last. So whoever wants to know who has an address asks here,
 * and not the claim's fields.
 */

/** The container that has an address, and the daemon whose record says so. */
export type ClaimHolder = Pick<ClaimSpec, keyof Attachment | 'node' | 'daemon'>;

/** Does no container have the address? */
export function isParked({ spec }: Claim): boolean {
  return spec.parkedAt !== undefined;
}

/** Who has the address; undefined: it is parked. */
export function holderOf({ spec }: Claim): ClaimHolder | undefined {
  return spec.parkedAt === undefined ? spec : undefined;
}

/** @param key as `attachmentKey` makes it */
export function isHeldBy(claim: Claim, key: string): boolean {
  const holder = holderOf(claim);
  return holder !== undefined && attachmentKey(holder) === key;
}

/** Is there a record of this daemon behind it, or about to be? */
export function isOfDaemon(claim: Claim, daemon: string): boolean {
  return holderOf(claim)?.daemon === daemon;
}

/** Has a container the address beside its holder, or beside nobody: the one from which a live migration began? @param key as `attachmentKey` makes it */
export function isMigratedFrom({ spec: { migratedFrom = '' } }: Claim, key: string): boolean {
  return migratedFrom.split(' ').includes(key);
}

/** May another daemon have taken it over from the container that has the address? A virtual machine's, by a live migration. */
export function mayMoveOn({ spec }: Claim): boolean {
  return spec.ownerKind === virtualMachineKind;
}
