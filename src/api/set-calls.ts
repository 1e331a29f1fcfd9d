import { formatAddress } from '../ip/address.ts';
import { heldAgain } from '../ipam/claim/repeated-add.ts';
import { settingOf } from '../ipam/claim/set-by-hand.ts';
import type { AllocateRequest } from '../ipam/request.ts';
import { exactly } from '../ipam/requested-address.ts';
import { IpamError } from '../resources/errors.ts';
import { addressField, nameField, required, unaryOnceOpened } from './calls.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import type { SetIPsRequest__Output } from './generated/ipam/SetIPsRequest.ts';
import type { SetIPsResponse } from './generated/ipam/SetIPsResponse.ts';
import { reasonField } from './release-calls.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** More addresses than these no interface has. */
const mostAddresses = 16;

/** Addresses that a container has and no record: put on record, as if its ADD had asked for exactly them. */
export function setCalls(parts: IpamServiceParts): Pick<IPAMHandlers, 'SetIPs' | 'DryRunSetIPs'> {
  const served = unaryOnceOpened(parts.ipam);
  return {
    SetIPs: served((request) => set(parts, request, false)),
    DryRunSetIPs: served((request) => set(parts, request, true)),
  };
}

/** @throws IpamError invalid-argument, in-use, address-not-allowed, address-taken, already-exists, not-found, store-unavailable */
async function set(
  { ipam, administration }: IpamServiceParts,
  request: SetIPsRequest__Output,
  isDry: boolean,
): Promise<SetIPsResponse> {
  const { pod, netns, force } = request;
  const attachment = {
    network: nameField(required(request.network, 'network'), 'network'),
    containerId: nameField(required(request.container_id, 'container_id'), 'container_id'),
    ifname: nameField(required(request.ifname, 'ifname'), 'ifname'),
  };
  if (pod === null) throw new IpamError('invalid-argument', 'pod is empty', { facts: { field: 'pod' } });
  const of = {
    namespace: nameField(required(pod.namespace, 'pod.namespace'), 'pod.namespace'),
    name: nameField(required(pod.name, 'pod.name'), 'pod.name'),
    uid: request.pod_uid === '' ? '' : nameField(request.pod_uid, 'pod_uid'),
  };
  if (request.ips.length === 0 || request.ips.length > mostAddresses) {
    throw new IpamError(
      'invalid-argument',
      `ips has ${request.ips.length} addresses; 1 to ${mostAddresses} are allowed`,
      {
        facts: { field: 'ips' },
      },
    );
  }
  const reason = reasonField(required(request.reason, 'reason'));
  const addresses = request.ips.map((text) => addressField(text, 'ips'));
  const pools: string[] = [];
  let isDone = true;
  for (const address of addresses) {
    const [explained] = (await administration.explain({ kind: 'address', address })).addresses;
    if (explained === undefined) continue;
    const setting = settingOf({ attachment, explained, netns, isNetnsThere: administration.hasNetns(netns), force });
    pools.push(setting.pool);
    isDone &&= setting.isDone;
  }
  const what = `${addresses.map(formatAddress).join(', ')} of Pod ${of.namespace}/${of.name}`;
  if (isDone) return { message: `${what} is on record already` };
  const asked: AllocateRequest = {
    ...{ attachment, pod: of, netns, families: [], requested: addresses.map((address) => exactly(address)) },
    source: { kind: 'named', pools: [...new Set(pools)], final: true },
    ...(reason === undefined ? {} : { reason }),
  };
  if (isDry) {
    const held = ipam.find(attachment);
    // As the call itself would be refused.
    if (held !== undefined) heldAgain(held, asked);
    return { message: `would put ${what} on record` };
  }
  await ipam.allocate(asked);
  return { message: `${what} is on record on node "${administration.node}"` };
}
