import { attachmentKey } from '../../ipam/attachment.ts';
import { isHeldBy } from '../../ipam/claim/claim-state.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { isLimited, type NamespaceQuota, requireWithinQuota } from '../../ipam/claim/quota.ts';
import type { Clock } from '../../platform/clock.ts';
import { comesInTime } from '../../platform/comes-in-time.ts';
import type { Claim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { SharedClaims } from './shared-claims.ts';

/** How long an ADD waits for the watch to show what it has just written, milliseconds. */
const shownMs = 5_000;

/**
 * Sees to it that no namespace holds more addresses of shared pools than it may, on all nodes together: claim first, count then,
 * and give up what is too much. A claim is counted when the store has shown it, so all that were before it are.
 */
export class QuotaGuard {
  readonly #shared: SharedClaims;
  readonly #clock: Clock;

  constructor(shared: SharedClaims, clock: Clock) {
    this.#shared = shared;
    this.#clock = clock;
  }

  /**
   * Before anything is claimed: a Pod that comes again and again beyond its quota writes nothing.
   * @throws IpamError quota-exceeded
   */
  async requireRoom(pool: Pool, { attachment, quota }: Claimant): Promise<void> {
    // To ask the store twice for each address would cost more than what is written in vain.
    if (quota === undefined || !isLimited(pool, quota) || this.#shared.everybodys.areAsked) return;
    const key = attachmentKey(attachment);
    const others = (await this.#claimsOf(quota)).filter((claim) => !isHeldBy(claim, key));
    requireWithinQuota(pool, quota, countOf(pool, others));
  }

  /**
   * Was a claim that was just made within the quota? If not, it is the caller's to release.
   * @throws IpamError quota-exceeded; not-ready: the watch is further behind; store-unavailable
   */
  async requireWithin(pool: Pool, claim: Stored<Claim>, { quota }: Claimant): Promise<void> {
    if (quota === undefined || !isLimited(pool, quota)) return;
    if (!(await comesInTime(this.#shared.untilShown(claim), shownMs, this.#clock))) {
      const what = `nobody knows yet how many addresses namespace "${quota.namespace}" holds: the store has not shown ${claim.spec.address} for ${shownMs / 1000} s`;
      throw new IpamError('not-ready', what, { advice: 'try again' });
    }
    const others = await this.#claimsOf(quota, claim);
    requireWithinQuota(
      pool,
      quota,
      countOf(
        pool,
        others.filter(({ metadata: { uid } }) => uid !== claim.metadata.uid),
      ),
    );
  }

  #claimsOf({ namespace }: NamespaceQuota, before?: Stored<Claim>): Promise<readonly Stored<Claim>[]> {
    return this.#shared.everybodys.ofNamespace(namespace, before);
  }
}

function countOf(pool: Pool, claims: readonly Claim[]): { readonly inPool: number; readonly inAll: number } {
  return { inPool: claims.filter(({ spec }) => spec.pool === pool.name).length, inAll: claims.length };
}
