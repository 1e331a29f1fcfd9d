import { type Address, formatAddress } from '../../ip/address.ts';
import { formatPrefix, prefixContains } from '../../ip/prefix.ts';
import { containsAddress, type RangeSet } from '../../ip/range-set.ts';
import { type Conflict, unreadable } from '../conflict.ts';
import { type ForeignLease, podOfText } from '../foreign.ts';
import { goAddress } from '../go-net.ts';
import { allocatedAddress, isCongruent, isExact } from './allocation-index.ts';
import { reservationName, textOrNone, type WhereaboutsPool, type WhereaboutsReservation } from './objects.ts';

/** The interface of allocations that older versions wrote without one: what Multus calls its first. */
export const usualInterface = 'net1';

export interface AllocationFacts {
  /** The name of the pool that is made of the object. */
  readonly pool: string;
  /** `network_name` of the networks that use the pool; empty: none. */
  readonly networkName: string;
  /** What a DEL names. */
  readonly network: string;
  /** What the networks' configurations let whereabouts give out; undefined: no network is known. */
  readonly given: RangeSet | undefined;
  readonly reservations: readonly WhereaboutsReservation[];
}

export interface ReadAllocations {
  readonly leases: readonly ForeignLease[];
  readonly conflicts: readonly Conflict[];
  /** Names of the reservations that belong to the allocations. */
  readonly reserved: ReadonlySet<string>;
}

/** Who has which address of a pool, as whereabouts reads its own object. */
export function readAllocations(pool: WhereaboutsPool, facts: AllocationFacts): ReadAllocations {
  const leases: ForeignLease[] = [];
  const conflicts: Conflict[] = [];
  const reserved = new Set<string>();
  for (const [index, allocation] of pool.allocations) {
    const origin = `allocation "${brief(index)}" of ${pool.subject}`;
    const { id, podref, ifname } = (allocation ?? {}) as Readonly<Record<string, unknown>>;
    const [holder, podText, interfaceName] = [textOrNone(id), textOrNone(podref), textOrNone(ifname)];
    const found = allocatedAddress(pool.range.address, index);
    const address = found === undefined ? undefined : exactly(found, { pool, podText, interfaceName, facts });
    const pod = podOfText(podText);
    if (found === undefined) {
      conflicts.push(unreadable(origin, `its index is no address of ${formatPrefix(pool.range.prefix)}`));
    } else if (address === undefined) {
      conflicts.push(ambiguous(origin, found, pool));
    } else if (holder === '' && pod === undefined) {
      conflicts.push(unreadable(origin, `it gives ${formatAddress(address)} to no container and no Pod`));
    } else {
      reserved.add(reservationName(address, facts.networkName));
      leases.push({
        address,
        attachment: {
          network: facts.network,
          // A DEL does not find such an address; the controller frees it once its Pod is gone.
          containerId: holder === '' && pod !== undefined ? `pod-${pod.namespace}-${pod.name}` : holder,
          ifname: interfaceName || usualInterface,
        },
        ...(pod === undefined ? {} : { pod }),
        at: undefined,
        pools: [facts.pool],
        origin,
      });
    }
  }
  return { leases, conflicts, reserved };
}

interface Clues {
  readonly pool: WhereaboutsPool;
  readonly podText: string;
  readonly interfaceName: string;
  readonly facts: AllocationFacts;
}

/**
 * Of a range wider than /64 an index is the same for many addresses. The one meant is that which is reserved for the same
 * Pod under its own name; without a reservation (`enable_overlapping_ranges: false`), the one that the network gives out.
 */
function exactly(found: Address, { pool, podText, interfaceName, facts }: Clues): Address | undefined {
  const { prefix } = pool.range;
  if (isExact({ prefixLength: prefix.length, family: found.family })) return found;
  const candidates = facts.reservations.flatMap(({ name, pod, ifname }) => {
    const text = facts.networkName === '' ? name : name.slice(facts.networkName.length + 1);
    const address = goAddress(text.replaceAll('-', ':'));
    if (address === undefined || reservationName(address, facts.networkName) !== name) return [];
    const isMeant = pod === podText && (ifname === interfaceName || ifname === '' || interfaceName === '');
    return isMeant && prefixContains(prefix, address) && isCongruent(address, found) ? [address] : [];
  });
  const [only] = candidates;
  if (candidates.length === 1) return only;
  const isGiven = facts.given !== undefined && containsAddress(facts.given, found);
  return candidates.length === 0 && isGiven ? found : undefined;
}

function ambiguous(origin: string, found: Address, pool: WhereaboutsPool): Conflict {
  return {
    subject: origin,
    reason: `its index stands for ${formatAddress(found)} and for every 2^64th address of ${formatPrefix(pool.range.prefix)} after it`,
    advice: 'delete the Pod, or the allocation when its Pod is gone, and repeat',
  };
}

function brief(index: string): string {
  return index.length > 40 ? `${index.slice(0, 37)}…` : index;
}
