import type { Address } from '../ip/address.ts';
import { containsAddress } from '../ip/range-set.ts';
import type { Reservation } from '../ipam/claim/refused-address.ts';
import { problemOf } from '../resources/malformed.ts';
import { addressName } from '../resources/names.ts';
import { quarantineOf } from '../resources/quarantine.ts';
import { refusalsOf } from '../resources/refusal.ts';
import { parseReservedIP, type ReservedIPResource } from '../resources/reserved-ip.ts';
import { inScope, scopeOf } from '../resources/scope.ts';
import type { ClusterState } from './state.ts';
import type { PodAdmissionFacts } from './webhook/pod-admission.ts';

/** For the webhook, when a Pod is about to be made. */
export function podAdmissionFacts(state: ClusterState): PodAdmissionFacts {
  return {
    get ready() {
      return state.ready;
    },
    pools: () => state.readablePools(),
    claimOf: ({ name }, address) => {
      const claim = state.claim(inScope(addressName(address), scopeOf(name)));
      return claim === undefined || problemOf(claim) !== undefined ? undefined : claim;
    },
    reservationOf: (address) => reservationOf(state, address),
  };
}

/** A quarantine tells more than a plan. */
function reservationOf(state: ClusterState, address: Address): Reservation | undefined {
  if (!containsAddress(state.reserved, address)) return undefined;
  const found = [...state.reservations()].filter((one) => holds(one, address));
  return found
    .map(({ metadata: { name }, spec }) => ({ name, quarantine: quarantineOf(spec) }))
    .toSorted((a, b) => Number(b.quarantine !== undefined) - Number(a.quarantine !== undefined))[0];
}

function holds(reservation: ReservedIPResource, address: Address): boolean {
  let isHeld = false;
  const problems = refusalsOf(() => {
    isHeld = containsAddress(parseReservedIP(reservation), address);
  });
  return problems.length === 0 && isHeld;
}
