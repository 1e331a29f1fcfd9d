import { prefixContains } from '../../ip/prefix.ts';
import { isApplication, isAskedToStay, ordinalOf } from '../../ipam/bind/identity.ts';
import { staysInNoBlock } from '../../ipam/bind/refused-stay.ts';
import type { Grant } from '../../ipam/claim/address-source.ts';
import type { Claimant } from '../../ipam/claim/claimant.ts';
import { type Attempt, poolsExhausted } from '../../ipam/claim/exhausted.ts';
import { quotaRefused } from '../../ipam/claim/quota.ts';
import { requestRefused } from '../../ipam/claim/refused-address.ts';
import { addressesIn, type RequestedAddress } from '../../ipam/requested-address.ts';
import type { Selection } from '../../ipam/select/select.ts';
import { type IpamError, isIpamError } from '../../resources/errors.ts';
import type { AddressSources } from './address-sources.ts';
import type { FixedAddresses } from './fixed-addresses.ts';

export interface Granting {
  readonly sources: AddressSources;
  /** What stays with whom it is for, asked first. */
  readonly fixed: FixedAddresses;
}

/**
 * Takes one address for one want: what is kept for whoever asks, else of the first of its pools that gives one.
 * @throws IpamError pool-exhausted, quota-exceeded, address-taken, address-not-allowed, unsupported, not-ready, store-unavailable,
 *   storage-full
 */
export async function grantAddress(parts: Granting, asked: Selection, claimant: Claimant): Promise<Grant> {
  const { sources, fixed } = parts;
  const want = withPoolsThatKeep(sources, asked, claimant);
  // Who leases blocks, or is asked for one address, looks for what is kept this once.
  const isAskedAgain =
    want.requested === undefined && want.candidates.every((pool) => sources.of(pool) === sources.shared);
  const kept = fixed.mayKeepFor(claimant) ? await fixed.take(want, claimant, isAskedAgain) : undefined;
  if (kept !== undefined) return sources.shared.grantKept(kept);
  const { requested } = want;
  return await (requested === undefined
    ? grantAny(parts, want, claimant)
    : grantRequested(parts, { ...want, requested }, claimant));
}

/** One of the first pool that gives one. */
async function grantAny({ sources }: Granting, want: Selection, claimant: Claimant): Promise<Grant> {
  const attempts: Attempt[] = [];
  const refusals: IpamError[] = [];
  for (const pool of want.candidates) {
    const source = sources.of(pool);
    try {
      const grant = await source.take(pool, want, claimant);
      if (grant !== undefined) return grant;
      attempts.push(source.attempt(pool, claimant.node));
    } catch (error) {
      // What a namespace may not have of one pool, it may have of the next.
      if (!isIpamError(error, 'quota-exceeded')) throw error;
      refusals.push(error);
    }
  }
  throw refusals.length === 0 ? poolsExhausted(want, attempts) : quotaRefused(refusals, attempts);
}

/** What is asked to stay is rather refused than given without being kept. */
function withPoolsThatKeep(sources: AddressSources, want: Selection, { identity }: Claimant): Selection {
  if (identity === undefined || !isAskedToStay(identity.owner) || identity.stay === 'container') return want;
  const candidates = want.candidates.filter((pool) => sources.of(pool) === sources.shared || sources.leased.keeps);
  if (candidates.length > 0 || want.candidates.length === 0) return { ...want, candidates };
  throw staysInNoBlock(identity, want.candidates);
}

/** One of the addresses that are asked for, of the first pool that gives it. */
async function grantRequested(
  { sources }: Granting,
  want: Selection & { readonly requested: RequestedAddress },
  claimant: Claimant,
): Promise<Grant> {
  const refusals: IpamError[] = [];
  const attempts: Attempt[] = [];
  for (const address of addressesIn(want.requested, firstOf(claimant))) {
    let refusal: IpamError | undefined;
    for (const pool of want.candidates.filter(({ subnet }) => prefixContains(subnet, address))) {
      const source = sources.of(pool);
      try {
        const grant = await source.takeExactly(pool, address, claimant);
        if (grant !== undefined) return grant;
        attempts.push(source.attempt(pool, claimant.node));
      } catch (error) {
        if (!isIpamError(error, 'address-taken') && !isIpamError(error, 'address-not-allowed')) throw error;
        // Who has it tells more than which of two pools of a subnet does not offer it.
        if (refusal?.code !== 'address-taken') refusal = error;
      }
    }
    if (refusal !== undefined) refusals.push(refusal);
  }
  if (refusals.length === 0) throw poolsExhausted(want, attempts);
  throw requestRefused(want, refusals, claimant.identity);
}

/** The Pods of a StatefulSet have the addresses of a list in their order, as far as they are free. */
function firstOf({ identity }: Claimant): number {
  if (identity === undefined || isApplication(identity.owner)) return 0;
  return ordinalOf(identity.podName, identity.owner.name) ?? 0;
}
