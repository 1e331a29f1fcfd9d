import type { Identity } from '../../ipam/bind/identity.ts';
import { identityOfClaim, whyKeptLongEnough } from '../../ipam/bind/kept-claim.ts';
import { releasedClaim } from '../../ipam/reclaim/release-cause.ts';
import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import type { Noting } from '../history/history-notes.ts';
import type { SharedClaims } from './shared-claims.ts';

export interface FreeKeptParts {
  readonly shared: Pick<SharedClaims, 'parked' | 'release'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: Pick<DaemonOptions, 'onReleased'>;
  readonly notes: Noting;
}

/**
 * Lets go what a caller asked to stay for a time that is over. Every daemon tries; whoever is first does it.
 * @param isTold is it this daemon's to look after?
 * @returns the addresses @throws IpamError store-unavailable, storage-full
 */
export async function freeKeptTooLong(
  isTold: (identity: Identity) => boolean,
  { shared, clock, log, options, notes }: FreeKeptParts,
): Promise<readonly string[]> {
  const freed: string[] = [];
  for (const claim of shared.parked()) {
    const why = whyKeptLongEnough(claim, clock.now());
    const identity = identityOfClaim(claim);
    if (why === undefined || identity === undefined || !isTold(identity)) continue;
    const { address } = claim.spec;
    try {
      // Taken over meanwhile, or freed by another daemon, which says so.
      if (!(await shared.release(claim))) continue;
    } catch (error) {
      // Of another node's, which an agent may not write: a member does.
      if (!isIpamError(error, 'permission-denied')) throw error;
      continue;
    }
    log.info({ address, identity }, `freed ${address}: ${why}`);
    options.onReleased?.(releasedClaim(claim), { reason: 'kept-long-enough', text: why });
    notes.noteClaim('freed', claim, why);
    freed.push(address);
  }
  return freed;
}
