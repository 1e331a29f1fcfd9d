import { type Address, formatAddress, sameAddress } from '../../ip/address.ts';
import { containsAddress } from '../../ip/range-set.ts';
import { subnetEdges } from '../../resources/address-plan.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Quarantine } from '../../resources/quarantine.ts';
import type { Identity } from '../bind/identity.ts';
import { type RequestedAddress, requestedText } from '../requested-address.ts';
import { poolTitle } from '../select/rejection.ts';
import type { Selection } from '../select/select.ts';
import type { Holder } from './holder.ts';

/** What keeps an address from everybody: a SpiderReservedIP. */
export interface Reservation {
  readonly name: string;
  /** Undefined: it was reserved by plan. */
  readonly quarantine: Quarantine | undefined;
}

/** Why an address is held back, as the end of a sentence. */
export const heldBackBecause = 'what stood for it is gone without a word or cannot be used, and somebody may have it';

/** The error when one exact address was asked for and somebody has it. */
export function addressTaken(address: string, { title, isSibling }: Holder): IpamError {
  return new IpamError('address-taken', `address ${address} is ${title}`, {
    advice: 'ask for another address, or release this one (ipam-cli lookup shows its holder)',
    facts: { address, holder: title, isSibling },
  });
}

/**
 * The error when one exact address was asked for that no interface may have.
 * @param isHeldBack may it be somebody's, although nobody can tell whose?
 */
export function addressWithheld(
  address: Address,
  pool: Pool,
  reservation: Reservation | undefined,
  isHeldBack = false,
): IpamError {
  const text = formatAddress(address);
  const facts = { address: text, pool: pool.name };
  const where = pool.ranges === undefined ? `pool "${pool.name}"` : poolTitle(pool);
  if (reservation?.quarantine !== undefined) {
    const why = `address ${text} of ${where} is in quarantine: ${reservation.quarantine.reason}`;
    const advice = `find who else uses it, then run ipam-cli lift ${text}`;
    return new IpamError('address-not-allowed', why, { advice, facts });
  }
  if (reservation === undefined && isHeldBack && containsAddress(pool.usable, address)) {
    const why = `address ${text} of ${where} is held back: ${heldBackBecause}`;
    const advice = 'try again in some minutes; ipam-cli check shows what cannot be used';
    return new IpamError('address-taken', why, { advice, facts });
  }
  const { why, advice = '' } = whyWithheld(address, pool, reservation);
  return new IpamError('address-not-allowed', `address ${text} of ${where} is never given out: it is ${why}`, {
    advice,
    facts,
  });
}

function whyWithheld(
  address: Address,
  { gateway, subnet, excluded, usable, ranges, blockSize }: Pool,
  reservation: Reservation | undefined,
): { readonly why: string; readonly advice?: string } {
  if (reservation !== undefined) return { why: `reserved by SpiderReservedIP "${reservation.name}"` };
  if (gateway !== undefined && sameAddress(gateway, address)) return { why: 'its gateway' };
  if (containsAddress(subnetEdges(subnet), address)) return { why: 'a network or broadcast address' };
  if (containsAddress(excluded, address)) return { why: 'excluded (spec.excludeIPs)' };
  if (containsAddress(usable, address)) {
    return { why: `a gateway${blockSize === undefined ? '' : ', network or broadcast address'} beside it` };
  }
  return ranges === undefined
    ? {
        why: 'in none of its ranges (spec.ips)',
        advice: 'list it in spec.ips, or in spec.fixedIPs for those only who ask for it',
      }
    : { why: 'in none of its ranges', advice: 'put it between fixedStart and fixedEnd in the CNI configuration' };
}

/**
 * The error when none of the addresses that were asked for can be had.
 * @param refusals why not, address by address; never empty
 * @param asker for whom; undefined: for nobody in particular
 */
export function requestRefused(
  { requested, family }: Selection & { readonly requested: RequestedAddress },
  refusals: readonly IpamError[],
  asker: Identity | undefined,
): IpamError {
  const { origin } = requested;
  const from = origin === undefined ? '' : ` (${origin})`;
  const taken = refusals.filter(({ code }) => code === 'address-taken');
  const [first] = refusals;
  const code = taken.length > 0 ? 'address-taken' : (first?.code ?? 'address-not-allowed');
  const siblings = taken.filter(({ facts }) => facts.isSibling === true);
  const isAllSiblings = asker !== undefined && siblings.length === refusals.length;
  const advice = isAllSiblings ? adviceOnReplicas(asker) : (first?.advice ?? '');
  if (refusals.length === 1 && first !== undefined) {
    return new IpamError(code, `${first.message}${from}`, { advice, facts: first.facts });
  }
  const shown = refusals.slice(0, shownRefusals).map(({ message }) => message);
  const more = refusals.length > shown.length ? `; and ${refusals.length - shown.length} more` : '';
  const what = `no IPv${family} address is left of ${requestedText(requested)}${from}`;
  const facts = { refused: refusals.slice(0, listedRefusals).map(({ message }) => message) };
  return new IpamError(code, `${what}: ${shown.join('; ')}${more}`, { advice, facts });
}

/** A message that lists more is not read. */
const shownRefusals = 4;
const listedRefusals = 100;

function adviceOnReplicas({ owner: { kind } }: Identity): string {
  const replace =
    kind === 'DaemonSet'
      ? 'set updateStrategy.rollingUpdate.maxSurge to 0'
      : 'set strategy.rollingUpdate.maxSurge to 0 (or strategy.type to Recreate), so that an old Pod ends before a new one begins';
  return `all of them are in use by its own Pods: name one more address than there are replicas, or ${replace}`;
}
