import { formatAddress } from '../ip/address.ts';
import { IpamError } from '../resources/errors.ts';
import { brief, type Refusal } from '../resources/refusal.ts';
import type { ForeignLease } from './foreign.ts';

/** Why a migration cannot be: what the source has excludes itself, or what the target has. */
export interface Conflict {
  /** The object, file or key that it is about. */
  readonly subject: string;
  readonly reason: string;
  /** What settles it. */
  readonly advice: string;
}

/** Something of another IPAM's that may say who has an address, and cannot be read. */
export function unreadable(subject: string, reason: string): Conflict {
  return {
    subject,
    reason,
    advice: 'see whether a container has the address, mend or delete the record, and repeat',
  };
}

/** What a rule of ours refuses. */
export function refused({ message, advice }: Pick<Refusal, 'message' | 'advice'>): Conflict {
  const [, subject = '', reason = message] = /^(\w+ "[^"]*"):? (.*)$/s.exec(message) ?? [];
  return { subject, reason, advice: advice || 'change it, and repeat' };
}

/** Who has an address, and where it is written. */
export function holderOf({ attachment, pod, origin }: ForeignLease): string {
  const { network, containerId, ifname } = attachment;
  const who = pod === undefined ? `${network}/${containerId}/${ifname}` : `Pod ${pod.namespace}/${pod.name}`;
  return `${who} (${origin})`;
}

export function heldTwice(a: ForeignLease, b: ForeignLease, advice: string): Conflict {
  return {
    subject: formatAddress(a.address),
    reason: `held by ${holderOf(a)}, and by ${holderOf(b)}`,
    advice,
  };
}

/** The reason of a conflict about addresses that no pool has, before it says who holds them. */
const noPool = 'no pool has it';

export function homeless(lease: ForeignLease, advice: string): Conflict {
  return { subject: formatAddress(lease.address), reason: `${noPool}; ${holderOf(lease)} holds it`, advice };
}

/** Addresses without a pool are often many, and one argument settles them all. */
export function merged(conflicts: readonly Conflict[]): readonly Conflict[] {
  const without = conflicts.filter(isHomeless);
  const [first] = without;
  if (first === undefined || without.length === 1) return conflicts;
  const subject = brief(without.map((one) => one.subject));
  return [...conflicts.filter((one) => !isHomeless(one)), { ...first, subject }];
}

/** @throws IpamError address-not-allowed: nothing is wrong but that the caller has not named where addresses come from */
export function requirePools(conflicts: readonly Conflict[]): void {
  const [first] = conflicts;
  if (first === undefined || !conflicts.every(isHomeless)) return;
  const { subject, advice } = first;
  throw new IpamError('address-not-allowed', `no pool has ${subject}, which the source has given out`, {
    advice,
    facts: { conflicts },
  });
}

function isHomeless({ reason }: Conflict): boolean {
  return reason.startsWith(noPool);
}

/** One that is found in two ways is one. */
export function distinct(conflicts: readonly Conflict[]): readonly Conflict[] {
  return [...new Map(conflicts.map((one) => [`${one.subject}: ${one.reason}`, one])).values()];
}
