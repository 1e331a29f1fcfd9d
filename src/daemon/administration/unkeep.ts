import { formatAddress } from '../../ip/address.ts';
import { identityTitle, isNamedByOwner, namedKind } from '../../ipam/bind/identity.ts';
import { identityOfClaim } from '../../ipam/bind/kept-claim.ts';
import { isParked } from '../../ipam/claim/claim-state.ts';
import type { KeptSubject } from '../../ipam/port.ts';
import { byCall, releasedClaim } from '../../ipam/reclaim/release-cause.ts';
import type { Claim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Stored } from '../../resources/resource.ts';
import type { SharedClaims } from '../allocation/shared-claims.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { Noting } from '../history/history-notes.ts';

export interface UnkeepParts {
  readonly shared: Pick<SharedClaims, 'everybodys' | 'release' | 'look'>;
  readonly notes: Noting;
  readonly onReleased: DaemonOptions['onReleased'];
}

/** Frees what is kept for somebody and no container has. @returns the addresses @throws IpamError not-found, in-use, conflict, store-unavailable */
export async function unkeep(
  subject: KeptSubject,
  { shared, notes, onReleased }: UnkeepParts,
): Promise<readonly string[]> {
  const kept = await keptClaims(subject, shared);
  const parked = kept.filter(isParked);
  const [held] = kept.filter((claim) => !isParked(claim));
  if (parked.length === 0 && held !== undefined) throw stillHeld(held);
  if (parked.length === 0) throw nothingKept(subject);
  const released: string[] = [];
  for (const claim of parked) {
    // Its own version: taken over meanwhile, it stays.
    if (!(await shared.release(claim))) continue;
    notes.noteClaim('freed', claim, 'by hand');
    released.push(claim.spec.address);
    onReleased?.(releasedClaim(claim), byCall('what was kept is freed'));
  }
  if (released.length === 0) throw changedMeanwhile(parked);
  return released;
}

async function keptClaims(
  subject: KeptSubject,
  { everybodys }: Pick<SharedClaims, 'everybodys'>,
): Promise<readonly Stored<Claim>[]> {
  const claims = subject.kind === 'address' ? everybodys.ofAddress(subject.address) : everybodys.all();
  return (await claims).filter((claim) => isOf(claim, subject));
}

function isOf(claim: Claim, subject: KeptSubject): boolean {
  const identity = identityOfClaim(claim);
  if (identity === undefined || subject.kind === 'address') return identity !== undefined;
  const { owner, namespace, podName } = identity;
  if (namespace !== subject.namespace) return false;
  if (subject.kind === 'identity') return owner.kind === namedKind && owner.name === subject.name;
  return !isNamedByOwner(owner) && podName === subject.name;
}

function nothingKept(subject: KeptSubject): IpamError {
  const what =
    subject.kind === 'address'
      ? `${formatAddress(subject.address)} is not kept for anybody`
      : `nothing is kept for ${subject.kind === 'pod' ? 'Pod' : 'identity'} ${[subject.namespace, subject.name].filter(Boolean).join('/')}`;
  return new IpamError('not-found', what, { advice: 'ipam-cli get claims -o wide shows what is kept, and for whom' });
}

function changedMeanwhile(parked: readonly Claim[]): IpamError {
  const addresses = parked.map(({ spec }) => spec.address).join(', ');
  return new IpamError('conflict', `what is kept has changed while it was to be freed: ${addresses}`, {
    advice: 'it may have been taken over; look, and try again',
  });
}

function stillHeld(claim: Claim): IpamError {
  const { address, containerId, node } = claim.spec;
  const identity = identityOfClaim(claim);
  const whom = identity === undefined ? '' : ` for ${identityTitle(identity)}`;
  return new IpamError('in-use', `${address} is kept${whom}, and container ${containerId} on node "${node}" has it`, {
    advice: 'its DEL gives it back; then it can be freed',
    facts: { address, containerId, node },
  });
}
