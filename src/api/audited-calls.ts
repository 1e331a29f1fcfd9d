import { kindOf } from '../resources/kinds.ts';

/** What a line of audit says of a call that was carried out. */
export interface AuditedCall {
  readonly audit: string;
  readonly [fact: string]: unknown;
}

type Describe = (request: never, response: never) => AuditedCall;

interface Text {
  readonly json: string;
}
interface Key {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}
interface Named {
  readonly name: string;
  readonly address: string;
}

/**
 * Calls that change something, and what to write of them: the one table. Allocations, releases and leases are not here:
 * they are written where they come about, whoever asks.
 */
const audited: Readonly<Record<string, Describe>> = {
  '/ipam.IPAM/ForgetNode': ({ node_id: node }: { node_id: string }) => ({ audit: 'forget-node', node }),
  '/ipam.IPAM/SetIPs': ({ ips, pod, reason }: { ips: readonly string[]; pod: Key | null; reason: string }) => ({
    audit: 'set',
    ips,
    pod: `${pod?.namespace}/${pod?.name}`,
    reason,
  }),
  '/ipam.IPAM/CollectGarbage': (_request: object, { releases }: { releases: readonly { subject: string }[] }) => ({
    audit: 'collect-garbage',
    collected: releases.map(({ subject }) => subject),
  }),
  '/ipam.IPAM/Drain': ({ node_id: node, undo, reason }: { node_id: string; undo: boolean; reason: string }) => ({
    ...{ audit: undo ? 'undrain' : 'drain', node },
    ...(undo ? {} : { reason }),
  }),
  '/ipam.IPAM/Repair': (
    { reason }: { reason: string },
    { repairs }: { repairs: readonly { action: string; outcome: string; found: { subject: string } | null }[] },
  ) => ({
    audit: 'repair',
    reason,
    repaired: repairs.flatMap(({ action, outcome, found }) =>
      outcome === 'done' || outcome === 'failed' ? [{ subject: found?.subject, action, outcome }] : [],
    ),
  }),
  '/ipam.IPAM/ReleaseIdentity': (_request: object, { released }: { released: readonly string[] }) => ({
    audit: 'release-identity',
    released,
  }),
  '/ipam.IPAM/QuarantineIP': ({ ip, reason, seconds }: { ip: string; reason: string; seconds: string }) => ({
    audit: 'quarantine',
    ip,
    reason,
    seconds: Number(seconds),
  }),
  '/ipam.IPAM/LiftQuarantine': ({ ip }: { ip: string }) => ({ audit: 'lift-quarantine', ip }),
  '/ipam.Resources/Apply': (_request: Text, { json, outcome }: Text & { outcome: string }) => ({
    audit: 'apply',
    ...objectOf(json),
    outcome,
  }),
  '/ipam.Resources/Delete': (key: Key) => ({ audit: 'delete', ...shown({ ...key, kind: kindOf(key.kind).kind }) }),
  '/ipam.Store/Create': (_request: Text, { json }: Text) => ({ audit: 'store-create', ...objectOf(json) }),
  '/ipam.Store/Update': (_request: Text, { json }: Text) => ({ audit: 'store-update', ...objectOf(json) }),
  '/ipam.Store/UpdateStatus': (_request: Text, { json }: Text) => ({ audit: 'store-update-status', ...objectOf(json) }),
  '/ipam.Store/Delete': ({ key }: { key: Key | null }) => ({ audit: 'store-delete', ...(key && shown(key)) }),
  '/ipam.Cluster/Join': ({ name, address }: Named) => ({ audit: 'join', member: name, at: address }),
  '/ipam.Cluster/AddMember': ({ name, address }: Named) => ({ audit: 'add-member', member: name, at: address }),
  '/ipam.Cluster/RemoveMember': (_request: object, { name, address }: Named) => ({
    audit: 'remove-member',
    member: name,
    at: address,
  }),
  '/ipam.Cluster/PromoteMember': (_request: object, { name }: Named) => ({ audit: 'promote-member', member: name }),
  '/ipam.Cluster/MoveLeader': (_request: object, { name }: Named) => ({ audit: 'move-leader', member: name }),
  '/ipam.Cluster/Defragment': () => ({ audit: 'defragment' }),
  '/ipam.Cluster/Snapshot': () => ({ audit: 'snapshot' }),
};

/** @returns undefined: of this method nothing is written */
export function auditedCall(method: string, request: unknown, response: unknown): AuditedCall | undefined {
  return Object.hasOwn(audited, method) ? audited[method]?.(request as never, response as never) : undefined;
}

function objectOf(json: string): object {
  const { kind, metadata } = JSON.parse(json) as { kind: string; metadata: Partial<Key> };
  return shown({ kind, name: metadata.name ?? '', namespace: metadata.namespace ?? '' });
}

function shown({ kind, name, namespace }: Key): object {
  return { kind, name, ...(namespace === '' ? {} : { namespace }) };
}
