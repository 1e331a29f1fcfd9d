import { parseAddress } from '../../ip/address.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Allocation } from '../allocation.ts';
import { attachmentKey } from '../attachment.ts';
import type { AllocateRequest, CniExecution } from '../request.ts';
import { isRequested } from '../requested-address.ts';

/**
 * Is it a runtime that asks a second time for an interface that may be there already? The plugin that wires it would
 * take our answer, fail on the interface, and have the addresses released that the interface uses. So host-local refuses
 * it, and the specification has the runtime DEL first. Answered again is an execution that sends its call again, because
 * the answer did not reach it, and an ADD whose interface is certainly not there: that answer was lost as well.
 */
export function isDuplicateAdd(held: Allocation, execution: CniExecution | undefined): boolean {
  if (execution === undefined || execution.interface === 'absent') return false;
  return execution.id === '' || execution.id !== held.executionId;
}

export function duplicateAdd(held: Allocation, execution: CniExecution | undefined): IpamError {
  const { containerId, ifname, network } = held.attachment;
  const there = execution?.interface === 'present' ? `, and interface ${ifname} is there` : '';
  return new IpamError(
    'already-exists',
    `${textOf(held)} has been allocated to ${ifname} of container ${containerId} on network "${network}"${there}: duplicate allocation is not allowed`,
    { advice: 'DEL it first' },
  );
}

/** A repeated request gets what is held: so it must not ask for anything else. @throws IpamError already-exists */
export function heldAgain(held: Allocation, { requested, source }: AllocateRequest): Allocation {
  const has = held.addresses.map(({ address }) => parseAddress(address));
  if (!requested.every((one) => has.some((address) => isRequested(one, address))))
    throw asksForOther(held, 'another address');
  // Of pools that are named for this one request no annotation makes others.
  if (source.kind !== 'named' || source.final !== true) return held;
  if (!held.addresses.every(({ pool }) => source.pools.includes(pool))) throw asksForOther(held, 'another pool');
  return held;
}

function asksForOther(held: Allocation, what: string): IpamError {
  return new IpamError(
    'already-exists',
    `attachment ${attachmentKey(held.attachment)} holds ${textOf(held)} already and asks for ${what} now`,
    { advice: 'DEL it first' },
  );
}

function textOf({ addresses }: Allocation): string {
  return addresses.map(({ address }) => address).join(', ');
}
