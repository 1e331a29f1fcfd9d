import { type Address, compareAddresses, formatAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix, prefixContains, prefixOf } from '../ip/prefix.ts';
import { containsAddress, type RangeSet } from '../ip/range-set.ts';
import { subnetEdges } from '../resources/address-plan.ts';
import type { Pool } from '../resources/pool.ts';
import type { Quarantine } from '../resources/quarantine.ts';
import { blockLayout } from './claim/layout.ts';
import { heldBackBecause } from './claim/refused-address.ts';

/**
 * What can be with an address. All but the first four are given to nobody; `unknown` is for another daemon to say, or for time
 * to show.
 */
export type AddressCondition =
  | 'held'
  | 'parked'
  | 'cooling-down'
  | 'free'
  | 'gateway'
  | 'network'
  | 'broadcast'
  | 'reserved'
  | 'quarantined'
  | 'excluded'
  | 'unlisted'
  | 'outside'
  | 'unknown';

export interface AddressState {
  readonly state: AddressCondition;
  readonly pool?: string;
  /** CIDR of the leased block. */
  readonly block?: string;
  /** Whose block it is, or who holds the address. */
  readonly node?: string;
  /** Milliseconds since 1970: the end of the cool-down or the quarantine. */
  readonly until?: number;
  /** A sentence for people. */
  readonly message: string;
}

export interface AddressFacts {
  readonly address: Address;
  /** All of them; the address may be in several, or in none. */
  readonly pools: readonly Pool[];
  readonly quarantine: Quarantine | undefined;
  /** Reserved by plan. */
  readonly planned: RangeSet;
  /** Who holds it, by this daemon's record or by a claim that it sees. */
  readonly holder: { readonly node: string; readonly pool: string; readonly who: string } | undefined;
  /** For whom it is kept, when no container has it. */
  readonly parked?: { readonly pool: string; readonly who: string; readonly since: string };
  readonly block:
    | { readonly prefix: Prefix; readonly node: string; readonly pool: string; readonly isOwn: boolean }
    | undefined;
  /** May be somebody's, although nobody can tell whose. */
  readonly heldBack: RangeSet;
  /** End of its cool-down; undefined: it has none. */
  readonly coolsDownUntil: number | undefined;
}

/** Who holds it counts first: what is withheld now may have been given before. */
export function addressState(facts: AddressFacts): AddressState {
  const { address, holder, parked, pools, block, coolsDownUntil } = facts;
  const text = formatAddress(address);
  if (holder !== undefined) {
    const { node, pool, who } = holder;
    const outside = block === undefined || block.node === node ? '' : `, by a claim: it is in ${titleOf(block)}`;
    return { state: 'held', pool, node, message: `${text} is held by ${who} on node "${node}"${outside}` };
  }
  if (parked !== undefined) {
    const { pool, who, since } = parked;
    const message = `${text} of pool "${pool}" is kept for ${who}, and no container has it since ${since}${
      block === undefined ? '' : `; it is in ${titleOf(block)}, which gives it to nobody else`
    }`;
    return { state: 'parked', pool, message };
  }
  const around = pools.filter(({ subnet }) => prefixContains(subnet, address));
  const pool = around.find(({ usable }) => containsAddress(usable, address)) ?? around[0];
  if (pool === undefined) return { state: 'outside', message: `${text} is in no pool` };
  const where = {
    pool: pool.name,
    ...(block === undefined ? {} : { block: formatPrefix(block.prefix), node: block.node }),
  };
  const withheld = withheldBecause(facts, pool);
  if (withheld !== undefined) return { ...where, ...withheld, message: `${text} ${withheld.message}` };
  if (block !== undefined && !block.isOwn) {
    const message = `${text} is in block ${where.block}, of which only the daemon of node "${block.node}" knows who has what`;
    return { ...where, state: 'unknown', message };
  }
  if (containsAddress(facts.heldBack, address)) {
    const message = `${text} of pool "${pool.name}" is held back: ${heldBackBecause}`;
    return { ...where, state: 'unknown', message };
  }
  if (coolsDownUntil !== undefined) {
    const message = `${text} of pool "${pool.name}" cools down until ${new Date(coolsDownUntil).toISOString()}`;
    return { ...where, state: 'cooling-down', until: coolsDownUntil, message };
  }
  return { ...where, state: 'free', message: `${text} of pool "${pool.name}" is free${freeDetail(facts, pool)}` };
}

function titleOf({ prefix, node }: Pick<NonNullable<AddressFacts['block']>, 'prefix' | 'node'>): string {
  return `block ${formatPrefix(prefix)} of node "${node}"`;
}

function freeDetail({ block }: AddressFacts, pool: Pool): string {
  const disabled = pool.disabled ? '; the pool is disabled, and gives nothing' : '';
  if (pool.blockSize === undefined) return disabled;
  return block === undefined
    ? `: no node leases its block${disabled}`
    : `, in block ${formatPrefix(block.prefix)} of node "${block.node}"${disabled}`;
}

type Withheld = Pick<AddressState, 'state' | 'until' | 'message'>;

function withheldBecause({ address, quarantine, planned }: AddressFacts, pool: Pool): Withheld | undefined {
  const isIt = (other: Address | undefined): boolean => other !== undefined && compareAddresses(other, address) === 0;
  if (quarantine !== undefined) {
    const { until, reason } = quarantine;
    const message = `is in quarantine: ${reason}`;
    return { state: 'quarantined', ...(until === undefined ? {} : { until }), message };
  }
  if (containsAddress(planned, address)) return { state: 'reserved', message: 'is reserved by a SpiderReservedIP' };
  if (isIt(pool.gateway)) return { state: 'gateway', message: `is the gateway of pool "${pool.name}"` };
  const slice =
    pool.blockSize === undefined || pool.gateway !== undefined ? undefined : prefixOf(address, pool.blockSize);
  const { gateway } = slice === undefined ? {} : blockLayout(pool, slice, planned);
  if (slice !== undefined && isIt(gateway)) {
    return { state: 'gateway', message: `is the gateway of block ${formatPrefix(slice)}` };
  }
  const edge = edgeOf(address, slice ?? pool.subnet);
  if (edge !== undefined) return edge;
  if (containsAddress(pool.excluded, address)) {
    return { state: 'excluded', message: `is excluded from pool "${pool.name}" (spec.excludeIPs)` };
  }
  if (containsAddress(pool.usable, address)) return undefined;
  return { state: 'unlisted', message: `is in the subnet of pool "${pool.name}" and in none of its ranges (spec.ips)` };
}

function edgeOf(address: Address, prefix: Prefix): Withheld | undefined {
  if (!containsAddress(subnetEdges(prefix), address)) return undefined;
  const state = compareAddresses(prefix.address, address) === 0 ? 'network' : 'broadcast';
  return { state, message: `is the ${state} address of ${formatPrefix(prefix)}` };
}
