import { formatAddress } from '../ip/address.ts';
import type { HistoryEntry, HistoryEvent } from '../ipam/history/entry.ts';
import type { HistoryQuestion, HistorySubject } from '../ipam/history/question.ts';
import type { NodeHistory } from '../ipam/history/reading.ts';
import type { Tenure } from '../ipam/history/tenures.ts';
import { IpamError } from '../resources/errors.ts';
import { addressField } from './calls.ts';
import type { HistoryEntry as EntryMessage, HistoryEntry__Output } from './generated/ipam/HistoryEntry.ts';
import type { HistoryRequest__Output, HistoryRequest as RequestMessage } from './generated/ipam/HistoryRequest.ts';
import type { NodeRecord, NodeRecord__Output } from './generated/ipam/NodeRecord.ts';
import type { Tenure__Output, Tenure as TenureMessage } from './generated/ipam/Tenure.ts';

/** Of one record: together they are three megabytes, and a message may have four. */
const mostEntries = 5_000;
const usualEntries = 1_000;

/** @throws IpamError invalid-argument */
export function questionOf(request: HistoryRequest__Output): HistoryQuestion {
  const { at_ms, since_ms, until_ms, limit, in_parts, after_sequence } = request;
  return {
    subject: subjectOf(request),
    at: timeOf(at_ms),
    since: timeOf(since_ms),
    until: timeOf(until_ms),
    after: in_parts ? Number(after_sequence) : undefined,
    limit: limit > 0 ? Math.min(limit, mostEntries) : usualEntries,
  };
}

function subjectOf({ ip, pod, node_id, pool }: HistoryRequest__Output): HistorySubject {
  if (ip) return { kind: 'address', address: formatAddress(addressField(ip, 'ip')) };
  if (pod) return { kind: 'pod', namespace: pod.namespace, name: pod.name };
  if (node_id) return { kind: 'node', name: node_id };
  if (pool) return { kind: 'pool', name: pool };
  throw new IpamError('invalid-argument', 'subject is empty: name an ip, a pod, a node_id or a pool');
}

/** The same the other way round. */
export function questionMessage({ subject, at, since, until, after, limit }: HistoryQuestion): RequestMessage {
  return {
    ...subjectMessage(subject),
    at_ms: at ?? 0,
    since_ms: since ?? 0,
    until_ms: until ?? 0,
    limit,
    in_parts: after !== undefined,
    after_sequence: after ?? 0,
  };
}

function subjectMessage(subject: HistorySubject): RequestMessage {
  switch (subject.kind) {
    case 'address':
      return { ip: subject.address };
    case 'pod':
      return { pod: { namespace: subject.namespace, name: subject.name } };
    case 'node':
      return { node_id: subject.name };
    case 'pool':
      return { pool: subject.name };
  }
}

export function recordMessage(history: NodeHistory): NodeRecord {
  const { node, begun, from, until, entries, leftOut, tenures, tenuresLeftOut, gaps } = history;
  return {
    node_id: node,
    begun_ms: begun,
    from_ms: from ?? 0,
    until_ms: until ?? 0,
    entries: entries.map(entryMessage),
    left_out: leftOut,
    tenures: tenures.map(tenureMessage),
    tenures_left_out: tenuresLeftOut,
    gaps: gaps.map((gap) => ({ from_ms: gap.from, until_ms: gap.until, reason: gap.reason })),
  };
}

/** The same the other way round. */
export function recordOf(record: NodeRecord__Output): NodeHistory {
  const { node_id: node, begun_ms, from_ms, until_ms, entries, left_out: leftOut, tenures, gaps } = record;
  return {
    node,
    begun: Number(begun_ms),
    from: timeOf(from_ms),
    until: timeOf(until_ms),
    entries: entries.map(entryOf),
    leftOut,
    tenures: tenures.map(tenureOf),
    tenuresLeftOut: record.tenures_left_out,
    gaps: gaps.map((gap) => ({ from: Number(gap.from_ms), until: Number(gap.until_ms), reason: gap.reason })),
  };
}

function entryMessage({ sequence, at, what, node, addresses, attachment, pod, ...more }: HistoryEntry): EntryMessage {
  return {
    sequence,
    at_ms: at,
    what,
    node_id: node,
    addresses: addresses.map(({ address, pool }) => ({ ip: address, pool })),
    ...(attachment && attachmentFields(attachment)),
    ...(pod && podFields(pod)),
    identity: more.identity ?? '',
    reason: more.reason ?? '',
    detail: more.detail ?? '',
    since_ms: more.since ?? 0,
    clock_by_ms: more.by ?? 0,
  };
}

function entryOf(message: HistoryEntry__Output): HistoryEntry {
  const { sequence, at_ms, what, node_id: node, addresses, identity, reason, detail, since_ms, clock_by_ms } = message;
  return {
    sequence: Number(sequence),
    at: Number(at_ms),
    what: what as HistoryEvent,
    node,
    addresses: addresses.map(({ ip, pool }) => ({ address: ip, pool })),
    ...(message.ifname === '' ? {} : { attachment: attachmentOf(message) }),
    ...podOf(message),
    ...(identity === '' ? {} : { identity }),
    ...(reason === '' ? {} : { reason }),
    ...(detail === '' ? {} : { detail }),
    ...(since_ms === '0' ? {} : { since: Number(since_ms) }),
    ...(clock_by_ms === '0' ? {} : { by: Number(clock_by_ms) }),
  };
}

function tenureMessage({ address, pool, node, attachment, pod, identity = '', ...rest }: Tenure): TenureMessage {
  return {
    ip: address,
    pool,
    node_id: node,
    ...attachmentFields(attachment),
    ...(pod && podFields(pod)),
    identity,
    from_earliest_ms: rest.from.earliest,
    from_latest_ms: rest.from.latest,
    until_earliest_ms: rest.until?.earliest ?? 0,
    until_latest_ms: rest.until?.latest ?? 0,
    reason: rest.reason,
    detail: rest.detail,
  };
}

function tenureOf(message: Tenure__Output): Tenure {
  const { ip: address, pool, node_id: node, identity, until_earliest_ms, reason, detail } = message;
  const until = { earliest: Number(until_earliest_ms), latest: Number(message.until_latest_ms) };
  return {
    address,
    pool,
    node,
    attachment: attachmentOf(message),
    ...podOf(message),
    ...(identity === '' ? {} : { identity }),
    from: { earliest: Number(message.from_earliest_ms), latest: Number(message.from_latest_ms) },
    until: until_earliest_ms === '0' ? undefined : until,
    reason,
    detail,
  };
}

function attachmentFields({ network, containerId, ifname }: Tenure['attachment']) {
  return { network, container_id: containerId, ifname };
}

function podFields({ namespace, name, uid }: NonNullable<Tenure['pod']>) {
  return { pod_namespace: namespace, pod_name: name, pod_uid: uid };
}

type Named = Pick<Tenure__Output, 'network' | 'container_id' | 'ifname' | 'pod_namespace' | 'pod_name' | 'pod_uid'>;

function attachmentOf({ network, container_id: containerId, ifname }: Named): Tenure['attachment'] {
  return { network, containerId, ifname };
}

function podOf({ pod_namespace: namespace, pod_name: name, pod_uid: uid }: Named): Pick<Tenure, 'pod'> {
  return name === '' ? {} : { pod: { namespace, name, uid } };
}

/** @param ms unix milliseconds, digits; 0: none */
function timeOf(ms: string): number | undefined {
  return ms === '0' ? undefined : Number(ms);
}
