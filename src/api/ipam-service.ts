import { formatPrefix } from '../ip/prefix.ts';
import type { PodRef } from '../ipam/attachment.ts';
import { type Stay, stayOf } from '../ipam/bind/stay.ts';
import type { Administration } from '../ipam/port.ts';
import type { AllocateRequest } from '../ipam/request.ts';
import { exactly } from '../ipam/requested-address.ts';
import { IpamError } from '../resources/errors.ts';
import { type Caller, requireOwnHolder, requireOwnNode, visibleNode } from './caller.ts';
import {
  addressField,
  familyField,
  type NoteRefusal,
  nameField,
  prefixField,
  required,
  streaming,
  unary,
  unaryOnceOpened,
} from './calls.ts';
import { clusterReads } from './cluster-reads.ts';
import { drainCalls } from './drain-calls.ts';
import { forecastCalls } from './forecast-calls.ts';
import { garbageCalls } from './garbage-calls.ts';
import type { AllocateIPRequest__Output } from './generated/ipam/AllocateIPRequest.ts';
import type { AllocateIPResponse } from './generated/ipam/AllocateIPResponse.ts';
import type { AllocationEvent } from './generated/ipam/AllocationEvent.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import { historyCalls } from './history-calls.ts';
import { identityCalls } from './identity-calls.ts';
import { allocateResponse, allocationMessage, blockMessage } from './messages.ts';
import { quarantineCalls } from './quarantine-calls.ts';
import { defaultInterface, defaultNetwork, dryRunRelease, release } from './release-calls.ts';
import { repairCalls } from './repair-calls.ts';
import type { IpamServiceParts } from './service-parts.ts';
import { setCalls } from './set-calls.ts';
import { problemOf } from './status.ts';

const batchLimit = 1_000;

export function ipamService(parts: IpamServiceParts): IPAMHandlers {
  const { ipam, administration } = parts;
  const served = unaryOnceOpened(ipam);
  return {
    // An allocation waits for the start by itself.
    AllocateIP: unary((request, caller) => allocate(parts, request, caller)),
    ReleaseIP: served((request, caller) => release(parts, request, caller)),
    DryRunReleaseIP: served((request, caller) => dryRunRelease(parts, request, caller)),
    // Judged one by one: each has an outcome of its own, and a refusal is one.
    AllocateIPs: unary(async ({ requests }, caller, note) => ({
      outcomes: await batch(requests, note, async (request) => ({
        allocation: await allocate(parts, request, caller),
      })),
    })),
    ReleaseIPs: served(async ({ requests }, caller, note) => ({
      outcomes: await batch(requests, note, async (request) => ({ release: await release(parts, request, caller) })),
    })),
    AllocateBlock: served(async ({ node_id, pool }, caller) => {
      const node = nameField(required(node_id, 'node_id'), 'node_id');
      requireOwnNode(caller, node, 'node_id');
      return { block: blockMessage(await administration.leaseBlock(node, pool === '' ? undefined : pool)) };
    }),
    ReleaseBlock: served(async ({ node_id, cidr }, caller) => {
      const prefix = prefixField(required(cidr, 'cidr'), 'cidr');
      requireOwnNode(caller, required(node_id, 'node_id'), 'node_id');
      await administration.returnBlock(node_id, prefix);
      return { success: true, message: `block ${formatPrefix(prefix)} released from node "${node_id}"` };
    }),
    WatchAllocations: streaming((_request, signal, caller) => events(administration, signal, visibleNode(caller))),
    ForgetNode: served(({ node_id, force }) =>
      administration.forgetNode(nameField(required(node_id, 'node_id'), 'node_id'), force),
    ),
    DryRunForgetNode: served(({ node_id, force }) =>
      administration.dryRunForgetNode(nameField(required(node_id, 'node_id'), 'node_id'), force),
    ),
    ...identityCalls(parts),
    ...quarantineCalls(parts),
    ...garbageCalls(parts),
    ...historyCalls(parts),
    ...forecastCalls(parts),
    ...setCalls(parts),
    ...repairCalls(parts),
    ...drainCalls(parts),
    ...clusterReads(parts),
    GetVersion: unary(async () => ({ version: parts.version, node_id: administration.node })),
  };
}

async function allocate(
  { ipam }: IpamServiceParts,
  message: AllocateIPRequest__Output,
  caller: Caller,
): Promise<AllocateIPResponse> {
  const request = allocateRequest(message);
  requireOwnNode(caller, message.node_id, 'node_id');
  const allocation = await ipam.allocate(request);
  // What is new is of the node that was named; this one was there before, and somebody else's.
  requireOwnHolder(caller, allocation.node, 'container_id');
  return allocateResponse(allocation);
}

function allocateRequest(message: AllocateIPRequest__Output): AllocateRequest {
  const { pod_name: podName, pools } = message;
  return {
    attachment: {
      network: nameField(message.network || defaultNetwork, 'network'),
      containerId: nameField(required(message.container_id, 'container_id'), 'container_id'),
      ifname: nameField(message.ifname || defaultInterface, 'ifname'),
    },
    node: nameField(required(message.node_id, 'node_id'), 'node_id'),
    pod: podName === '' ? undefined : podOf(message),
    stay: stayAsked(message),
    netns: '',
    source: pools.length === 0 ? { kind: 'default' } : { kind: 'named', pools, final: true },
    families: message.families.map(familyField),
    requested: message.ips.map((ip) => exactly(addressField(ip, 'ips'))),
  };
}

function stayAsked({ identity, keep }: AllocateIPRequest__Output): Stay | undefined {
  if (identity === '' && keep === '') return undefined;
  return stayOf({
    identity: identity === '' ? undefined : identity,
    keep: keep === '' ? undefined : keep,
    origin: 'the call',
    names: { identity: 'identity', keep: 'keep' },
    code: 'invalid-argument',
  });
}

async function batch<Request, Outcome extends object>(
  requests: readonly Request[],
  note: NoteRefusal,
  act: (request: Request) => Promise<Outcome>,
) {
  if (requests.length > batchLimit) {
    throw new IpamError('invalid-argument', `${requests.length} requests in one batch, more than ${batchLimit}`);
  }
  return Promise.all(
    requests.map(async (request) => {
      try {
        return await act(request);
      } catch (error) {
        note(error);
        return { problem: problemOf(error) };
      }
    }),
  );
}

function podOf(message: AllocateIPRequest__Output): PodRef {
  const optional = (text: string, field: string): string => (text === '' ? '' : nameField(text, field));
  return {
    namespace: optional(message.pod_namespace, 'pod_namespace'),
    name: optional(message.pod_name, 'pod_name'),
    uid: optional(message.pod_uid, 'pod_uid'),
  };
}

async function* events(
  administration: Administration,
  signal: AbortSignal,
  node: string | undefined,
): AsyncGenerator<AllocationEvent> {
  for await (const event of administration.watchAllocations(signal)) {
    if (node !== undefined && event.allocation.node !== node) continue;
    const allocation = allocationMessage(event.allocation);
    if (event.type === 'allocated') yield { type: 'ALLOCATED', allocation };
    else yield { type: 'RELEASED', allocation, reason: event.cause.reason, reason_text: event.cause.text };
  }
}
