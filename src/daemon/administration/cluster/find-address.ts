import { type Address, formatAddress } from '../../../ip/address.ts';
import { prefixContains } from '../../../ip/prefix.ts';
import type { AddressState } from '../../../ipam/address-state.ts';
import type { LeasedBlock } from '../../../ipam/claim/leased-block.ts';
import type { Found, Peers, Told } from '../../../ipam/cluster-port.ts';
import type { Administration } from '../../../ipam/port.ts';
import { reasonOf } from './ask.ts';
import { claimedAllocations } from './claimed.ts';
import type { StandInParts, StandIns } from './stand-ins.ts';

interface Parts extends StandInParts {
  readonly local: Administration;
  readonly peers: Peers;
  readonly standIns: StandIns;
}

interface FoundAddress extends Told<Found> {
  /** Is it by the record of the daemon that has it? Then nothing that happens in the store changes it. */
  readonly isRecorded: boolean;
}

/**
 * What is with an address. Of a shared pool the claims say it; of a block its daemon, which is asked whatever is withheld:
 * what was reserved or put into quarantine may have been given before.
 */
export async function findAddress(address: Address, parts: Parts): Promise<FoundAddress> {
  const { local, blocks, peers, node } = parts;
  const state = await local.stateOf(address);
  const allocations = local.holdersOf(address);
  const whole = { value: { allocations, state }, unanswered: [], isRecorded: allocations.length > 0 };
  if (allocations.length > 0 || state.state === 'parked') return whole;
  if (state.state === 'held') return { ...whole, value: { allocations: await claimedBy(address, parts), state } };
  const leased = blocks.all().find(({ prefix }) => prefixContains(prefix, address));
  if (leased === undefined) return whole;
  if (leased.resource.spec.daemon === node) return { ...whole, isRecorded: true };
  const { daemon } = leased.resource.spec;
  try {
    const value = await peers.find(daemon, { kind: 'address', address });
    return { value, unanswered: [], isRecorded: value.allocations.length > 0 };
  } catch (error) {
    return { ...(await withoutDaemon(address, state, leased, reasonOf(error), parts)), isRecorded: false };
  }
}

async function claimedBy(address: Address, { shared, catalog }: Parts) {
  return claimedAllocations(await shared.everybodys.ofAddress(address), (name) => catalog.pool(name));
}

async function withoutDaemon(
  address: Address,
  state: AddressState,
  leased: LeasedBlock,
  reason: string,
  { standIns }: Parts,
): Promise<Told<Found>> {
  const text = formatAddress(address);
  const { daemon, node, cidr, pool } = leased.resource.spec;
  const shown = (await standIns.shownInBlocks(daemon)).find(({ addresses: [held] }) => held?.address === text);
  if (shown !== undefined) {
    const message = `${text} is held by Pod ${shown.pod?.namespace}/${shown.pod?.name} on node "${node}", as the API server shows it`;
    const held: AddressState = { state: 'held', pool, block: cidr, node, message };
    return { value: { allocations: [shown], state: held }, unanswered: [] };
  }
  const unanswered = [{ node: daemon, reason }];
  const only = `only the daemon of node "${daemon}" knows`;
  const message =
    state.state === 'unknown'
      ? `${text} is in block ${cidr}; who has it ${only}, and it did not answer: ${reason}`
      : `${state.message}; whether somebody has it ${only}, and it did not answer: ${reason}`;
  return { value: { allocations: [], state: { ...state, message } }, unanswered };
}
