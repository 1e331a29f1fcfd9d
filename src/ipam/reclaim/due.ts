import type { Claim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { attachmentKey } from '../attachment.ts';
import { identityTitle } from '../bind/identity.ts';
import { identityOfClaim, whyKeptLongEnough } from '../bind/kept-claim.ts';
import { isOfDaemon, isParked } from '../claim/claim-state.ts';
import type { AwaitedRelease } from './awaited.ts';

/** Something that a daemon takes back by itself, by the rule of its kind. */
export interface DueRelease {
  readonly kind: 'gone-pod' | 'orphaned-claim' | 'kept-long-enough' | 'empty-block' | 'quarantine-over';
  /** An address, a CIDR, the name of an object. */
  readonly subject: string;
  readonly reason: string;
  /** Not before, milliseconds since 1970; undefined: not before somebody else has acted. */
  readonly at: number | undefined;
}

export interface DueFacts {
  readonly daemon: string;
  readonly awaited: readonly AwaitedRelease[];
  readonly claims: readonly Stored<Claim>[];
  /** Is a claim on this daemon's record? */
  readonly isHeld: (claim: Claim) => boolean;
  /** CIDRs of blocks that go back. */
  readonly emptyBlocks: readonly string[];
  /** Names of quarantines that have had their time. */
  readonly overQuarantines: readonly string[];
  /** How long an ADD may take, milliseconds. */
  readonly sandboxDeadlineMs: number;
  readonly now: number;
}

/** What comes back, why, and when: what is due now first. */
export function dueReleases(facts: DueFacts): readonly DueRelease[] {
  const { awaited, emptyBlocks, overQuarantines, now } = facts;
  const due: readonly DueRelease[] = [
    ...awaited.map(({ subject, message, until }) => ({
      kind: 'gone-pod' as const,
      subject,
      reason: message,
      at: until,
    })),
    ...facts.claims.flatMap((claim) => dueClaim(claim, facts)),
    ...emptyBlocks.map((subject) => ({
      ...{ kind: 'empty-block' as const, subject, at: now },
      reason: 'no address of it is in use or cools down, and its node has enough without it',
    })),
    ...overQuarantines.map((subject) => ({
      ...{ kind: 'quarantine-over' as const, subject, at: now },
      reason: 'it has had its time',
    })),
  ];
  const order = ({ at = Number.POSITIVE_INFINITY }: DueRelease): number => Math.max(at, now);
  return due.toSorted((a, b) => order(a) - order(b));
}

function dueClaim(claim: Stored<Claim>, { daemon, isHeld, sandboxDeadlineMs, now }: DueFacts): readonly DueRelease[] {
  const { spec, metadata } = claim;
  if (isParked(claim)) {
    const why = whyKeptLongEnough(claim, now);
    const identity = identityOfClaim(claim);
    if (why === undefined || identity === undefined) return [];
    return [
      {
        kind: 'kept-long-enough',
        subject: spec.address,
        reason: `kept for ${identityTitle(identity)}: ${why}`,
        at: now,
      },
    ];
  }
  if (!isOfDaemon(claim, daemon) || isHeld(claim)) return [];
  const at = Date.parse(metadata.creationTimestamp) + sandboxDeadlineMs;
  const reason = `claimed for ${attachmentKey(spec)}, and no record stands behind it${at > now ? ': an ADD may be under way' : ''}`;
  return [{ kind: 'orphaned-claim', subject: spec.address, reason, at }];
}
