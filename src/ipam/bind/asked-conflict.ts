import { type Address, formatAddress } from '../../ip/address.ts';
import { prefixContains } from '../../ip/prefix.ts';
import { containsAddress } from '../../ip/range-set.ts';
import type { Claim } from '../../resources/claim.ts';
import type { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import { holderOfClaim } from '../claim/holder.ts';
import { addressTaken, addressWithheld, type Reservation, requestRefused } from '../claim/refused-address.ts';
import { addressesIn, type RequestedAddress } from '../requested-address.ts';
import type { Identity } from './identity.ts';

/** What is known where a Pod is only about to be made: of the node that it comes to, and its networks, nothing. */
export interface AskedFacts {
  readonly pod: { readonly namespace: string; readonly name: string };
  /** For whom the address would be kept; undefined: for nobody. */
  readonly asker: Identity | undefined;
  readonly pools: readonly Pool[];
  /** The claim of an address of this pool, whichever pool it was claimed of. */
  readonly claimOf: (pool: Pool, address: Address) => Claim | undefined;
  readonly reservationOf: (address: Address) => Reservation | undefined;
}

/**
 * Why a Pod cannot have what it asks for, whichever node it comes to, as far as that is known: every address of it is another's,
 * or never given out. One that is in no pool yet, or that the Pod's own application has, it may have in a moment.
 * @returns undefined: it may have some of it
 */
export function conflictOf(requested: RequestedAddress, facts: AskedFacts): IpamError | undefined {
  const { family } = requested;
  const refusals: IpamError[] = [];
  for (const address of addressesIn(requested)) {
    const pools = facts.pools.filter((pool) => pool.family === family && prefixContains(pool.subnet, address));
    const refused = pools.map((pool) => whyNot(address, pool, facts));
    const [first] = refused.filter((one) => one !== undefined).toSorted(byHolder);
    if (first === undefined || refused.includes(undefined)) return undefined;
    refusals.push(first);
  }
  return requestRefused({ requested, family, candidates: facts.pools, rejected: [] }, refusals, facts.asker);
}

/** Who has it tells more than which of two pools of a subnet does not offer it. */
function byHolder(a: IpamError, b: IpamError): number {
  return Number(b.code === 'address-taken') - Number(a.code === 'address-taken');
}

function whyNot(address: Address, pool: Pool, facts: AskedFacts): IpamError | undefined {
  // What of a block is free its node knows.
  if (pool.blockSize !== undefined) return undefined;
  const reservation = facts.reservationOf(address);
  if (reservation !== undefined || !containsAddress(pool.usable, address))
    return addressWithheld(address, pool, reservation);
  const claim = facts.claimOf(pool, address);
  if (claim === undefined || isOwn(claim, facts)) return undefined;
  const holder = holderOfClaim(claim, facts.asker);
  return holder.isSibling ? undefined : addressTaken(formatAddress(address), holder);
}

/** Of a Pod of this name that is about to be gone: nobody makes two. */
function isOwn({ spec }: Claim, { pod }: AskedFacts): boolean {
  return spec.podNamespace === pod.namespace && spec.podName === pod.name;
}
