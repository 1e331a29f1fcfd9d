import { formatAddress } from '../ip/address.ts';
import { formatRangeSet } from '../ip/range-set.ts';
import type {
  AddressExplanation,
  ConsideredPool,
  ExplainSubject,
  Explanation,
  PoolExplanation,
  Prospect,
  RefusedTry,
} from '../ipam/explain/explanation.ts';
import type { FreeAddresses } from '../ipam/explain/free.ts';
import { IpamError } from '../resources/errors.ts';
import { addressField } from './calls.ts';
import type { AddressExplanation as AddressMessage } from './generated/ipam/AddressExplanation.ts';
import type { ExplainRequest__Output } from './generated/ipam/ExplainRequest.ts';
import type { ExplainResponse } from './generated/ipam/ExplainResponse.ts';
import type { ListFreeResponse } from './generated/ipam/ListFreeResponse.ts';
import type { PoolExplanation as PoolExplanationMessage } from './generated/ipam/PoolExplanation.ts';
import type { Prospect as ProspectMessage } from './generated/ipam/Prospect.ts';
import type { RefusedTry as RefusedTryMessage } from './generated/ipam/RefusedTry.ts';
import { allocationMessage, blockMessage, poolMessage, stateMessage } from './messages.ts';

/** @throws IpamError invalid-argument */
export function explainSubjectOf({ ip, pod, pool }: ExplainRequest__Output): ExplainSubject {
  if (ip) return { kind: 'address', address: addressField(ip, 'ip') };
  if (pod) return { kind: 'pod', namespace: pod.namespace, name: pod.name };
  if (pool) return { kind: 'pool', name: pool };
  throw new IpamError('invalid-argument', 'subject is empty: name an ip, a pod or a pool');
}

/** The same the other way round. */
export function explainSubjectMessage(subject: ExplainSubject) {
  if (subject.kind === 'address') return { ip: formatAddress(subject.address) };
  if (subject.kind === 'pool') return { pool: subject.name };
  return { pod: { namespace: subject.namespace, name: subject.name } };
}

export function explainMessage({ addresses, tries, prospects, pool }: Explanation): ExplainResponse {
  return {
    addresses: addresses.map(addressMessage),
    tries: tries.map(tryMessage),
    prospects: prospects.map(prospectMessage),
    pool: pool === undefined ? null : poolExplanationMessage(pool),
  };
}

function addressMessage({ address, state, holder, since, rule, freed }: AddressExplanation): AddressMessage {
  return {
    ip: address,
    state: stateMessage(state),
    holder: holder === undefined ? null : allocationMessage(holder),
    since_ms: since ?? 0,
    rule,
    freed,
  };
}

function tryMessage({ node, at, code, message, advice, pools, ...rest }: RefusedTry): RefusedTryMessage {
  return { ...rest, node_id: node, at_ms: at, problem: { code, message, advice }, pools: pools.map(considered) };
}

function prospectMessage({ node, pools, ...rest }: Prospect): ProspectMessage {
  return { ...rest, node_id: node, pools: pools.map(considered) };
}

function considered(pool: ConsideredPool): ConsideredPool {
  return { ...pool };
}

function poolExplanationMessage({
  usage,
  message,
  shares,
  conditions,
  blocks,
}: PoolExplanation): PoolExplanationMessage {
  return {
    usage: poolMessage(usage),
    message,
    shares: shares.map(({ kind, count, detail }) => ({ kind, count: String(count), detail })),
    conditions: [...conditions],
    blocks: blocks.map(blockMessage),
  };
}

export function freeMessage({
  parts,
  count,
  unknown,
  coolingDown,
  node,
  next,
  ...rest
}: FreeAddresses): ListFreeResponse {
  return {
    ...rest,
    parts: parts.map((part) => ({
      ranges: formatRangeSet(part.ranges),
      count: String(part.count),
      block: part.block ?? '',
      node_id: part.node ?? '',
    })),
    count: String(count),
    unknown: String(unknown),
    cooling_down: coolingDown,
    next: [...next],
    node_id: node,
  };
}
