import { formatAddress } from '../ip/address.ts';
import { type ListPlace, listPlaceOf } from '../ipam/allocation.ts';
import { checkReportOf } from '../ipam/check-report.ts';
import type { Found, Subject, Told } from '../ipam/cluster-port.ts';
import { findHere, ownBlocks } from '../ipam/own-answers.ts';
import type { AllocationPage, PageRequest } from '../ipam/port.ts';
import { IpamError } from '../resources/errors.ts';
import { inScope, scopeOf, withoutScope } from '../resources/scope.ts';
import { type Caller, requireOwnNode, visibleNode } from './caller.ts';
import { addressField, required, unaryOnceOpened } from './calls.ts';
import { explainMessage, explainSubjectOf, freeMessage } from './explain-messages.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import type { ListAllocationsRequest__Output } from './generated/ipam/ListAllocationsRequest.ts';
import type { LookupRequest__Output } from './generated/ipam/LookupRequest.ts';
import {
  allocationMessage,
  blockMessage,
  checkMessage,
  poolMessage,
  stateMessage,
  statsMessage,
  unansweredMessage,
} from './messages.ts';
import { mayCall } from './permissions.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** Hard: a client that asks for more gets a page of this length, and follows it by the next. */
const pageLimit = 1_000;
const nextLimit = 1_000;
const usualNext = 10;

type Reads =
  | 'GetNodeBlocks'
  | 'GetPoolStats'
  | 'Lookup'
  | 'Explain'
  | 'ListFree'
  | 'ListAllocations'
  | 'ListPools'
  | 'Check';

/**
 * What is asked of the whole cluster, whichever daemon is asked; with `local`, and for a node, which sees what is its own,
 * of this daemon alone.
 */
export function clusterReads(parts: IpamServiceParts): Pick<IPAMHandlers, Reads> {
  const { ipam, administration } = parts;
  const { cluster } = administration;
  const served = unaryOnceOpened(ipam);
  return {
    GetNodeBlocks: served(async ({ node_id, local }, caller) => {
      const node = visible(caller, node_id);
      const blocks = isBound(caller)
        ? whole(await administration.blocks(node))
        : local
          ? whole(await ownBlocks(administration, node))
          : await cluster.blocks(node);
      return { blocks: blocks.value.map(blockMessage), ...missing(blocks) };
    }),
    GetPoolStats: served(async ({ with_nodes, local }, { role }) => {
      const blocks = local ? whole(await ownBlocks(administration)) : await cluster.blocks();
      const known = local ? administration : cluster;
      return {
        ...statsMessage(blocks.value, await administration.pools()),
        lists_members: parts.isMember && mayCall(role, '/ipam.Cluster/ListMembers'),
        known_nodes: with_nodes ? [...(await known.nodes())] : [],
        ...missing(blocks),
      };
    }),
    Lookup: served(async (request, caller) => {
      const subject = subjectOf(request);
      const node = visibleNode(caller);
      if (node !== undefined) {
        const { allocations } = await findHere(administration, subject);
        return { allocations: allocations.filter((one) => one.node === node).map(allocationMessage), address: null };
      }
      const found = request.local ? whole(await findHere(administration, subject)) : await cluster.find(subject);
      return { ...foundMessage(found.value), ...missing(found) };
    }),
    Explain: served(async (request) => {
      const subject = explainSubjectOf(request);
      const told = request.local ? whole(await administration.explain(subject)) : await cluster.explain(subject);
      return { ...explainMessage(told.value), ...missing(told) };
    }),
    ListFree: served(async ({ pool, local, next }) => {
      const name = required(pool, 'pool');
      const count = next > 0 ? Math.min(next, nextLimit) : usualNext;
      const told = local ? whole(await administration.free(name, count)) : await cluster.free(name, count);
      return { ...freeMessage(told.value), ...missing(told) };
    }),
    ListAllocations: served(async (request, caller) => {
      const asked = pageRequest({ ...request, node_id: visible(caller, request.node_id) ?? '' });
      const isLocal = request.local || isBound(caller);
      const page = isLocal ? whole(await administration.page(asked)) : await cluster.page(asked);
      return { ...pageMessage(page.value), ...missing(page) };
    }),
    ListPools: served(async ({ local }, caller) => {
      const isLocal = local || isBound(caller);
      const pools = isLocal ? whole(await administration.pools()) : await cluster.pools();
      return { pools: pools.value.map(poolMessage), ...missing(pools) };
    }),
    Check: served(async ({ local }) => {
      const report = local ? whole(await checkReportOf(administration)) : await cluster.check();
      return { ...checkMessage(report.value), ...missing(report) };
    }),
  };
}

export function foundMessage({ allocations, state }: Found) {
  return {
    allocations: allocations.map(allocationMessage),
    address: state === undefined ? null : stateMessage(state),
  };
}

/** @throws IpamError invalid-argument */
export function subjectOf(request: LookupRequest__Output): Subject {
  const { ip, container_id: id, pod } = request;
  if (ip) return { kind: 'address', address: addressField(ip, 'ip') };
  if (id) return { kind: 'container', id };
  if (pod) return { kind: 'pod', namespace: pod.namespace, name: pod.name };
  throw new IpamError('invalid-argument', 'subject is empty: name an ip, a container_id or a pod');
}

/** The same the other way round. */
export function subjectMessage(subject: Subject) {
  if (subject.kind === 'address') return { ip: formatAddress(subject.address) };
  if (subject.kind === 'container') return { container_id: subject.id };
  return { pod: { namespace: subject.namespace, name: subject.name } };
}

/** @throws IpamError invalid-argument */
export function pageRequest(request: ListAllocationsRequest__Output): PageRequest {
  const { node_id, pool, pod_namespace, limit, continue_token } = request;
  return {
    filter: { node: node_id || undefined, pool: pool || undefined, podNamespace: pod_namespace || undefined },
    after: continue_token === '' ? undefined : placeOfToken(continue_token),
    limit: limit > 0 ? Math.min(limit, pageLimit) : pageLimit,
  };
}

export function pageMessage({ allocations, isLast, total }: AllocationPage) {
  const last = allocations.at(-1);
  return {
    allocations: allocations.map(allocationMessage),
    continue_token: last !== undefined && !isLast ? tokenOf(listPlaceOf(last)) : '',
    total,
  };
}

/** A token is the last place of the page before, so that what is released meanwhile shifts nothing. */
export function tokenOf({ first, scope }: ListPlace): string {
  return inScope(formatAddress(first), scope);
}

function placeOfToken(token: string): ListPlace {
  return { first: addressField(withoutScope(token), 'continue_token'), scope: scopeOf(token) };
}

/** The node whose things a caller gets to see; undefined: all of them. @throws IpamError permission-denied */
function visible(caller: Caller, asked: string): string | undefined {
  const node = visibleNode(caller);
  if (node === undefined) return asked === '' ? undefined : asked;
  if (asked !== '') requireOwnNode(caller, asked, 'node_id');
  return node;
}

/** Does the caller see what is its own, and no more? */
function isBound(caller: Caller): boolean {
  return visibleNode(caller) !== undefined;
}

function whole<T>(value: T): Told<T> {
  return { value, unanswered: [] };
}

function missing({ unanswered }: Pick<Told<unknown>, 'unanswered'>) {
  return { unanswered: unanswered.map(unansweredMessage) };
}
