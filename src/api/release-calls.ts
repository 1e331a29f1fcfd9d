import { type Address, formatAddress } from '../ip/address.ts';
import type { Allocation } from '../ipam/allocation.ts';
import { attachmentKey } from '../ipam/attachment.ts';
import type { ClusterwideAdministration } from '../ipam/cluster-port.ts';
import { byCall } from '../ipam/reclaim/release-cause.ts';
import { IpamError } from '../resources/errors.ts';
import { type Caller, requireOwnHolder, requireOwnNode, visibleNode } from './caller.ts';
import { addressField, required } from './calls.ts';
import type { ReleaseIPRequest__Output } from './generated/ipam/ReleaseIPRequest.ts';
import type { ReleaseIPResponse } from './generated/ipam/ReleaseIPResponse.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** Of calls that name none. */
export const defaultNetwork = 'grpc';
export const defaultInterface = 'eth0';

const reasonLimit = 500;

/** What a release comes to: the attachments that it releases, or why it releases none. */
type Chosen = { readonly attachments: readonly Allocation[] } | { readonly answer: ReleaseIPResponse };

/** A release names the attachment it releases: by container, by address, or by both, which must then agree. */
export async function release(
  parts: IpamServiceParts,
  message: ReleaseIPRequest__Output,
  caller: Caller,
): Promise<ReleaseIPResponse> {
  const reason = reasonField(message.reason);
  const chosen = await chosenFor(parts, message, caller);
  if ('answer' in chosen) return chosen.answer;
  const released: string[] = [];
  for (const { attachment } of chosen.attachments) {
    const allocation = await parts.ipam.release(attachment, byCall(reason));
    released.push(...textsOf(allocation));
  }
  // What another call has released meanwhile is released.
  return { success: true, message: `released ${released.join(', ') || 'meanwhile'}` };
}

/** What a release would come to; nothing is released. */
export async function dryRunRelease(
  parts: IpamServiceParts,
  message: ReleaseIPRequest__Output,
  caller: Caller,
): Promise<ReleaseIPResponse> {
  reasonField(message.reason);
  const chosen = await chosenFor(parts, message, caller);
  if ('answer' in chosen) return chosen.answer;
  const of = chosen.attachments.map((one) => `${textsOf(one).join(', ')} of ${attachmentKey(one.attachment)}`);
  return { success: true, message: `would release ${of.join('; ')}` };
}

function textsOf(allocation: Allocation | undefined): readonly string[] {
  return (allocation?.addresses ?? []).map(({ address }) => address);
}

/** @throws IpamError in-use, permission-denied, invalid-argument */
async function chosenFor(
  { ipam, administration }: IpamServiceParts,
  message: ReleaseIPRequest__Output,
  caller: Caller,
): Promise<Chosen> {
  if (message.node_id !== '') requireOwnNode(caller, message.node_id, 'node_id');
  const { ip, container_id: containerId, ifname, network } = message;
  if (ip === '' && containerId === '') required('', 'ip and container_id');
  const address = ip === '' ? undefined : addressField(ip, 'ip');
  const present = (): readonly Allocation[] =>
    address === undefined ? administration.ofContainer(containerId) : administration.holdersOf(address);
  if (present().length === 0 && containerId !== '') {
    // Whoever allocated, and gave up before the answer came, releases while that call is still under way.
    await ipam.settled({ network: network || defaultNetwork, containerId, ifname: ifname || defaultInterface });
  }
  const candidates = present();
  // Before anything is said of who holds it.
  for (const { node } of candidates) requireOwnHolder(caller, node, address === undefined ? 'container_id' : 'ip');
  const [first] = candidates;
  if (first !== undefined && containerId !== '' && first.attachment.containerId !== containerId) {
    return refused(`${ip} is held by container ${first.attachment.containerId}, not by ${containerId}`);
  }
  const chosen = candidates.filter(
    ({ attachment, node }) =>
      (ifname === '' || attachment.ifname === ifname) &&
      (network === '' || attachment.network === network) &&
      (message.node_id === '' || message.node_id === node),
  );
  if (candidates.length > 0 && chosen.length === 0) {
    const held = candidates.map(
      ({ attachment, node }) => `${attachment.ifname} of network "${attachment.network}" on node "${node}"`,
    );
    return refused(`held on ${held.join(', ')}, which is not what was named`);
  }
  const [inUse] = message.only_if_gone ? chosen.filter((one) => administration.isGone(one) !== true) : [];
  if (inUse !== undefined) throw mayBeInUse(inUse);
  if (chosen.length > 0) return { attachments: chosen };
  const elsewhere = address === undefined ? undefined : await heldElsewhere(administration, address, caller);
  if (elsewhere !== undefined) return refused(elsewhere);
  const what =
    address === undefined ? `container ${containerId} holds no address` : `${formatAddress(address)} is not held`;
  return { answer: { success: true, message: `${what}; nothing to release` } };
}

function refused(why: string): Chosen {
  return { answer: { success: false, message: `${why}; nothing was released` } };
}

/** Who has an address on another node, or why that cannot be told. @returns undefined: nobody, or the caller sees its own only */
async function heldElsewhere(
  { cluster }: ClusterwideAdministration,
  address: Address,
  caller: Caller,
): Promise<string | undefined> {
  if (visibleNode(caller) !== undefined) return undefined;
  const { value, unanswered } = await cluster.find({ kind: 'address', address });
  const [holder] = value.allocations;
  const text = formatAddress(address);
  if (holder !== undefined) return `${text} is held on node "${holder.node}", whose own daemon releases it`;
  return unanswered.length === 0 ? undefined : (value.state?.message ?? `nobody knows who has ${text}`);
}

function mayBeInUse({ attachment, netns, addresses }: Allocation): IpamError {
  const is = netns === '' ? 'nothing tells whether it runs' : `its network namespace is ${netns}`;
  return new IpamError(
    'in-use',
    `${addresses.map(({ address }) => address).join(', ')} is held by container ${attachment.containerId}, and ${is}; nothing was released`,
    { advice: 'end the container; if you are sure that it is gone, repeat with --force' },
  );
}

/** @returns undefined: none is given @throws IpamError invalid-argument */
export function reasonField(text: string): string | undefined {
  const reason = text.trim();
  if (reason.length <= reasonLimit) return reason === '' ? undefined : reason;
  throw new IpamError(
    'invalid-argument',
    `reason has ${reason.length} characters; at most ${reasonLimit} are allowed`,
    {
      facts: { field: 'reason' },
    },
  );
}
